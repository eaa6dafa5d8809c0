"""Fetches what belongs to a page, through every guard: pictures, further pages, style sheets and parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from scrapy import Request

from archive.exchange import Exchange
from archive.rows import CaptureRow
from config.settings import NetworkSettings
from config.source import Source
from crawler.outcomes import outcome_of_failure
from crawler.requests import (
    absent_request,
    further_page_request,
    part_request,
    picture_request,
    stylesheet_request,
)

log = structlog.get_logger()

Download = Callable[[Request], Awaitable[Any]]
Fetched = tuple[Exchange, CaptureRow]


class Beside:
    """What a running crawl fetches beside its pages. Each result is archived; None is one that did not come.

    Raises only what is no fault of the web: what the store, the spool or the catalog raise.
    """

    def __init__(self, network: NetworkSettings) -> None:
        self._network = network
        self.download: Download | None = None  # set once Scrapy's engine exists

    async def picture(self, url: str, source: Source) -> Fetched | None:
        """A picture of an article."""
        return await self._fetch("picture", url, lambda: picture_request(url, source, self._network))

    async def further_page(self, url: str, source: Source) -> Fetched | None:
        """A page on which an article goes on."""
        return await self._fetch("further page", url, lambda: further_page_request(url, source))

    async def stylesheet(self, url: str, source: Source) -> Fetched | None:
        """A style sheet of a page."""
        return await self._fetch("style sheet", url, lambda: stylesheet_request(url, source))

    async def part(self, url: str, source: Source) -> Exchange | None:
        """What a page that is rendered asks for."""
        fetched = await self._fetch("part of a page", url, lambda: part_request(url, source))
        return fetched[0] if fetched else None

    async def absent(self, url: str, source: Source) -> Fetched | None:
        """What the site answers for an address that does not exist."""
        return await self._fetch("absent address", url, lambda: absent_request(url, source))

    async def _fetch(self, what: str, url: str, made: Callable[[], Request]) -> Fetched | None:
        if self.download is None:
            return None
        try:
            request = made()
        except ValueError as error:  # what a page calls an address need not be one
            log.info("not fetched", what=what, url=url, reason=str(error))
            return None
        try:
            response = await self.download(request)
        except Exception as error:
            if outcome_of_failure(error) is None:
                raise
            log.info("not fetched", what=what, url=url, reason=str(error))
            return None
        meta = response.request.meta if response.request else request.meta
        return meta["exchange"], meta["recorded"]
