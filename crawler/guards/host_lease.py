"""Refuses hosts that another process is talking to."""

from __future__ import annotations

from functools import partial
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from config.source import Source
from crawler.fetch.refusal import RefusedRequest
from crawler.guards.context import GuardContext
from crawler.urls import host_of


class HostLeaseGuard:
    """Downloader middleware: a request goes out only under the lease of its host, and that of its run.

    Both are looked at again when its turn has come: it may have waited in its slot for longer than a lease
    lasts. A host that another process has left just now is asked when the distance between requests is over.
    """

    def __init__(self, context: GuardContext) -> None:
        if context.leases is None:
            raise TypeError("HostLeaseGuard needs the leases of a run, got none")
        self._leases, self._context = context.leases, context

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(GuardContext.of(crawler))

    async def process_request(self, request: Request) -> None:
        """Take the host's lease, or refuse with `host_busy`."""
        host = host_of(request.url)
        name = f"host:{host}"
        source: Source = request.meta["source_object"]
        self._leases.keep_apart(name, self._context.delay(source, host))
        if not self._leases.holds(name) and not await self._leases.take_in_turn(name):
            raise RefusedRequest("host_busy", f"another run is talking to {host}")
        request.meta["permit"] = partial(self._leases.confirm, name, *self._context.run_leases)
