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
FIVE_MINUTES = 300.0  # seconds over which a night's height is taken: what queues are too short to even out
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
        rate: pages a second of all processes in the night's fullest five minutes.
        hours: from a slot until its run is over, of the run that takes longest, its waiting included; that is
            mostly the one that has the largest source.
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
        bulk: hours that its pages would take if enough hosts waited until the last.
        hours: until its slowest source is through, as is to be expected of where sources lie.
        share: of all sources; so likely is the largest of all one of its own.
        longest: hours that it takes then.
        course: (seconds, pages in them), one stretch after another: fewer as fewer hosts have any left.
    """

    begins: float
    bulk: float
    hours: float
    share: float
    longest: float
    course: tuple[tuple[float, float], ...]


def run_time(begins: float, share: float, classes: Sequence[SourceTime], rate: float) -> RunTime:
    """How long a run of a share of all sources takes.

    Sources take turns, so all have had as many pages at any moment, until they have no more: of those that
    have more than L pages, N go on, and the next page of each takes N / rate, or as long as one host takes.
    Longest is the sum of that over all the pages of the largest source.
    Where few sources are so large, the run may have none of them: its slowest is to be expected by the chance
    that it has any, at each number of pages.

    Args:
        begins: hour of its slots.
        share: of all sources.
        classes: of all sources, the largest first.
        rate: pages a second of the run's processes while enough hosts wait.
    """
    course, found, longest = [], 0, 0.0
    for each, smaller in zip(classes, [*classes[1:], None], strict=True):
        found += each.sources
        going, any_is_here = found * share, 1 - (1 - share) ** found
        level = max(each.pages - (smaller.pages if smaller is not None else 0.0), 0.0)
        course.append((level * max(each.step * any_is_here, going / rate), level * going))
        longest += level * max(each.step, going / rate)
    course.reverse()  # all go on in the last of these levels, and the largest alone in the first
    seconds, pages = math.fsum(each for each, _ in course), math.fsum(each for _, each in course)
    return RunTime(begins, pages / rate / HOUR, seconds / HOUR, share, longest / HOUR, tuple(course))


def pass_night(runs: Sequence[RunTime]) -> Timeline:
    """Let the runs of three days begin at their hours, and wait where too many go on; the last day counts.

    Args:
        runs: of a day, in the order of their begin.
    """
    going: list[float] = []  # ends
    fetched: defaultdict[int, float] = defaultdict(float)  # pages of all by stretches of five minutes
    hours = late = with_largest = 0.0
    at_once = 0
    for day in range(_DAYS):
        for run in runs:
            slot = HOURS * day + run.begins
            while going and going[0] <= slot:
                heapq.heappop(going)
            begin = slot if len(going) < MOST_RUNS else heapq.heappop(going)
            heapq.heappush(going, begin + run.hours)
            at = begin * HOUR
            for seconds, pages in run.course:
                spread(fetched, at, at + seconds, pages)
                at += seconds
            if day == _DAYS - 1:
                hours = max(hours, begin - slot + run.hours)
                with_largest += run.share * (begin - slot + run.longest)
                late, at_once = max(late, begin - slot), max(at_once, len(going))
    return Timeline(
        max(fetched.values(), default=0.0) / FIVE_MINUTES, max(hours, with_largest), late, at_once
    )


def spread(stretches: defaultdict[int, float], begin: float, end: float, number: float) -> None:
    """Share a number out evenly over the stretches of five minutes that lie between two moments (seconds)."""
    first, last = int(begin // FIVE_MINUTES), int(end // FIVE_MINUTES)
    if first == last or end <= begin:
        stretches[last] += number
        return
    for stretch in range(first, last + 1):
        inside = min(end, (stretch + 1) * FIVE_MINUTES) - max(begin, stretch * FIVE_MINUTES)
        stretches[stretch] += number * inside / (end - begin)
