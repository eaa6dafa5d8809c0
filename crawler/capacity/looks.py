"""How many looks a run takes, by the real rule of when the next one comes (pure).

A page is followed in the mind through all that may happen to it: after each look the rule of `crawler.due`
says when the next one comes, and the chance that the page has changed by then splits it in two. Pages of one
outlet change at rates of their own (gamma), so what a page did before says what it will do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from crawler.due import next_look
from crawler.known_page import KnownPage
from crawler.revisit.hazard import Hazard
from crawler.revisit.pace import Pace
from crawler.revisit.rates import BEFORE_DATA, HOUR
from crawler.simulate.synthetic import OUTLETS_SEEN, SHAPE, SLOPE, outlet_rates

_AGES = (
    0.02,
    0.08,
    0.2,
    0.4,
    0.6,
    0.85,
)  # of an article when a run finds it, as shares of the gap between runs
_WEIGHTS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.25)
LEARNED_AFTER = 200  # looks after which a source's own rates are used, see `crawler.revisit.rates`
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_CHANGES = 12
_LEAST = 1e-7  # of a page: less is not followed


@dataclass(frozen=True, slots=True)
class Looks:
    """Expected looks at one article, by the run after the one that found it.

    Attributes:
        taken: of all kinds; the first number is of the next run.
        changed: those that found a change.
    """

    taken: tuple[float, ...]
    changed: tuple[float, ...]

    def until(self, run: int) -> tuple[float, float]:
        """(looks, those with a change) that one run takes when so many runs have found one article each."""
        return math.fsum(self.taken[: max(run - 1, 0)]), math.fsum(self.changed[: max(run - 1, 0)])


@lru_cache(maxsize=64)
def looks_at(gap: timedelta, *, learned: bool, runs: int) -> Looks:
    """Looks at an article over so many runs, `gap` apart; by the ladder, or by what was learned."""
    pace = Pace(gap=gap, hazards=BEFORE_DATA if learned else None)
    taken, changed = [0.0] * runs, [0.0] * runs
    for mean in outlet_rates(OUTLETS_SEEN):
        for age, weight in zip(_AGES, _WEIGHTS, strict=True):
            of_these = _of_outlet(pace, mean, runs, age * gap / HOUR)
            for run in range(runs):
                taken[run] += of_these.taken[run] * weight / OUTLETS_SEEN
                changed[run] += of_these.changed[run] * weight / OUTLETS_SEEN
    return Looks(tuple(taken), tuple(changed))


def _of_outlet(pace: Pace, mean: float, runs: int, found_at: float) -> Looks:
    """Of an outlet whose pages change `mean` times in their first day, and are found at an age (hours)."""
    taken, changed = [0.0] * runs, [0.0] * runs
    hours = pace.gap / HOUR
    # Where a page may be: (run of the last look, run of the last change, changes) → share of pages.
    waiting: dict[tuple[int, int, int], float] = {(0, 0, 0): 1.0}
    for run in range(1, runs + 1):
        for state, share in _due_in(waiting, pace, run):
            last, start, changes = state
            ages = (found_at + last * hours, found_at + run * hours)
            still = _chance_unchanged(mean, found_at, *ages, changes)
            taken[run - 1] += share
            changed[run - 1] += share * (1 - still)
            _put(waiting, (run, start, changes), share * still)
            _put(waiting, (run, run, min(changes + 1, _MOST_CHANGES)), share * (1 - still))
    return Looks(tuple(taken), tuple(changed))


def _due_in(
    waiting: dict[tuple[int, int, int], float], pace: Pace, run: int
) -> Sequence[tuple[tuple[int, int, int], float]]:
    """Take those out whose next look this run takes."""
    ready = [state for state in waiting if _next_run(pace, *state) == run]
    return [(state, waiting.pop(state)) for state in ready]


@lru_cache(maxsize=1 << 17)
def _next_run(pace: Pace, last: int, start: int, changes: int) -> int | None:
    known = KnownPage(
        first_captured_at=_BEGIN,
        last_fetched_at=_BEGIN + last * pace.gap,
        last_changed_at=_BEGIN + start * pace.gap if changes else None,
        changes=changes,
    )
    look = next_look(known, pace)
    return None if look is None else max(last + 1, math.ceil((look - _BEGIN) / pace.gap))


def _chance_unchanged(mean: float, first: float, last: float, now: float, changes: int) -> float:
    """That a page did not change between two looks, given what it did before (gamma mixed with Poisson).

    Args:
        mean: changes of an article of its outlet in its first day.
        first: its age at its first capture, in hours.
        last: at the last look.
        now: at this one.
        changes: that were found before.
    """
    law = Hazard(mean / Hazard(1.0, SLOPE).expected(0.0, 24.0), SLOPE)
    before, coming = law.expected(first, last), law.expected(last, now)
    return float(((SHAPE + before) / (SHAPE + before + coming)) ** (SHAPE + changes))


def _put(waiting: dict[tuple[int, int, int], float], state: tuple[int, int, int], share: float) -> None:
    if share > _LEAST:
        waiting[state] = waiting.get(state, 0.0) + share
