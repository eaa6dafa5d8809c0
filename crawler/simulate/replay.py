"""Replays a trace: what a policy looks at in each run is held against what the pages said then."""

from __future__ import annotations

import cmath
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from crawler.simulate.policy import Policy
from crawler.simulate.trace import TracedPage

HORIZON = timedelta(days=30)
_GATHERED = 0.9  # mean resultant length (Mardia & Jupp 2000): moments within some 10 % of the interval
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a source runs: every so often, counted from midnight (UTC) and so much later."""

    every: timedelta
    offset: timedelta = timedelta()

    def at_or_after(self, moment: datetime) -> datetime:
        """The first run not before a moment."""
        begin = moment.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1) + self.offset
        return begin + -(-(moment - begin) // self.every) * self.every


QUARTER_HOURLY = Cadence(timedelta(minutes=15))
NIGHTLY = Cadence(timedelta(days=1), timedelta(hours=2))


def apart(cadence: Cadence, pages: Sequence[TracedPage]) -> Cadence:
    """The cadence, its runs halfway between those that the moments of a trace come from, if they do.

    An archive's own trace has the moments of its captures: with replayed runs at the same hour, a second more
    or less would decide which run saw a change, and two nights' changes could fall between two of them.
    """
    moments = [moment for page in pages for moment in (page.published, *page.revisions)]
    turns = [cmath.rect(1, cmath.tau * ((moment - _EPOCH) / cadence.every % 1)) for moment in moments]
    mean = sum(turns) / max(len(turns), 1)
    if abs(mean) < _GATHERED:
        return cadence
    return replace(cadence, offset=(cmath.phase(-mean) / cmath.tau % 1) * cadence.every)


@dataclass(frozen=True, slots=True)
class Caught:
    """What a policy caught, and at what cost.

    Attributes:
        revisions: all that came after the pages' first captures, removals included.
        caught: of these, seen by some look before the next one came.
        requests: looks at known pages; first captures are the same for all and not counted.
        pages: in the trace.
    """

    revisions: int
    caught: int
    requests: int
    pages: int

    @property
    def share(self) -> float:
        """Revisions caught, of all."""
        return self.caught / self.revisions if self.revisions else 0.0

    @property
    def yield_(self) -> float:
        """Revisions caught a request."""
        return self.caught / self.requests if self.requests else 0.0


def first_captures(pages: Sequence[TracedPage], cadence: Cadence) -> list[datetime]:
    """When each page is found: at the first run after it appeared."""
    return [cadence.at_or_after(page.published) for page in pages]


def replay(
    pages: Sequence[TracedPage], cadence: Cadence, policy_of: Callable[[str, Sequence[int]], Policy]
) -> Caught:
    """Replay every source of a trace; `policy_of` makes a source's policy from its name and page numbers.

    Revisions more than 30 days after a page's first capture do not count: nobody looks for them.
    """
    firsts = first_captures(pages, cadence)
    by_source: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        by_source.setdefault(page.source, []).append(number)
    seen = [_within(page.revisions, first) for page, first in zip(pages, firsts, strict=True)]
    gone = [
        page.removed is not None and page.removed <= first + HORIZON
        for page, first in zip(pages, firsts, strict=True)
    ]
    caught = requests = 0
    for source, numbers in sorted(by_source.items()):
        policy = policy_of(source, numbers)
        state = {number: bisect_right(seen[number], firsts[number]) for number in numbers}
        for now, appearing in _runs(numbers, firsts, cadence):
            for number in appearing:
                policy.appeared(number, now)
            for number in policy.looks(now):
                requests += 1
                revisions = seen[number]
                current = bisect_right(revisions, now)
                changed = current > state[number]
                caught += changed
                state[number] = current
                missing = gone[number] and current == len(revisions)
                policy.looked(number, now, changed=changed and not missing, gone=missing)
    total = sum(
        len(revisions) - bisect_right(revisions, first) for revisions, first in zip(seen, firsts, strict=True)
    )
    return Caught(total, caught, requests, len(pages))


def _within(revisions: Sequence[datetime], first: datetime) -> tuple[datetime, ...]:
    return tuple(each for each in revisions if each <= first + HORIZON)


def _runs(
    numbers: Sequence[int], firsts: Sequence[datetime], cadence: Cadence
) -> Iterator[tuple[datetime, list[int]]]:
    """Each run of a source, with the pages that it finds."""
    appearing: dict[datetime, list[int]] = {}
    for number in numbers:
        appearing.setdefault(firsts[number], []).append(number)
    now, end = min(appearing), max(appearing) + HORIZON + 2 * cadence.every
    while now <= end:
        yield now, appearing.get(now, [])
        now += cadence.every


Policies = Mapping[str, Callable[[str, Sequence[int]], Policy]]
