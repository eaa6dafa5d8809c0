"""How a source's pages are looked at again: what the due rules and the budget go by (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.rows import RateRow
from config.source import Source
from crawler.revisit.budget import looks_a_run
from crawler.revisit.cadence import NIGHTLY, gap_of
from crawler.revisit.rates import BEFORE_DATA, Hazards, SourceRates

_MINUTE, _HOUR = 1 / 1440, 1 / 24
DEFAULT_LADDER_DAYS: tuple[float, ...] = (
    *(15 * _MINUTE, 1 * _HOUR, 3 * _HOUR, 8 * _HOUR),
    *(1.0, 3.0, 7.0, 30.0),
)
# Looks that wait for this many expected changes catch (1 - exp(-x)) / x of them: 95 of a hundred.
LOOK_AT_CHANGES = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """One source's pace.

    Attributes:
        ladder_days: days after the last change at which to look while nothing is learned, ascending; the last
            one is the last look in any case.
        gap: usual time between two runs. A look is taken by the run nearest to its moment, so up to half of
            this early.
        hazards: what was learned of the source; None for the ladder.
        hints_hold: whether dates in feeds and sitemaps make a page due.
        budget: looks at known pages a run, None for as many as are due.
        threshold: expected changes since the last look at which the next one comes.
    """

    ladder_days: tuple[float, ...] = DEFAULT_LADDER_DAYS
    gap: timedelta = NIGHTLY
    hazards: Hazards | None = None
    hints_hold: bool = True
    budget: int | None = None
    threshold: float = LOOK_AT_CHANGES

    @property
    def tolerance(self) -> timedelta:
        """How early a look may be taken."""
        return self.gap / 2

    @property
    def expectation(self) -> Hazards:
        """By which looks are compared: what was learned, or what holds before data."""
        return self.hazards or BEFORE_DATA


def pace_of(
    source: Source,
    rates: SourceRates,
    *,
    now: datetime,
    ladder_days: tuple[float, ...],
    delay: float,
) -> Pace:
    """A source's pace as of `now`; `delay` is the settings', in seconds, where the source has none."""
    gap = gap_of(source, now)
    own = source.politeness.delay
    return Pace(
        ladder_days=ladder_days,
        gap=gap,
        hazards=rates.learned,
        hints_hold=rates.hints_hold,
        budget=looks_a_run(source.revisit.budget, gap, delay if own is None else own),
    )


def rates_of(source: str, rows: Iterable[RateRow]) -> SourceRates:
    """What is known of a source's rates, from the catalog's rows of all sources."""
    return SourceRates(source, (row for row in rows if row.source == source))
