"""The one spider: it asks the crawl what to fetch and hands on what came."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.crawl import Crawl


class NewsSpider(Spider):
    """All sources of a run. Holds nothing of its own: the state of the run is the `Crawl`'s."""

    name = "news"

    def __init__(self, crawl: Crawl, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.crawl = crawl

    async def start(self) -> AsyncIterator[Request]:
        """Discovery documents first, then pages as the window has room."""
        async for request in self.crawl.requests():
            document = "document" in request.meta
            # Set here, and not by `replace`, which would make the whole request once more.
            request.callback = self.read_document if document else self.read_page
            request.errback = self.document_failed if document else self.page_failed
            yield request

    async def read_document(self, response: Response) -> None:
        """A feed, sitemap or section page came."""
        await self.crawl.read_document(response.meta)

    async def document_failed(self, failure: Failure) -> None:
        """A discovery document could not be had."""
        await self.crawl.document_failed(*_failed(failure))

    async def read_page(self, response: Response) -> AsyncIterator[None]:
        """A page came; it goes through the house, and nothing comes of it for Scrapy.

        A generator all the same: of a coroutine Scrapy would first make a task and a Deferred.
        """
        await self.crawl.process(self.crawl.fetched(response.meta))
        nothing: tuple[None, ...] = ()
        for each in nothing:
            yield each

    async def page_failed(self, failure: Failure) -> None:
        """A page could not be had."""
        await self.crawl.page_failed(*_failed(failure))


def _failed(failure: Failure) -> tuple[dict[str, Any], BaseException]:
    """The failed request's meta and why; Scrapy hangs the request on the failure."""
    request: Request = failure.request  # type: ignore[attr-defined]
    return request.meta, failure.value or RuntimeError("a failure without an error")
