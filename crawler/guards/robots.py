"""Obeys robots.txt (RFC 9309) for every request, pictures and discovery included."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange, Truncation
from crawler.fetch.errors import FetchError
from crawler.fetch.refusal import RefusedRequest
from crawler.guards.context import GuardContext
from crawler.robots import RobotsPolicy, robots_policy
from crawler.urls import host_of

_MAX_BYTES = 600 * 1024  # a little more than is parsed
_MAX_HOPS = 5  # RFC 9309, 2.3.1.2
# Reasons of the host, not of its robots.txt: its pages have the same.
_OF_THE_HOST = frozenset({"dns", "refused", "blocked_private", "host_busy", "retry_after"})
# The rules that count may stand in what is missing; what our cap on size cuts off need not be read.
_BROKEN_OFF = frozenset({Truncation.DISCONNECT, Truncation.TIME})


class RobotsGuard:
    """Downloader middleware: asks each host's robots.txt once a run, and keeps its Crawl-delay.

    `request.meta["robots"]` marks the requests for robots.txt itself, which nobody asks about.
    """

    def __init__(self, crawler: Crawler, context: GuardContext) -> None:
        self._crawler, self._context = crawler, context
        self._policies: dict[str, asyncio.Task[RobotsPolicy]] = {}
        self._closed: dict[str, str] = {}  # origin → why nothing of it can be had now

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, GuardContext.of(crawler))

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt forbids: `robots`, or `robots_unreachable` if it cannot be had.

        Where nothing of the host can be had, the reason is that (`dns`, `refused`, `host_busy`, ...).
        """
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._policies:
            self._policies[origin] = asyncio.ensure_future(self._ask(origin, request))
        policy = await asyncio.shield(self._policies[origin])
        if not policy.allows(request.url, self._context.user_agent):
            reason = self._closed.get(origin, policy.reason.value)
            raise RefusedRequest(reason, f"{request.url}: {policy.note}")

    async def _ask(self, origin: str, asker: Request) -> RobotsPolicy:
        url = f"{origin}/robots.txt"
        kept = {str(name): asker.meta.get(name) for name in ("source", "source_object", "allow_private")}
        request = Request(
            url, meta={**kept, "robots": True, "max_bytes": _MAX_BYTES, "redirect_ttl": _MAX_HOPS}
        )
        policy = await self._policy(request)
        if (delay := policy.crawl_delay(self._context.user_agent)) is not None:
            self._context.crawl_delays[host_of(url)] = delay
        return policy

    async def _policy(self, request: Request) -> RobotsPolicy:
        if self._crawler.engine is None:
            raise RuntimeError("robots.txt asked for before the crawl has an engine")
        try:
            response = await self._crawler.engine.download_async(request)
        except (FetchError, RefusedRequest) as error:
            reason = str(error.reason)
            if reason in {"redirect_limit", "redirect_loop"}:
                return robots_policy(404, None)  # too many hops are as no rules (RFC 9309, 2.3.1.2)
            return await self._without_answer(request.url, None, reason)
        exchange: Exchange | None = response.meta.get("exchange")
        if exchange is None or exchange.status >= 500:  # noqa: PLR2004 - server errors
            return await self._without_answer(request.url, response.status, None)
        if exchange.truncated in _BROKEN_OFF:
            return await self._without_answer(request.url, None, "truncated")
        try:
            body = decode_body(exchange.body, exchange.header("Content-Encoding"), 8 << 20)
        except ContentCodingError as error:
            return await self._without_answer(request.url, None, error.reason)
        return robots_policy(exchange.status, body)

    async def _without_answer(self, url: str, status: int | None, failure: str | None) -> RobotsPolicy:
        """No rules could be had: the last good copy of the day holds, else nothing is allowed."""
        copy = await asyncio.to_thread(self._context.last_good_robots, url)
        if copy is None:
            if failure in _OF_THE_HOST:
                self._closed[url.removesuffix("/robots.txt")] = failure
            return robots_policy(status, None, failure=failure)
        body, age = copy
        return robots_policy(status, None, failure=failure, last_good=body, last_good_age=age)
