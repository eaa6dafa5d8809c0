"""The Scrapy download handler for http and https: fetch, record, then answer."""

from __future__ import annotations

import asyncio
from typing import Final

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response

from archive.exchange import Exchange
from config.errors import ConfigError
from config.source import Source
from crawler.fetch.client import FetchRequest
from crawler.fetch.login import login_fields, secrets_in
from crawler.fetch.refusal import RefusedRequest
from crawler.fetch.services import SERVICES_SETTING, FetchServices
from crawler.guards.reservation import reservation
from crawler.guards.tdm import TDM_FILE

KEPT: Final = "kept"
"""The key in `request.meta` of an exchange that the archive has, with its capture: it is not fetched."""


class ExchangeHandler(BaseDownloadHandler):
    """Gives every request that reaches the network to our client, and every exchange to the recorder.

    Reads from `request.meta`: `source` (name, required), `source_object` (whose log-in goes with it),
    `allow_private` (default False), `max_bytes` (default `network.max_page_bytes`), `before_sending` (called
    when the request's turn has come; may raise RefusedRequest), `permit` (awaited just before it is sent;
    raises LeaseLost), `turn` (awaited when it is ready to be written), `sent` (called when it goes out),
    `ended` (called when it is over, however that went), `received` (called with the exchange and the meta),
    `kept` (what was fetched before). Leaves there: `exchange` (the Exchange) and `recorded` (what the
    recorder returned). After a failure neither is there, whatever an earlier hop or attempt left.

    Raises RefusedRequest (`noarchive`, `tdm_reserved`) for what its site wants nobody to keep: it is not
    recorded. Raises FetchError (its reason says why; only TransientFetchError is retried), or what the
    recorder raised.
    The response's body is the payload as it came, still content-encoded: Scrapy's own parsing is not used on
    it.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        services = crawler.settings.get(SERVICES_SETTING)
        if not isinstance(services, FetchServices):
            raise NotConfigured(f"{SERVICES_SETTING} must be a FetchServices, got {type(services).__name__}")
        self._services = services
        self._room = asyncio.Semaphore(services.client.network.concurrency)

    async def download_request(self, request: Request) -> Response:
        for left_over in ("exchange", "recorded"):
            request.meta.pop(left_over, None)
        if request.method != "GET":
            raise ConfigError(f"{request.url}: method {request.method} is not fetched; allowed: GET")
        if (refuse := request.meta.get("before_sending")) is not None:
            refuse()
        source: str = request.meta["source"]
        if (kept := request.meta.pop(KEPT, None)) is not None:
            request.meta["exchange"], request.meta["recorded"] = kept
            return as_response(request.meta["exchange"], request.url)
        async with self._room:  # what waits here has had its host's turn, and its deadline has not begun
            if (permit := request.meta.get("permit")) is not None:
                await permit()
            try:
                with self._services.phases.timed("fetch"):
                    exchange = await self._services.client.fetch(self._wanted(request))
            finally:
                if (ended := request.meta.get("ended")) is not None:
                    ended()
        if (note := request.meta.get("received")) is not None:
            note(exchange, request.meta)
        self._refuse_reserved(exchange, request)
        request.meta["recorded"] = await self._services.recorder.record(exchange, source=source)
        request.meta["exchange"] = exchange
        return as_response(exchange, request.url)

    def _wanted(self, request: Request) -> FetchRequest:
        headers = {
            name.decode("latin-1"): b",".join(values).decode("latin-1")
            for name, values in request.headers.items()
        }
        owner: Source | None = request.meta.get("source_object")
        return FetchRequest(
            url=request.url,
            headers=headers,
            login=login_fields(owner, request.url) if owner else {},
            secrets=secrets_in(owner) if owner else (),
            allow_private=request.meta.get("allow_private", False),
            max_bytes=request.meta.get("max_bytes", self._services.client.network.max_page_bytes),
            turn=request.meta.get("turn"),
            sent=request.meta.get("sent"),
        )

    def _refuse_reserved(self, exchange: Exchange, request: Request) -> None:
        """A page or picture that its site wants nobody to keep goes no further, not even to the recorder."""
        owner: Source | None = request.meta.get("source_object")
        if owner is None or any(request.meta.get(key) for key in ("document", "robots", "well_known")):
            return
        robot = self._services.client.network.user_agent.partition("/")[0].strip().lower()
        reserved = reservation(
            exchange, owner.policy, robot, page="row" in request.meta, tdm_file=request.meta.get(TDM_FILE)
        )
        if reserved is not None:
            raise RefusedRequest(reserved, f"{request.url} says so")

    async def close(self) -> None:
        await self._services.client.close()


def as_response(exchange: Exchange, url: str) -> Response:
    """A Scrapy response with status and headers of the exchange, sharing its (undecoded) body.

    Never one of Scrapy's kinds with text: nobody here asks for it, and to find the kind takes longer.
    """
    headers = Headers(
        [(name.encode("latin-1"), value.encode("latin-1")) for name, value in exchange.headers],
        encoding="latin-1",
    )
    return Response(
        url=url,
        status=exchange.status,
        headers=headers,
        body=exchange.body,
        protocol=exchange.response_head[:8].decode("latin-1"),
    )
