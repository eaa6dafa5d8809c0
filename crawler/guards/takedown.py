"""Refuses what was taken down: pages, pictures, documents, and every hop that leads to one."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.fetch.refusal import RefusedRequest
from crawler.guards.context import GuardContext


class TakedownGuard:
    """Downloader middleware: asked at each request, so that a takedown holds for a run that is going on."""

    def __init__(self, context: GuardContext) -> None:
        self._taken_down = context.taken_down

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(GuardContext.of(crawler))

    async def process_request(self, request: Request) -> None:
        """Refuse with `taken_down`."""
        if await asyncio.to_thread(self._taken_down, request.url):
            raise RefusedRequest("taken_down", f"{request.url} was taken down; `dateline takedown --list`")
