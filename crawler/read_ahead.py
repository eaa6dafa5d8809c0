"""What is known of the pages that are fetched next, read for many at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from archive.catalog import looks
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.known_payloads import KnownPayloads
from archive.rows import CaptureRow, LedgerRow, PageRow
from config.source import Source
from crawler.kept import standing_for_304
from pipelines.foreseen import FRESH_SECONDS, Foreseen, Sighting

AT_ONCE = 64  # pages


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a page before it is asked for.

    Attributes:
        page: None if it was never looked at.
        unmodified: the capture that a 304 would stand for, if there is one.
    """

    page: PageRow | None = None
    unmodified: CaptureRow | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    known: dict[str, Known]  # by key of the address
    sighting: Sighting
    at: float  # monotonic, when reading began


class ReadAhead:
    """Answers for one row of the frontier, and reads at once what those after it will be asked for.

    To be used in one event loop; the reading is done in a thread. An answer is at most a moment old.

    Args:
        sources: of the run, by name.
        foreseen: where what the flow needs of pages that will come whole is put.
        payloads: where the places of their bytes are put, for the recorder.
        upcoming: the next rows of the frontier, so many of them.
        asks_on_condition: whether the page at an address would be asked for on condition now: then nothing is
            read of what the flow needs of a whole page.
        now: seconds that only grow.
    """

    def __init__(
        self,
        catalog: Catalog,
        clock: Clock,
        sources: Mapping[str, Source],
        *,
        foreseen: Foreseen,
        payloads: KnownPayloads,
        upcoming: Callable[[int], Sequence[LedgerRow]],
        asks_on_condition: Callable[[str], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalog, self._clock, self._sources = catalog, clock, sources
        self._foreseen, self._payloads = foreseen, payloads
        self._upcoming, self._asks_on_condition, self._now = upcoming, asks_on_condition, now
        self._known: dict[str, Known] = {}
        self._read_at = 0.0

    async def known(self, row: LedgerRow) -> Known:
        """What is known of the page of a row that is fetched now."""
        known = self._known.pop(row.url_key, None)
        if known is None or self._now() - self._read_at > FRESH_SECONDS:
            rows = {each.url_key: each for each in (row, *self._upcoming(AT_ONCE - 1))}
            asks = {key: self._asks_on_condition(each.url) for key, each in rows.items()}
            read = await asyncio.to_thread(self._read, rows, asks)
            self._known, self._read_at = read.known, read.at
            self._foreseen.keep(read.sighting)
            known = self._known.pop(row.url_key)
        return known

    def _read(self, rows: Mapping[str, LedgerRow], asks: Mapping[str, bool]) -> _Read:
        at = self._now()
        pages = looks.pages_of(self._catalog, rows)
        sources = ((page, self._sources[rows[key].source]) for key, page in pages.items())
        unmodified = standing_for_304(self._catalog, sources)
        whole = [key for key in rows if not (asks[key] and key in unmodified)]
        sighting = self._foreseen.read(whole, self._clock.now())
        self._expect_payloads(rows, sighting)
        return _Read({key: Known(pages.get(key), unmodified.get(key)) for key in rows}, sighting, at)

    def _expect_payloads(self, rows: Mapping[str, LedgerRow], sighting: Sighting) -> None:
        by_days: dict[int | None, set[str]] = {}
        for key, standing in sighting.standings.items():
            if standing is not None:
                days = self._sources[rows[key].source].policy.expire
                by_days.setdefault(days, set()).add(standing.before.payload_sha256)
        for days, digests in by_days.items():
            self._payloads.expect(digests, days)
