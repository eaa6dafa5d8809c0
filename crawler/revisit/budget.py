"""How many looks at known pages a run may take, and which (pure).

Of looks at pages whose changes come by chance, each catches one change at most, so the gain of a look is the
chance that the page has changed since the last one. Taking the highest gains first is the greedy index policy
(Olston and Pandey, WWW 2008): for the archive's aim, every change once, equal thresholds of expected changes
are what maximizes the catch of a given number of looks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from crawler.known_page import KnownPage
from crawler.revisit.rates import HOUR, Hazards

T = TypeVar("T")


def looks_a_run(budget: float, gap: timedelta, delay: float) -> int | None:
    """The budget as a number of looks.

    Args:
        budget: a number of looks, or as a fraction the share of the requests that fit between two runs.
        gap: usual time between two runs.
        delay: seconds between two requests to one host.

    Returns None where nothing limits them: a share of a host that is asked without any delay.
    """
    if isinstance(budget, int):
        return budget
    return max(1, int(budget * (gap.total_seconds() / delay))) if delay > 0 else None


def expected_gain(known: KnownPage, now: datetime, hazards: Hazards) -> float:
    """The chance, 0 to 1, that a look at `now` finds a change.

    A page that missed must be looked at again, whatever is expected of it: its gain is 1.
    """
    if known.misses:
        return 1.0
    start = known.clock_start
    since, until = (known.last_fetched_at - start) / HOUR, (now - start) / HOUR
    return -math.expm1(-hazards.of(known.stage).expected(max(since, 0.0), until))


def choose(
    pages: Iterable[tuple[T, KnownPage]], now: datetime, hazards: Hazards, budget: int | None
) -> tuple[list[T], list[T]]:
    """Those looks that a run takes, the highest expected gain first, and those that are over its budget."""
    ranked = sorted(
        ((-expected_gain(known, now, hazards), place, page) for place, (page, known) in enumerate(pages)),
        key=lambda each: each[:2],
    )
    chosen = [page for _, _, page in ranked]
    return (chosen, []) if budget is None else (chosen[:budget], chosen[budget:])
