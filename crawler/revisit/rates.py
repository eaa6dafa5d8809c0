"""What looks at a source's pages have taught: how often they change, by age and by how often they did (pure).

A look tells only whether a page changed since the look before, so a change is shared out over the ages in
between as today's estimate expects it: one step of expectation maximization for interval-censored counts
(Dempster, Laird and Rubin 1977), taken with every look. A page's own history moves it from one row of the
table to the next: pages that changed once change more often than those that never did.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from archive.rows import RateRow
from crawler.revisit.hazard import Exposure, Hazard, fit

HOUR = timedelta(hours=1)
# Upper ends of the classes of age, in hours: the rungs of the ladder.
CLASSES: tuple[tuple[str, float], ...] = (
    *(("15m", 0.25), ("1h", 1.0), ("3h", 3.0), ("8h", 8.0), ("24h", 24.0)),
    *(("3d", 72.0), ("7d", 168.0), ("30d", 720.0), ("later", 8760.0)),
)
HINTED = "hinted"  # the row that counts looks which a feed or sitemap had asked for
STAGES = 7  # never changed; then once, twice, more often, each slowly and briskly

# Before anything is known: a third of articles change within a day, and one that has changed is livelier.
PRIOR = (
    Hazard(0.25, 1.4),
    *(Hazard(0.2, 1.4), Hazard(0.5, 1.4)),
    *(Hazard(0.3, 1.4), Hazard(0.8, 1.4)),
    *(Hazard(0.5, 1.4), Hazard(1.2, 1.4)),
)
_PRIOR_PAGES = 4.0  # what the prior counts for
_LEAST_LOOKS, _LEAST_CHANGES = 200, 15  # before which a source's own rates are not used
_MEMORY = 5000  # looks of a row after which older ones begin to fade
_MOST_CHANGES = 4.0  # that one look is taken to have missed, at the most
_LEAST_HINTS = 20
_HINT_YIELD = 0.05  # hints of which fewer than this share name a change are not followed


@dataclass(frozen=True, slots=True)
class Hazards:
    """The estimate for pages by stage: how often they have changed so far."""

    stages: tuple[Hazard, ...]

    def of(self, stage: int) -> Hazard:
        """For a page at this stage."""
        return self.stages[stage]


BEFORE_DATA = Hazards(PRIOR)


class SourceRates:
    """The rate rows of one source, as one process knows them."""

    def __init__(self, source: str, rows: Iterable[RateRow] = ()) -> None:
        self._source = source
        self._rows = {(row.stage, row.age_class): row for row in rows}
        self._changed: set[tuple[int, str]] = set()
        self._estimate = self._fit() if self._rows else _unfitted()
        self._fitted_at = self.looks

    @property
    def looks(self) -> int:
        """Looks that the estimate rests on."""
        return sum(row.looks for row in self._rows.values() if row.age_class != HINTED)

    @property
    def estimate(self) -> Hazards:
        """The hazards by today's rows, also of a source of which little is known."""
        if self.looks > 1.05 * self._fitted_at + 20:  # a fit costs more than a look teaches
            self._estimate, self._fitted_at = self._fit(), self.looks
        return self._estimate

    @property
    def learned(self) -> Hazards | None:
        """The estimate, or None while too little was seen to leave the prior schedule for it."""
        mine = [row for row in self._rows.values() if row.age_class != HINTED]
        enough = (
            sum(row.looks for row in mine) >= _LEAST_LOOKS
            and sum(row.changes for row in mine) >= _LEAST_CHANGES
        )
        return self.estimate if enough else None

    @property
    def hints_hold(self) -> bool:
        """Whether dates in feeds and sitemaps have named changes often enough to be followed."""
        row = self._rows.get((0, HINTED))
        return row is None or row.looks < _LEAST_HINTS or row.changes >= _HINT_YIELD * row.looks

    def observe(
        self,
        stage: int,
        start: datetime,
        last: datetime,
        now: datetime,
        *,
        changed: bool,
        hinted: bool = False,
    ) -> None:
        """A look at `now` found a page changed, or not, since the look at `last`.

        Args:
            stage: how often the page was seen to change before.
            start: from when its age counts: first capture, or last change.
            last: aware.
            now: aware; nothing is learned if no time has passed.
            changed: whether the look found a change.
            hinted: whether it was taken because of a date in a feed or sitemap; then it says little about
            pages
                that nobody hints at, and counts for the hints alone.
        """
        if hinted:
            self._add(0, HINTED, looks=1, changes=float(changed), hours=0.0)
            return
        since, until = (last - start) / HOUR, (now - start) / HOUR
        if since < 0 or until <= since:
            return
        for name, looked, number, hours in shared_out(self.estimate.of(stage), since, until):
            self._add(stage, name, looks=looked, changes=number if changed else 0.0, hours=hours)

    def take_changed(self) -> list[RateRow]:
        """The rows that have changed since this was asked last, to be kept."""
        keys, self._changed = sorted(self._changed), set()
        return [self._rows[key] for key in keys]

    def _add(self, stage: int, name: str, *, looks: int, changes: float, hours: float) -> None:
        row = self._rows.get((stage, name)) or RateRow(source=self._source, stage=stage, age_class=name)
        keep = 0.5 if row.looks >= _MEMORY else 1.0  # sites change their ways
        self._rows[stage, name] = replace(
            row,
            looks=int(row.looks * keep) + looks,
            changes=row.changes * keep + changes,
            hours=row.hours * keep + hours,
        )
        self._changed.add((stage, name))

    def _fit(self) -> Hazards:
        return Hazards(tuple(self._fit_stage(stage) for stage in range(STAGES)))

    def _fit_stage(self, stage: int) -> Hazard:
        seen, begin = [], 0.0
        for name, end in CLASSES:
            row = self._rows.get((stage, name))
            if name != "later" or row is not None:
                hours, changes = (row.hours, row.changes) if row else (0.0, 0.0)
                seen.append(Exposure(begin, end, hours, changes))
            begin = end
        return fit(seen, PRIOR[stage], _PRIOR_PAGES)


@cache
def _unfitted() -> Hazards:
    """The estimate without any look: the same for every source, and fitting takes longer than a look."""
    return SourceRates("", [RateRow(source="", stage=0, age_class=HINTED)]).estimate


def shared_out(hazard: Hazard, since: float, until: float) -> Iterator[tuple[str, int, float, float]]:
    """What a look that found a change says of the classes of age since the look before.

    Args:
        hazard: today's estimate.
        since: age at the look before, in hours.
        until: at this one, greater.

    Yields:
        (class, 1 where the look itself belongs, changes, hours of watching); a look that found nothing says
        the same with no changes.
    """
    expected = hazard.expected(since, until)
    # Of a Poisson count of which only "at least one" is known, the mean is e / (1 - exp(-e)).
    number = min(expected / -math.expm1(-expected), _MOST_CHANGES) if expected > 0 else 0.0
    for name, begin, end in _spans(since, until):
        share = hazard.expected(begin, end) / expected if expected > 0 else 0.0
        yield name, int(end == until), number * share, end - begin


def _spans(since: float, until: float) -> Iterator[tuple[str, float, float]]:
    """The parts of a span of ages by class; what is older than the last class belongs to it."""
    begin = 0.0
    for name, end in CLASSES:
        last = name == CLASSES[-1][0]
        low, high = max(since, begin), until if last else min(until, end)
        if high > low:
            yield name, low, high
        begin = end
