"""Reads each host's reservation of text and data mining, for the sources that honour one."""

from __future__ import annotations

import asyncio
from typing import Final, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from config.source import Source
from crawler.fetch.errors import FetchError
from crawler.fetch.refusal import RefusedRequest
from crawler.tdm import MAX_TDM_BYTES, TDM_PATH, TdmRules, parse_tdm

TDM_FILE: Final = "tdm_file"
"""The key in `request.meta` of what the host's file says of an address: True, False, or None for nothing."""


class TdmGuard:
    """Downloader middleware: asks for `/.well-known/tdmrep.json` once a run and host, through every guard.

    It only finds out: the page itself may say otherwise and is then right, so the handler decides when the
    answer is there (`crawler.guards.reservation`). A file that cannot be had, or is none, reserves nothing:
    the protocol has a site without it "unset".
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[TdmRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Leave what the file says in `request.meta`, for this hop's address."""
        request.meta.pop(TDM_FILE, None)
        source: Source | None = request.meta.get("source_object")
        if source is None or source.policy.tdm_reservation != "honour" or not _is_content(request):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._ask(origin, request))
        request.meta[TDM_FILE] = (await asyncio.shield(self._rules[origin])).reserves(request.url)

    async def _ask(self, origin: str, asker: Request) -> TdmRules:
        if self._crawler.engine is None:
            raise RuntimeError("tdmrep.json asked for before the crawl has an engine")
        kept = {name: asker.meta.get(name) for name in ("source", "source_object", "allow_private")}
        meta = {**kept, "well_known": True, "max_bytes": MAX_TDM_BYTES, "dont_retry": True}
        try:
            response = await self._crawler.engine.download_async(Request(f"{origin}{TDM_PATH}", meta=meta))
        except (FetchError, RefusedRequest):
            return TdmRules()
        exchange: Exchange | None = response.meta.get("exchange")
        if exchange is None or exchange.status != 200:  # noqa: PLR2004 - OK
            return TdmRules()
        try:
            return parse_tdm(decode_body(exchange.body, exchange.header("Content-Encoding"), 8 << 20))
        except ContentCodingError:
            return TdmRules()


def _is_content(request: Request) -> bool:
    """Pages, pictures and what else belongs to a page; not what is only read for addresses or rules."""
    return not any(request.meta.get(key) for key in ("robots", "well_known", "document"))
