"""Holds requests back while more has come in than the bandwidth allows."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.guards.context import GuardContext


class BandwidthGuard:
    """Downloader middleware: a request waits until there is room for what it will bring."""

    def __init__(self, context: GuardContext) -> None:
        self._bandwidth = context.bandwidth

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(GuardContext.of(crawler))

    async def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's signature
        """Wait for room."""
        if self._bandwidth is not None:
            await self._bandwidth.room()
