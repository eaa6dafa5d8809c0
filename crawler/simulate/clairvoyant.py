"""The clairvoyant schedule: it knows how often each page changes and when, and not what the dice will say.

Changes of a page are a Poisson process with a known rate function, so what was seen teaches nothing more, and
the best schedule can be written beforehand. Of looks at t1 < t2 < ... each catches a change with the chance
1 - exp(-H), H being the changes expected since the look before. Over runs that lie dense, n looks are best
where H is the same for each; over few runs (nights) the best subset is found exactly, by dynamic programming.
Between pages the budget goes where one more look brings most, which is a price on a look that all pages
share.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from crawler.simulate.replay import HORIZON, Cadence, first_captures
from crawler.simulate.trace import RateFunction, TracedPage

_HOUR = 3600.0
_FEW_RUNS = 64
_MOST_LOOKS = 400  # at one page
_STEPS = 30  # halvings of the price of a look

Floats = NDArray[np.float64]


def plan(pages: Sequence[TracedPage], cadence: Cadence, budget: int) -> dict[int, list[datetime]]:
    """Moments of looks by number of the page, about `budget` in all, never more.

    Raises ValueError for a page without a rate function.
    """
    firsts = first_captures(pages, cadence)
    runs = int(HORIZON / cadence.every)
    steps = np.arange(runs + 1) * (cadence.every.total_seconds() / _HOUR)
    begins = np.array([
        (first - page.published).total_seconds() / _HOUR for page, first in zip(pages, firsts, strict=True)
    ])  # fmt: skip
    ages = begins[:, None] + steps
    rates = []
    for page in pages:
        if page.rate is None:
            raise ValueError(
                f"{page.url} has no rate function; a clairvoyant schedule needs a synthetic trace"
            )
        rates.append(page.rate)
    expected = np.stack([_cumulated(rate, row) for rate, row in zip(rates, ages, strict=True)])
    chosen = _few(expected, budget) if runs <= _FEW_RUNS else _dense(expected, budget)
    return {
        number: [firsts[number] + run * cadence.every for run in looks] for number, looks in chosen.items()
    }


def _cumulated(rate: RateFunction, ages: Floats) -> Floats:
    """Expected changes from the first of these ages to each."""
    total: Floats = np.zeros_like(ages)
    for law in rate.laws:
        power = 1 - law.slope
        total += law.rate * (((1 + ages) ** power - 1) / power if power else np.log1p(ages))
    total += rate.live_rate * np.minimum(ages, rate.live_until)
    total -= total[0]
    return total


def _dense(expected: Floats, budget: int) -> dict[int, list[int]]:
    """Looks at equal expectation; one more for the page where it brings most, until the budget is spent."""
    totals = expected[:, -1]
    counts = np.ones(len(totals), dtype=int)
    chosen = {number: _even(row, 1) for number, row in enumerate(expected)}
    best = [(-_gain(total, 1), number) for number, total in enumerate(totals)]
    heapq.heapify(best)
    spent, taken = 0, dict.fromkeys(chosen, 0)
    while best and spent < budget:
        _, number = heapq.heappop(best)
        looks = _even(expected[number], counts[number])
        spent += len(looks) - taken[number]
        chosen[number], taken[number] = looks, len(looks)
        if counts[number] < _MOST_LOOKS:
            counts[number] += 1
            more = _gain(totals[number], counts[number]) - _gain(totals[number], counts[number] - 1)
            heapq.heappush(best, (-more, number))
    return {number: looks for number, looks in chosen.items() if taken[number]}


def _even(expected: Floats, count: int) -> list[int]:
    """The runs nearest after equal parts of what is expected; fewer where two parts meet in one run."""
    wanted = expected[-1] * np.arange(1, count + 1) / count
    return sorted({int(run) for run in np.searchsorted(expected, wanted * (1 - 1e-12)) if run > 0})


def _gain(total: float, looks: int) -> float:
    return looks * -math.expm1(-total / looks)


def _few(expected: Floats, budget: int) -> dict[int, list[int]]:
    """The best runs for each page at the lowest price of a look at which the budget suffices."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        price = (low + high) / 2
        if _best_runs(expected, price)[0] > budget:
            low = price
        else:
            high = price
    return _best_runs(expected, high)[1]


def _best_runs(expected: Floats, price: float) -> tuple[int, dict[int, list[int]]]:
    """For all pages at once: the best value of looking last at each run, and the run looked at before."""
    pages, runs = expected.shape
    value = np.zeros((pages, runs))
    before = np.zeros((pages, runs), dtype=int)
    for run in range(1, runs):
        gains = value[:, :run] - np.expm1(-(expected[:, run, None] - expected[:, :run])) - price
        before[:, run] = gains.argmax(axis=1)
        value[:, run] = gains.max(axis=1)
    last = value.argmax(axis=1)
    chosen = {}
    for number in np.flatnonzero(value.max(axis=1) > 0):
        looks, run = [], int(last[number])
        while run > 0:
            looks.append(run)
            run = int(before[number, run])
        chosen[int(number)] = looks[::-1]
    return sum(len(looks) for looks in chosen.values()), chosen
