"""How many looks a day takes, by the real rule of when the next one comes and what a source learns (pure).

A source is followed in the mind: pages of each day are taken through all that may happen to them. At each
look the chance that a page has changed by then splits it in two, and the rule of `crawler.due` says when the
next one comes. What looks teach is shared out as `crawler.revisit.rates` does it, in expectation, and the
rates that follow decide from then on: where pages hardly change, a first look waits for days. Pages of one
outlet change at rates of their own (gamma), so what a page did before says what it will do.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from archive.rows import RateRow
from crawler.due import next_look
from crawler.known_page import KnownPage
from crawler.revisit.hazard import Hazard
from crawler.revisit.pace import Pace
from crawler.revisit.rates import HOUR, SourceRates, shared_out
from crawler.simulate.synthetic import OUTLETS_SEEN, SHAPE, SLOPE, outlet_rates

MOST_NIGHTS = 120  # a later night is as this one
# Of an article when a run finds it, as shares of the gap between runs; and how many articles are so old.
_AGES = (0.02, 0.08, 0.2, 0.4, 0.6, 0.85)
_WEIGHTS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.25)
_DAY = timedelta(days=1)
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_CHANGES = 12
_LEAST = 1e-3  # of a page: less is not followed
_GROWTH = 1.15  # of the looks between two fits: its own 1.05 takes twice as long and tells no more
_LEAST_ARTICLES, _MOST_ARTICLES = 0.25, 2048.0  # a day, of sources that are followed
_FEW_DAYS = 16  # in which it counts most when a source has learned enough

_State = tuple[int, int, int, int]  # runs in which it was found, looked at and last seen to change; changes


@dataclass(frozen=True, slots=True)
class Looks:
    """Expected looks of a day for each article that is found in a day; the first number is of the first day.

    Where a source runs more seldom than once a day, a day is the time between two of its runs.

    Attributes:
        taken: of all kinds.
        changed: those that found a change.
    """

    taken: tuple[float, ...]
    changed: tuple[float, ...]


def looks_on(gap: timedelta, articles: float, night: int) -> tuple[float, float]:
    """(looks, those with a change) of one night for each article that is found in a day.

    Sources are followed whose numbers of articles are powers of two, or of four; others are between them.

    Args:
        gap: between two runs.
        articles: a day: how soon enough was seen to learn from.
        night: the first is 1.
    """
    step = max(gap, _DAY)
    day = max(1, round(min(night, MOST_NIGHTS) * (_DAY / step)))
    days = max(8, 1 << (day - 1).bit_length())  # the first days of many are those of few
    found = min(max(articles * (step / _DAY), _LEAST_ARTICLES), _MOST_ARTICLES)
    base = 2 if days <= _FEW_DAYS else 4
    place = math.log(found, base)
    low = math.floor(place)
    taken = changed = 0.0
    for size, weight in ((low, low + 1 - place), (low + 1, place - low)):
        if weight:
            looks = looks_at(gap, float(base) ** size, days)
            taken += weight * looks.taken[day - 1]
            changed += weight * looks.changed[day - 1]
    return taken, changed


@lru_cache(maxsize=64)
def looks_at(gap: timedelta, articles: float, days: int) -> Looks:
    """Looks on so many days of a new source that finds so many articles in each."""
    taken, changed = [0.0] * days, [0.0] * days
    for mean in outlet_rates(OUTLETS_SEEN):
        outlet = _Outlet(gap, mean, articles, days)
        for day in range(days):
            looks, found = outlet.pass_day(day)
            taken[day] += looks / OUTLETS_SEEN
            changed[day] += found / OUTLETS_SEEN
    return Looks(tuple(taken), tuple(changed))


class _Outlet:
    """One that finds so many articles a day, which change `mean` times in their first day, in expectation.

    Of the runs of a day the finds of the first stand for those of all: only how old they are counts.
    """

    def __init__(self, gap: timedelta, mean: float, articles: float, days: int) -> None:
        self._gap, self._hours, self._articles = gap, gap / HOUR, articles
        self._runs = max(1, round(_DAY / gap))  # of a day
        self._end = days * self._runs
        law = Hazard(mean / Hazard(1.0, SLOPE).expected(0.0, 24.0), SLOPE)
        # Expected changes of a page from its first capture on, by its age then and by runs since.
        self._expected = [
            [law.expected(age * self._hours, (age + run) * self._hours) for run in range(self._end + 1)]
            for age in _AGES
        ]
        self._waiting: defaultdict[int, dict[_State, list[float]]] = defaultdict(dict)
        self._rows: defaultdict[tuple[int, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._rates = SourceRates("")
        self._fitted_at = 0.0
        self._pace = Pace(gap=gap)
        self._waits: dict[tuple[int, int], int | None] = {}

    def pass_day(self, day: int) -> tuple[float, float]:
        """(looks, those with a change) of all its runs, for each article found in it."""
        taken = changed = 0.0
        first = day * self._runs
        for run in range(first, first + self._runs):
            for state, shares in self._waiting.pop(run, {}).items():
                looks, found = self._look(run, state, shares)
                taken, changed = taken + looks, changed + found
            if run == first:  # what a run finds it looks at no more
                self._put(run, (run, run, run, 0), list(_WEIGHTS))
            self._learn()
        return taken, changed

    def _look(self, run: int, state: _State, shares: list[float]) -> tuple[float, float]:
        """Look at the pages of a state, shares by age, unless what was learned says that they can wait."""
        found_in, last, start, changes = state
        waits = self._wait(last - start, changes)
        if waits is None or last + waits > run:
            self._put(last, state, shares)
            return 0.0, 0.0
        same, other = list[float](), list[float]()
        for expected, share in zip(self._expected, shares, strict=True):
            # Gamma mixed with Poisson: what the page did before says what it will do.
            before, now = expected[last - found_in], expected[run - found_in]
            still = ((SHAPE + before) / (SHAPE + now)) ** (SHAPE + changes)
            same.append(share * still)
            other.append(share - share * still)
        looks, changed = sum(shares), sum(other)
        self._observe((last - start, changes), run - last, looks, changed)
        self._put(run, (found_in, run, start, changes), same)
        self._put(run, (found_in, run, run, min(changes + 1, _MOST_CHANGES)), other)
        return looks, changed

    def _observe(self, state: tuple[int, int], runs: int, looks: float, changed: float) -> None:
        since, changes = state
        stage = _known(self._gap, since, changes).stage
        begin, end = since * self._hours, (since + runs) * self._hours
        for name, looked, number, hours in shared_out(self._rates.estimate.of(stage), begin, end):
            row = self._rows[stage, name]
            row[0] += looks * looked
            row[1] += changed * number
            row[2] += looks * hours

    def _learn(self) -> None:
        """Fit the rates to what was seen, as the crawl does when there is more of it."""
        looks = self._articles * math.fsum(row[0] for row in self._rows.values())
        if looks <= _GROWTH * self._fitted_at + 20:
            return
        self._fitted_at = looks
        rows = (
            RateRow(
                source="",
                stage=stage,
                age_class=name,
                looks=round(seen * self._articles),
                changes=changes * self._articles,
                hours=hours * self._articles,
            )
            for (stage, name), (seen, changes, hours) in self._rows.items()
        )
        self._rates = SourceRates("", rows)
        if (learned := self._rates.learned) is not None:
            self._pace = Pace(gap=self._gap, hazards=learned)
            self._waits.clear()

    def _put(self, last: int, state: _State, shares: list[float]) -> None:
        """Let pages wait for the next look that the rule says they get."""
        _, _, start, changes = state
        waits = self._wait(last - start, changes) if sum(shares) > _LEAST else None
        if waits is None or last + waits >= self._end:
            return
        waiting = self._waiting[last + waits]
        known = waiting.get(state)
        waiting[state] = [a + b for a, b in zip(known, shares, strict=True)] if known else shares

    def _wait(self, since: int, changes: int) -> int | None:
        """Runs from a look to the next, of a page that was last seen to change so many before it."""
        key = since, changes
        if key not in self._waits:
            known = _known(self._gap, since, changes)
            look = next_look(known, self._pace)
            runs = None if look is None else math.ceil((look - known.last_fetched_at) / self._gap)
            self._waits[key] = None if runs is None else max(1, runs)
        return self._waits[key]


@lru_cache(maxsize=1 << 15)
def _known(gap: timedelta, since: int, changes: int) -> KnownPage:
    """A page that was looked at so many runs after its last change, or after its first capture."""
    return KnownPage(
        first_captured_at=_BEGIN,
        last_fetched_at=_BEGIN + since * gap,
        last_changed_at=_BEGIN if changes else None,
        changes=changes,
    )
