"""Policies of looking again, ours and others', over one boundary."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from archive.outcome import Outcome, OutcomeKind
from archive.rows import LedgerRow, PageRow
from crawler.candidate import Candidate, FoundBy
from crawler.due import due, next_look
from crawler.known_page import known_page
from crawler.revisit.budget import choose
from crawler.revisit.pace import Pace
from crawler.revisit.rates import SourceRates
from crawler.settle import Look, learn, settle
from pipelines.versions.removal import LEAST_MISSING


class Policy(Protocol):
    """Decides for one source at which of its runs which pages are looked at.

    `appeared` and `looked` are told in order of time; `looks` is asked once a run, after what appeared in it.
    """

    def appeared(self, page: int, at: datetime) -> None:
        """The page was found and captured for the first time."""

    def looks(self, now: datetime) -> Sequence[int]:
        """The pages that this run looks at."""

    def looked(self, page: int, now: datetime, *, changed: bool, gone: bool) -> None:
        """What a look found: a change since the last one, or nothing (404)."""


class Queue:
    """Pages by the moment of their next look."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int]] = []

    def put(self, page: int, at: datetime | None) -> None:
        """Let a page wait; None: for ever."""
        if at is not None:
            heapq.heappush(self._waiting, (at, page))

    def take(self, now: datetime) -> list[int]:
        """Those whose moment has come."""
        found = []
        while self._waiting and self._waiting[0][0] <= now:
            found.append(heapq.heappop(self._waiting)[1])
        return found


class Scheduler:
    """Our own: `due`, the budget, `settle` and what is learned are the crawl's, on rows in memory."""

    def __init__(self, source: str, pace: Pace, *, learning: bool = True) -> None:
        self._source, self._pace, self._learning = source, pace, learning
        self._rates = SourceRates(source)
        self._pages: dict[int, PageRow] = {}
        self._queue = Queue()

    def appeared(self, page: int, at: datetime) -> None:
        self._settle(page, None, Outcome(OutcomeKind.ARCHIVED), at, changed=True)

    def looks(self, now: datetime) -> Sequence[int]:
        pace = self._current()
        ready = []
        for page in self._queue.take(now):
            row = self._pages[page]
            known = known_page(row)
            if known and due(known, Candidate(row.url, FoundBy.REVISIT, ""), now=now, pace=pace).fetch:
                ready.append((page, known))
            else:  # what was learned since says that it can wait
                self._queue.put(page, next_look(known, pace) if known else None)
        taken, over = choose(ready, now, pace.expectation, pace.budget)
        for page in over:
            self._queue.put(page, now + timedelta(microseconds=1))
        return taken

    def looked(self, page: int, now: datetime, *, changed: bool, gone: bool) -> None:
        row = self._pages[page]
        if gone:
            since = row.first_missing_at or now
            tombstone = not row.removed and since.date() < now.date() and now - since >= LEAST_MISSING
            self._settle(page, row, Outcome(OutcomeKind.GONE, "http_404"), now, changed=tombstone)
        else:
            kind = OutcomeKind.ARCHIVED if changed else OutcomeKind.UNCHANGED
            self._settle(page, row, Outcome(kind), now, changed=changed)

    def _settle(
        self, page: int, row: PageRow | None, outcome: Outcome, now: datetime, *, changed: bool
    ) -> None:
        look = Look(outcome, now, changed=changed)
        learn(self._rates, row, look)
        entry = LedgerRow(
            run_id="", url_key=str(page), url=str(page), source=self._source, found_by="feed", found_in="",
            position=0,
        )  # fmt: skip
        _, self._pages[page] = settle(entry, row, look, self._current())
        self._queue.put(page, self._pages[page].next_look_at)

    def _current(self) -> Pace:
        return replace(self._pace, hazards=self._rates.learned if self._learning else None)


class Fixed:
    """Every page at every run, until it is so old."""

    def __init__(self, every: timedelta, until: timedelta) -> None:
        self._every, self._until = every, until
        self._first: dict[int, datetime] = {}
        self._queue = Queue()

    def appeared(self, page: int, at: datetime) -> None:
        self._first[page] = at
        self._queue.put(page, at + self._every)

    def looks(self, now: datetime) -> Sequence[int]:
        return self._queue.take(now)

    def looked(self, page: int, now: datetime, *, changed: bool, gone: bool) -> None:
        del changed
        if not gone and now + self._every <= self._first[page] + self._until:
            self._queue.put(page, now + self._every)


class Adaptive:
    """Interval longer by half after each look without a change, shorter by a fifth after one with."""

    def __init__(self, first: timedelta, least: timedelta, until: timedelta) -> None:
        self._initial, self._least, self._until = first, least, until
        self._first: dict[int, datetime] = {}
        self._interval: dict[int, timedelta] = {}
        self._queue = Queue()

    def appeared(self, page: int, at: datetime) -> None:
        self._first[page], self._interval[page] = at, self._initial
        self._queue.put(page, at + self._initial)

    def looks(self, now: datetime) -> Sequence[int]:
        return self._queue.take(now)

    def looked(self, page: int, now: datetime, *, changed: bool, gone: bool) -> None:
        self._interval[page] = max(self._interval[page] * (0.8 if changed else 1.5), self._least)
        later = now + self._interval[page]
        if not gone and later <= self._first[page] + self._until:
            self._queue.put(page, later)


class Planned:
    """Looks whose moments were chosen beforehand."""

    def __init__(self, moments: dict[int, Iterable[datetime]]) -> None:
        self._moments = moments
        self._queue = Queue()

    def appeared(self, page: int, at: datetime) -> None:
        for moment in (each for each in self._moments.get(page, ()) if each > at):
            self._queue.put(page, moment)

    def looks(self, now: datetime) -> Sequence[int]:
        return self._queue.take(now)

    def looked(self, page: int, now: datetime, *, changed: bool, gone: bool) -> None:
        """Nothing changes a plan."""
