"""Archives the style sheets of pages: each once a run, and what they import a few levels deep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from archive.exchange import Exchange
from archive.rows import CaptureRow
from config.source import Source
from pipelines.stylesheets import MOST, imported, linked
from pipelines.turns import Turn
from pipelines.workers import TaskFailure, Workers

log = structlog.get_logger()

DEEPEST = 3  # `@import`s from the page's own style sheets on
MOST_BYTES = 16 << 20  # of the style sheets of one page, as they came over the wire

# (address, source) → the exchange and its capture, or None if none came about.
FetchStyleSheet = Callable[[str, Source], Awaitable[tuple[Exchange, CaptureRow] | None]]


class StyleSheets:
    """The style sheets of one run. To be used in one event loop; a resumed run asks for them again."""

    def __init__(self, fetch: FetchStyleSheet, workers: Workers) -> None:
        self._fetch, self._workers = fetch, workers
        self._asked: dict[tuple[str, bool], asyncio.Future[tuple[int, tuple[str, ...]]]] = {}

    async def archive(self, page: Exchange, source: Source) -> None:
        """Fetch and record what a page is shown with, breadth first, as far as the limits go.

        What cannot be had is left out. Raises only what the store, the spool or the catalog raise.
        """
        found = await self._read(linked, page, source)
        wanted, seen, size = found, set(found), 0
        for depth in range(DEEPEST + 1):
            answers = await asyncio.gather(*(self._once(address, source) for address in wanted))
            size += sum(length for length, _ in answers)
            further = dict.fromkeys(address for _, imports in answers for address in imports)
            wanted = tuple(address for address in further if address not in seen)[: MOST - len(seen)]
            seen.update(wanted)
            if not wanted or depth == DEEPEST:
                return
            if size >= MOST_BYTES:
                log.info("no more style sheets of this page", url=page.url, bytes=size)
                return

    async def _once(self, address: str, source: Source) -> tuple[int, tuple[str, ...]]:
        """Bytes and imports of a style sheet; fetched by the first page that asks for it."""
        key = (address, source.network.allow_private)  # what one source may not reach another may
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(self._had(address, source))
        return await asyncio.shield(self._asked[key])

    async def _had(self, address: str, source: Source) -> tuple[int, tuple[str, ...]]:
        fetched = await self._fetch(address, source)
        if fetched is None:
            return 0, ()
        exchange, _ = fetched
        whole = exchange.status == 200 and exchange.truncated is None  # noqa: PLR2004 - OK
        return len(exchange.body), await self._read(imported, exchange, source) if whole else ()

    async def _read(
        self, reader: Callable[..., tuple[str, ...]], exchange: Exchange, source: Source
    ) -> tuple[str, ...]:
        """Addresses that a page or a style sheet names; none if its reader died of it."""
        found = await self._workers.run_in_turn(
            Turn(source.name, urgent=True),
            reader,
            exchange.body,
            url=exchange.url,
            content_type=exchange.header("Content-Type"),
            content_encoding=exchange.header("Content-Encoding"),
        )
        if isinstance(found, TaskFailure):
            log.warning("style sheets not found", url=exchange.url, what=found.what, detail=found.detail)
            return ()
        return found
