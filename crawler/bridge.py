"""The Scrapy item pipeline: a thin bridge to `pipelines.flow`."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from crawler.crawl import Crawl
from crawler.fetched import FetchedRow
from crawler.spider import NewsSpider


class FlowBridge:
    """Hands each fetched page to the crawl, which takes it through the flow."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider = crawler.spider
        if not isinstance(spider, NewsSpider):
            raise TypeError(f"FlowBridge serves the NewsSpider, got {type(spider).__name__}")
        return cls(spider.crawl)

    async def process_item(self, item: FetchedRow) -> FetchedRow:
        """Take one page through the house."""
        await self._crawl.process(item)
        return item
