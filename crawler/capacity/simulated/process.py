"""One crawl process's part of a run, by events: the real window and holdings, hosts' delays, a fake network.

No second is waited. Rows of the window stand for up to 25 requests to one source each, so that a night
of millions of pages is some ten thousand events; bytes and places are counted for what a row stands for.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.rows import LedgerRow
from crawler.capacity.night import Machine, spread
from crawler.holdings import Holdings
from crawler.window import Window

# Requests that one row of the window stands for at the most. With a hundred, what waits for the readers is so
# much that large sources run ahead of others, and nights end earlier than they do; with one, the nights of
# 2,000 sources take thrice as long to compute and end 3 % later than with 25.
BATCH = 25


@dataclass(frozen=True, slots=True)
class Work:
    """What one source's part of a run asks for.

    Attributes:
        new, looks: pages.
        documents: before its new pages are known.
        pictures: from a host of their own.
        delay: seconds between two requests to a host.
        main_cpu, worker_cpu: seconds for a page, with its share of everything else.
    """

    source: str
    new: int
    looks: int
    documents: int
    pictures: int
    delay: float
    main_cpu: float
    worker_cpu: float

    @property
    def pages(self) -> int:
        """Both."""
        return self.new + self.looks


@dataclass
class Ran:
    """How a part went.

    Attributes:
        seconds: from its begin to its last page.
        pages: by stretches of five minutes since the run began.
        in_flight: pages fetched or held at once, the most.
        ends: seconds until each source was done.
        rows: of the window, the most that waited in memory.
    """

    seconds: float = 0.0
    pages: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    in_flight: int = 0
    ends: dict[str, float] = field(default_factory=dict)
    rows: int = 0


class Process:
    """Carries out one part; used once."""

    def __init__(self, works: Sequence[Work], machine: Machine, page_bytes: int) -> None:
        self._machine, self._page_bytes = machine, page_bytes
        self._works = {work.source: work for work in works}
        self._stands_for: dict[str, int] = {}
        self._rows = {work.source: self._rows_of(work) for work in works}
        self._open = {source: len(rows) for source, rows in self._rows.items()}
        self._host = {work.source: work.documents * work.delay for work in works}  # when it may be asked next
        self._pictures = dict.fromkeys(self._works, 0.0)  # the same of its host of pictures
        self._main, self._readers = 0.0, [0.0] * machine.workers
        self._events: list[tuple[float, int, str, LedgerRow]] = []
        self._number = 0
        self._in_flight = 0
        self.ran = Ran(rows=len(self._stands_for))
        room = machine.room(len(self._works))
        self._window = Window(
            sorted(self._works),
            self._read,
            size=room.places,
            per_source=room.each,
            holdings=Holdings(machine.held_bytes * BATCH),
        )

    def run(self) -> Ran:
        """Until every page has its outcome."""
        for source, left in self._open.items():
            if not left:
                self.ran.ends[source] = self._host[source]
        self._ask(0.0)
        while self._events:
            now, _, what, row = heapq.heappop(self._events)
            if what == "came":
                self._came(now, row)
            else:
                self._done(now, row)
            self._ask(now)
        self.ran.seconds = max(self.ran.ends.values(), default=0.0)
        return self.ran

    def _rows_of(self, work: Work) -> list[LedgerRow]:
        rows, left = list[LedgerRow](), work.pages
        while left > 0:
            key = f"{work.source} {len(rows)}"
            self._stands_for[key] = min(BATCH, left)
            rows.append(
                LedgerRow(
                    run_id="", url_key=key, url="", source=work.source, found_by="feed", found_in="",
                    position=len(rows),
                )
            )  # fmt: skip
            left -= BATCH
        return rows

    def _read(self, source: str, after: int) -> list[LedgerRow]:
        return self._rows[source][after + 1 : after + 101]

    def _ask(self, now: float) -> None:
        if self._window.hungry:
            self._window.refill()
        while (row := self._window.next()) is not None:
            work, number = self._works[row.source], self._stands_for[row.url_key]
            first = max(now, self._host[row.source])
            # The delay lies between beginnings; a host is asked for one page at a time.
            step = max(work.delay, self._machine.service)
            self._host[row.source] = first + number * step
            self._put(first + (number - 1) * step + self._machine.service, "came", row)
            self._in_flight += 1
            self.ran.in_flight = max(self.ran.in_flight, self._in_flight)

    def _came(self, now: float, row: LedgerRow) -> None:
        work, number = self._works[row.source], self._stands_for[row.url_key]
        self._window.fetched(row, number * self._page_bytes)
        self._main = max(self._main, now) + number * work.main_cpu
        read = max(heapq.heappop(self._readers), self._main) + number * work.worker_cpu
        heapq.heappush(self._readers, read)
        shown = 0.0
        if work.pictures:
            asked = number * work.pictures / work.pages
            self._pictures[row.source] = max(self._pictures[row.source], now) + asked * work.delay
            shown = self._pictures[row.source]
        self._put(max(read, shown), "done", row)

    def _done(self, now: float, row: LedgerRow) -> None:
        self._window.done(row)
        self._in_flight -= 1
        number = self._stands_for[row.url_key]
        begin = now - number * self._works[row.source].delay
        spread(self.ran.pages, max(0.0, begin), now, number)
        self._open[row.source] -= 1
        if not self._open[row.source]:
            self.ran.ends[row.source] = now

    def _put(self, at: float, what: str, row: LedgerRow) -> None:
        self._number += 1
        heapq.heappush(self._events, (at, self._number, what, row))
