"""How long a night takes and what it asks at its height, by the same rules as the schedule's (pure).

Sources of one zone and cron are one run, and four runs of the schedule go on at once. A run is carried out by
so many crawl processes, each with its share of the hosts. A process has so many places for pages, as many as
the crawl would give it (`crawler.window.room_for`), and a page is taken to keep its place for as long as its
host must be let alone, so places over delay is its rate, unless its own CPU or that of its readers is the
limit. No source ends before its requests, one a delay, are through.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from crawler.capacity.workload import CRONS, HOURS, Workload
from crawler.schedule.decide import Rules
from crawler.window import Room, room_for

HOUR = 3600.0
_DAYS = 3  # the last one begins with what the others left
MOST_RUNS = Rules(timedelta()).most_runs


@dataclass(frozen=True, slots=True)
class Machine:
    """What one crawl process is given.

    Attributes:
        window: `crawl.window`.
        held_bytes: of pages between the network and the archive.
        workers: processes that read pages.
        service: seconds that a site takes to answer.
    """

    window: int | Literal["auto"] = "auto"
    held_bytes: int = 64 << 20
    workers: int = 2
    service: float = 0.4

    def room(self, sources: int) -> Room:
        """Places for pages of a process that crawls so many sources."""
        return room_for(sources, self.window, self.held_bytes)


@dataclass(frozen=True, slots=True)
class PageCost:
    """Seconds of CPU for a page, with its share of pictures, documents and rows."""

    main: float
    worker: float


@dataclass(frozen=True, slots=True)
class SourceTime:
    """Sources of one size in a run.

    Attributes:
        sources: how many there are of all.
        pages: of each.
        step: seconds that one page of a source takes at least, however few others there are.
    """

    sources: int
    pages: float
    step: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """A night as it passes.

    Attributes:
        rate: pages a second of all processes at the night's height.
        hours: from a slot until its run is over, of the run that takes longest, its waiting included.
        late: hours that the run waited which waited longest, for runs before it.
        at_once: runs that went on at the same time.
    """

    rate: float
    hours: float
    late: float
    at_once: int


def process_rate(machine: Machine, sources: float, delay: float, cost: PageCost) -> float:
    """Pages a second that one crawl process fetches of so many sources while enough hosts wait."""
    places = machine.room(math.ceil(sources)).places / max(delay, machine.service)
    return min(places, 1 / cost.main, machine.workers / cost.worker if cost.worker else math.inf)


def groups(workload: Workload) -> list[tuple[float, float]]:
    """(hour of the day in UTC, share of sources): those whose slots come at one moment become one run."""
    found: defaultdict[float, float] = defaultdict(float)
    for offset, share, _ in workload.zones:
        for _, hour, likely in CRONS:
            found[(hour - offset) % HOURS] += share * likely
    return sorted(found.items())


@dataclass(frozen=True, slots=True)
class RunTime:
    """One run of a night.

    Attributes:
        begins: hour of the day in UTC, with no other run in its way.
        rate: pages a second of its processes while enough hosts wait.
        bulk: hours for which enough hosts wait, so that its processes go at their full rate.
        hours: until its slowest source is through.
    """

    begins: float
    rate: float
    bulk: float
    hours: float


def run_time(begins: float, share: float, classes: Sequence[SourceTime], rate: float) -> RunTime:
    """How long a run of a share of all sources takes.

    Sources take turns, so all have had as many pages at any moment, until they have no more: of those that
    have more than L pages, N go on, and the next page of each takes N / rate, or as long as one host takes.
    Longest is the sum of that over all the pages of the largest source.

    Args:
        begins: hour of its slots.
        share: of all sources.
        classes: of all sources, the largest first.
        rate: pages a second of the run's processes.
    """
    seconds, going = 0.0, 0.0
    for each, smaller in zip(classes, [*classes[1:], None], strict=True):
        going += each.sources * share
        level = each.pages - (smaller.pages if smaller is not None else 0.0)
        seconds += max(level, 0.0) * max(each.step, going / rate)
    pages = sum(each.pages * each.sources for each in classes) * share
    return RunTime(begins, rate, pages / rate / HOUR, max(seconds, pages / rate) / HOUR)


def pass_night(runs: Sequence[RunTime]) -> Timeline:
    """Let the runs of three days begin at their hours, and wait where too many go on; the last day counts.

    Args:
        runs: of a day, in the order of their begin.
    """
    going: list[float] = []  # ends
    busy: list[tuple[float, float, float]] = []  # from when to when each fetched its bulk, and how fast
    hours = late = 0.0
    at_once = 0
    for day in range(_DAYS):
        for run in runs:
            slot = HOURS * day + run.begins
            while going and going[0] <= slot:
                heapq.heappop(going)
            begin = slot if len(going) < MOST_RUNS else heapq.heappop(going)
            heapq.heappush(going, begin + run.hours)
            busy.append((begin, begin + run.bulk, run.rate))
            if day == _DAYS - 1:
                hours = max(hours, begin - slot + run.hours)
                late, at_once = max(late, begin - slot), max(at_once, len(going))
    height = max(
        math.fsum(rate for begin, end, rate in busy if begin <= moment < end) for moment, _, _ in busy
    )
    return Timeline(height, hours, late, at_once)
