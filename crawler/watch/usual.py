"""What is usual for a source: median and spread of its own past nights (pure).

Robust by method: the median and the median absolute deviation (times 1.4826, which makes it the standard
deviation of normal data) do not move for an odd night or two. Nights in breach teach nothing, until a level
has held for four weeks: then it is the usual one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from archive.night_figures import Night

LEAST_NIGHTS = 14  # before these are known nothing is called unusual
WINDOW = 56  # nights that count: eight of each day of the week
NEW_LEVEL = 28  # nights in breach after which their level is the usual one
REACH = WINDOW + NEW_LEVEL + 8  # nights that have to be known to say the same every night
COUNTS = frozenset({"silent", "few_articles", "many_articles", "unreachable", "quarantined", "text"})
"""Breaches that hide how many articles a night usually brings."""

_LATELY, _LOWEST_LEVEL = 14, 0.5
_LEAST_OF_A_DAY = 4  # nights of one day of the week
_LEAST_SHARE = 0.1  # of the median: no source is steadier than this
_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of what is usual, and how far nights lie from it as a rule (like a standard deviation)."""

    median: float
    spread: float


def taught(nights: Sequence[Night], kinds: frozenset[str] = COUNTS) -> list[Night]:
    """Those of these nights, oldest first, that say what is usual where `kinds` of breaches would hide it."""
    known: list[Night] = []
    odd: list[Night] = []
    for night in nights:
        if kinds.isdisjoint(night.breaches):
            known.append(night)
            odd.clear()
            continue
        odd.append(night)
        if len(odd) == NEW_LEVEL and "silent" not in night.breaches and "unreachable" not in night.breaches:
            known, odd = odd, []
    return known[-WINDOW:]


def usual_week(known: Sequence[Night]) -> dict[int, Usual]:
    """How many new articles a night brings, by day of the week (Monday is 0), as far as that is known."""
    if len(known) < LEAST_NIGHTS:
        return {}
    by_day = {
        weekday: [night.articles for night in known if night.night.weekday() == weekday]
        for weekday in range(7)
    }
    centres = {day: found for day in range(7) if (found := _centre(day, by_day)) is not None}
    # How far nights lie from the median of their day, over all days: eight values alone say little of that.
    away = [
        abs(night.articles - centre) / max(1.0, centre)
        for night in known
        if (centre := centres.get(night.night.weekday())) is not None
    ]
    relative = max(_LEAST_SHARE, _MAD * median(away)) if away else _LEAST_SHARE
    return {day: Usual(centre, max(relative * centre, math.sqrt(centre))) for day, centre in centres.items()}


def level(nights: Sequence[Night], week: Mapping[int, Usual]) -> float:
    """How much of the usual a source publishes lately: a slow summer is a level, from a half to all of it."""
    shares = [
        night.articles / usual.median
        for night in nights[-_LATELY:]
        if (usual := week.get(night.night.weekday())) is not None and usual.median
    ]
    return min(1.0, max(_LOWEST_LEVEL, median(shares))) if shares else 1.0


def _centre(weekday: int, by_day: Mapping[int, list[int]]) -> float | None:
    """The median of a day of the week, or of working days or weekends together while there are few."""
    values = by_day[weekday]
    if len(values) < _LEAST_OF_A_DAY:
        alike = range(5) if weekday < 5 else range(5, 7)  # noqa: PLR2004 - Saturday and Sunday
        values = [value for other in alike for value in by_day[other]]
    return float(median(values)) if len(values) >= _LEAST_OF_A_DAY else None


def usual_value(known: Sequence[Night], value: Callable[[Night], float | None]) -> Usual | None:
    """Median and spread of any figure over the nights that have it; None until enough do."""
    values = [found for night in known if (found := value(night)) is not None]
    if len(values) < LEAST_NIGHTS:
        return None
    centre = median(values)
    return Usual(centre, _MAD * median(abs(each - centre) for each in values))


def longest_silence(known: Sequence[Night]) -> int:
    """The most nights in a row without a new article."""
    longest = current = 0
    for night in known:
        current = 0 if night.articles else current + 1
        longest = max(longest, current)
    return longest
