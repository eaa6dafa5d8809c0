"""Rendering in a run: each page through a browser, its parts through the crawl, what comes of it archived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from archive.exchange import Exchange
from archive.open_batch import Rendered
from archive.rows import CaptureRow
from config.source import Source
from crawler.recording import RunRecorder
from crawler.render.renderer import Renderer
from pipelines.rendering import NotRendered, Rendering

KEPT_BYTES = 64 << 20  # of scripts and style sheets, which a site's pages share
_SHARED = frozenset({"script", "stylesheet"})
_HTML = frozenset({"text/html", "application/xhtml+xml", ""})

# (address, source) → the exchange, archived, or None if none came about.
FetchOne = Callable[[str, Source], Awaitable[Exchange | None]]


class RenderedPages:
    """The browsers of a run, and what the pages of a site share. To be used in one event loop."""

    def __init__(self, renderer: Renderer, recorder: RunRecorder, fetch: FetchOne) -> None:
        self._renderer, self._recorder, self._fetch = renderer, recorder, fetch
        self._shared: dict[tuple[str, str], asyncio.Future[Exchange | None]] = {}
        self._bytes = 0

    async def __call__(
        self, exchange: Exchange, capture: CaptureRow, source: Source
    ) -> Rendering | NotRendered | None:
        """What the browser makes of a page, durable; None if the source asks for no rendering.

        Raises only what the store, the spool or the catalog raise.
        """
        if not source.render.enabled or exchange.mime not in _HTML:
            return None
        made = await self._renderer.render(
            exchange, source.render, lambda url, kind: self._part(url, kind, source)
        )
        if isinstance(made, Rendering):
            await self._recorder.keep_rendered(
                Rendered(capture, made.dom, made.screenshot, made.engine, made.at)
            )
        return made

    async def _part(self, url: str, kind: str, source: Source) -> Exchange | None:
        """A part of a page; scripts and style sheets once a run, so that politeness costs one wait each."""
        if kind not in _SHARED or self._bytes > KEPT_BYTES:
            return await self._fetch(url, source)
        key = (source.name, url)  # what one source may not reach another may
        if key not in self._shared:
            self._shared[key] = asyncio.ensure_future(self._fetch(url, source))
            self._shared[key].add_done_callback(self._count)
        return await asyncio.shield(self._shared[key])

    def _count(self, done: asyncio.Future[Exchange | None]) -> None:
        if not done.cancelled() and done.exception() is None and (exchange := done.result()) is not None:
            self._bytes += len(exchange.body)

    async def close(self) -> None:
        """End the browsers."""
        await self._renderer.close()
