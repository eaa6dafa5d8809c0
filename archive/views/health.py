"""How a source has been over months: articles, failures by kind, how long runs took, how many texts came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from statistics import median

from archive.catalog.phases import phases_of
from archive.catalog.recall import Recall, recall_of
from archive.catalog.watch import figures_of
from archive.night_figures import Night, nights_of
from archive.rows import PhaseRow
from archive.views.today import SourceNight
from archive.views.viewer import Viewer

NIGHTS = 190  # half a year of nights
LONGEST_LEDGER = 2_000  # addresses of a run of which recall is read off while somebody waits


@dataclass(frozen=True, slots=True)
class Month:
    """What the nights of a month brought of a source.

    Attributes:
        month: `2026-03`. nights: of it that have figures.
        articles, edited, removed: versions of that kind.
        titled, pictured, dated: shares of the new articles; None without any.
        text: of the pages that were read, the share that came with an article's text and not in quarantine.
        answered: of the pages that were asked for, the share that the site answered.
        failures: (class, pages and documents) of those that failed, most first.
        seconds: how long a run took, the median; None if none of its runs is among the newest.
    """

    month: str
    nights: int
    articles: int
    edited: int
    removed: int
    quarantined: int
    titled: float | None
    pictured: float | None
    dated: float | None
    text: float | None
    answered: float | None
    failures: tuple[tuple[str, int], ...]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """A source's months, newest first, and two things of its newest run that is done.

    Attributes:
        recall: what that run reached of what the site lists; None for a very long ledger.
        phases: how long its steps took (microseconds), in order of name; those of the whole run, which may
            have had other sources too.
    """

    months: tuple[Month, ...]
    recall: Recall | None
    phases: tuple[PhaseRow, ...]


def health_of(viewer: Viewer, source: str, runs: Sequence[SourceNight]) -> Health:
    """The health of a source; `runs` are its newest, newest first, as its page has them."""
    nights = nights_of(figures_of(viewer.catalog, source, NIGHTS))
    done = next((run for run in runs if run.status == "done"), None)
    recall = None
    if done is not None and 0 < done.discovered <= LONGEST_LEDGER:
        recall = recall_of(viewer.catalog, done.run, source)
    took = phases_of(viewer.catalog, [done.run]).get(done.run, ()) if done is not None else ()
    return Health(months_of(nights, runs), recall, tuple(took))


def months_of(nights: Iterable[Night], runs: Iterable[SourceNight]) -> tuple[Month, ...]:
    """The months of a source, newest first (pure)."""
    took: dict[str, list[timedelta]] = {}
    for run in runs:
        if run.finished_at is not None and run.finished_at > run.started_at:
            took.setdefault(f"{run.started_at:%Y-%m}", []).append(run.finished_at - run.started_at)
    grouped = groupby(sorted(nights, key=lambda night: night.night), key=lambda night: f"{night.night:%Y-%m}")
    found = [_month(name, list(group), took.get(name, [])) for name, group in grouped]
    return tuple(reversed(found))


def _month(name: str, nights: Sequence[Night], took: Sequence[timedelta]) -> Month:
    def total(field: str) -> int:
        return sum(int(getattr(night, field)) for night in nights)

    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    articles, read, failures = total("articles"), total("read"), Counter[str]()
    for night in nights:
        failures.update(night.failures)
    return Month(
        month=name,
        nights=len(nights),
        articles=articles,
        edited=total("edited"),
        removed=total("removed"),
        quarantined=total("quarantined"),
        titled=share(total("titled"), articles),
        pictured=share(total("pictured"), articles),
        dated=share(total("dated"), articles),
        text=share(read, read + total("quarantined")),
        answered=share(total("came"), total("asked")),
        failures=tuple(failures.most_common()),
        seconds=median(each.total_seconds() for each in took) if took else None,
    )
