"""Fetches a few documents of a site as every crawl does, and keeps none of them.

The same client, guards and politeness as in a run (`crawler.run`): robots.txt before everything, delay and
Retry-After, public addresses only, caps and deadlines. What comes is given to the caller and forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Response

from archive.clock import Clock
from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from archive.held_leases import HostLeases
from config.network_settings import NetworkSettings
from config.source import Source
from crawler.fetch.client import HttpClient
from crawler.fetch.scrapy_settings import base_settings
from crawler.fetch.services import SERVICES_SETTING, FetchServices
from crawler.guards.context import GUARDS_SETTING, GuardContext
from crawler.guards.host_lease import HostLeaseGuard
from crawler.guards.politeness import Politeness
from crawler.guards.robots import RobotsGuard
from crawler.guards.takedown import TakedownGuard
from crawler.guards.tdm import TdmGuard
from crawler.outcomes import outcome_of_failure
from crawler.urls import host_of

MOST_REQUESTS = 30  # of one survey, robots.txt files and redirects included
_MOST_DECODED = 64 << 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Document:
    """What came for an address.

    Attributes:
        asked: the address that was asked for.
        exchange: of the last hop.
        body: its payload without content encodings.
        hops: every address on the way, the asked one first.
    """

    asked: str
    exchange: Exchange
    body: bytes
    hops: tuple[str, ...]

    @property
    def url(self) -> str:
        return self.exchange.url

    @property
    def content_type(self) -> str | None:
        return self.exchange.header("Content-Type")


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing usable came; `reason` is as in the ledger: `dns`, `robots`, `http_404`, `budget`, ..."""

    asked: str
    reason: str


@dataclass
class Fetcher:
    """Gets documents, one at a time or several, within a budget of requests.

    Attributes:
        used: requests that were answered so far.
        robots: origin → body of its robots.txt, of those that were answered with one.
        stopping: whether a person asked to stop; nothing is asked for any more (`stopped`).
    """

    network: NetworkSettings
    context: GuardContext
    most: int = MOST_REQUESTS
    used: int = 0
    robots: dict[str, bytes] = field(default_factory=dict)
    download: Callable[[Request], Awaitable[Response]] | None = None
    stopping: Callable[[], bool] = lambda: False

    async def get(self, url: str, source: Source) -> Document | Failed:
        """Fetch an address for a source; what is not there is a failure. Never raises for what a site does.

        Raises RuntimeError outside of `with_fetcher`, and what is a fault of ours.
        """
        if self.used >= self.most:
            return Failed(url, "budget")
        got = await self.exchange(url, source)
        if isinstance(got, Failed):
            return got
        if got.exchange.status >= 300:  # noqa: PLR2004 - no page
            return Failed(url, f"http_{got.exchange.status}")
        return got

    async def exchange(self, url: str, source: Source) -> Document | Failed:
        """The same whatever the status, and beyond the budget."""
        if self.download is None:
            raise RuntimeError("a document asked for outside of with_fetcher")
        if self.stopping():
            return Failed(url, "stopped")
        meta = {
            "source": source.name,
            "source_object": source,
            "allow_private": source.network.allow_private,
        }
        try:
            response = await self.download(Request(url, meta=meta))
        except ValueError as error:  # what a page calls an address need not be one
            return Failed(url, f"blocked_url: {error}")
        except Exception as error:
            outcome = outcome_of_failure(error)
            if outcome is None:
                raise
            return Failed(url, outcome.reason or str(outcome.kind))
        answered: dict[str, Any] = response.request.meta if response.request else meta
        exchange: Exchange = answered["exchange"]
        try:
            body = decode_body(exchange.body, exchange.header("Content-Encoding"), _MOST_DECODED)
        except ContentCodingError as error:
            return Failed(url, error.reason)
        hops = (url, *answered.get("redirect_urls", ())[1:], exchange.url)
        return Document(url, exchange, body, tuple(dict.fromkeys(hops)))

    def crawl_delay(self, url: str) -> float | None:
        """Seconds between requests that the address's robots.txt asks for; None if it asks for none."""
        return self.context.crawl_delays.get(host_of(url))

    async def record(self, exchange: Exchange, *, source: str) -> None:  # noqa: ARG002 - the Recorder protocol
        """Count an exchange, and remember it if it is a robots.txt."""
        self.used += 1
        parts = urlsplit(exchange.url)
        if parts.path == "/robots.txt" and exchange.status == 200:  # noqa: PLR2004 - OK
            try:
                body = decode_body(exchange.body, exchange.header("Content-Encoding"), _MOST_DECODED)
            except ContentCodingError:
                return  # the guard says what it makes of it
            self.robots[f"{parts.scheme}://{parts.netloc}"] = body


async def with_fetcher(
    work: Callable[[Fetcher], Awaitable[T]],
    network: NetworkSettings,
    clock: Clock,
    *,
    leases: HostLeases | None = None,
    taken_down: Callable[[], frozenset[str]] = frozenset,
    stopping: Callable[[], bool] = lambda: False,
    most: int = MOST_REQUESTS,
) -> T:
    """Do some work with a fetcher; must run inside the asyncio reactor (`crawler.reactor`).

    With `leases`, a host that another process is talking to is left alone (`host_busy`).

    Raises what the work raises.
    """
    context = GuardContext(network, network.user_agent, leases, lambda _url: None, taken_down)
    fetcher = Fetcher(network, context, most, stopping=stopping)
    settings = base_settings(network)
    guards: dict[Any, int] = {TakedownGuard: 52, RobotsGuard: 60, TdmGuard: 61, Politeness: 590}
    settings["DOWNLOADER_MIDDLEWARES"] |= guards | ({HostLeaseGuard: 55} if leases else {})
    settings |= {
        SERVICES_SETTING: FetchServices(HttpClient(network, clock), fetcher),
        GUARDS_SETTING: context,
    }
    crawler = Crawler(_Surveyor, settings)
    ended: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    async def begin() -> None:
        if crawler.engine is None:
            raise RuntimeError("a survey began before its engine")
        fetcher.download = crawler.engine.download_async
        try:
            ended.set_result(await work(fetcher))
        except BaseException as error:  # noqa: BLE001 - Scrapy would only log it; raised again below
            ended.set_exception(error)

    await AsyncCrawlerRunner(settings).crawl(crawler, begin=begin)
    if not ended.done():
        raise RuntimeError("the survey ended before its work")
    return ended.result()


class _Surveyor(Spider):
    """Lends its engine to the work."""

    name = "survey"

    def __init__(self, begin: Callable[[], Awaitable[None]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._begin = begin

    async def start(self) -> AsyncIterator[Request]:
        await self._begin()
        nothing: tuple[Request, ...] = ()
        for request in nothing:  # makes a generator of this, as Scrapy wants
            yield request
