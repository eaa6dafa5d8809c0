"""Refuses hosts that another process is talking to."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.fetch.refusal import RefusedRequest
from crawler.guards.context import GuardContext
from crawler.urls import host_of


class HostLeaseGuard:
    """Downloader middleware: a request goes out only under the lease of its host."""

    def __init__(self, context: GuardContext) -> None:
        if context.leases is None:
            raise TypeError("HostLeaseGuard needs the leases of a run, got none")
        self._leases = context.leases

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(GuardContext.of(crawler))

    async def process_request(self, request: Request) -> None:
        """Take the host's lease, or refuse with `host_busy`."""
        name = f"host:{host_of(request.url)}"
        if not self._leases.holds(name) and not await self._leases.take(name):
            raise RefusedRequest("host_busy", f"another run is talking to {name.removeprefix('host:')}")
