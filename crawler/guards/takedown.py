"""Refuses what was taken down: pages, pictures, documents, and every hop that leads to one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from math import inf
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from archive.digest import url_key
from crawler.fetch.refusal import RefusedRequest
from crawler.guards.context import GuardContext

_FRESH_SECONDS = 1.0


class TakedownGuard:
    """Downloader middleware: asked at each request, so that a takedown holds for a run that is going on.

    What it knows is at most a second old: the catalog is not asked for every request of a fast crawl. `now`
    gives seconds that only grow.
    """

    def __init__(self, context: GuardContext, now: Callable[[], float] = time.monotonic) -> None:
        self._read, self._now = context.taken_down, now
        self._known: frozenset[str] = frozenset()
        self._read_at = -inf
        self._reading = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(GuardContext.of(crawler))

    async def process_request(self, request: Request) -> None:
        """Refuse with `taken_down`."""
        if self._is_old():
            async with self._reading:
                await self._refresh()
        if self._known and url_key(request.url) in self._known:
            raise RefusedRequest("taken_down", f"{request.url} was taken down; `dateline takedown --list`")

    async def _refresh(self) -> None:
        if self._is_old():  # nobody else has done it meanwhile
            asked_at = self._now()
            self._known = await asyncio.to_thread(self._read)
            self._read_at = asked_at

    def _is_old(self) -> bool:
        return self._now() - self._read_at > _FRESH_SECONDS
