"""The figures of one night of a source, put together from those of its runs (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from archive.rows import FigureRow


@dataclass(frozen=True, slots=True)
class Night:
    """What one night brought of a source.

    Attributes:
        night: its date, on the clocks of the source's zone.
        last: the figures of its newest run.
        whole: nothing more is to come in this night.
        articles, titled, dated, pictured: articles seen for the first time, and how many of them have what.
        edited, removed: versions of articles known before.
        read: pages that were read as articles, changed or not.
        came: pages that the site answered for, those in quarantine and those gone included.
        quarantined, failed: pages that ended so.
        asked: pages that were asked for: those that came, and those that failed.
        characters: median length of the new texts, of the run that brought most; None without any.
        newest_at: the newest publication among what came.
        failures: how many pages and documents failed, by class.
        breaches: kinds of alarm that held after one of its runs.
    """

    night: date
    last: FigureRow
    whole: bool
    articles: int
    titled: int
    dated: int
    pictured: int
    edited: int
    removed: int
    read: int
    came: int
    quarantined: int
    failed: int
    characters: int | None
    newest_at: datetime | None
    failures: Mapping[str, int]
    breaches: frozenset[str]

    @property
    def asked(self) -> int:
        """Pages that were asked for."""
        return self.came + self.failed


def nights_of(rows: Iterable[FigureRow]) -> list[Night]:
    """The nights of one source, oldest first; all but the newest are whole, whatever their rows say."""
    ordered = sorted(rows, key=lambda row: (row.night, row.at, row.run_id))
    nights = [_night(list(group)) for _, group in groupby(ordered, key=attrgetter("night"))]
    return [*(replace(night, whole=True) for night in nights[:-1]), *nights[-1:]]


def failures_of(row: FigureRow) -> Counter[str]:
    """A row's failures by class."""
    pairs = (entry.rpartition("=") for entry in row.failures)
    return Counter({name: int(number) for name, _, number in pairs})


def _night(rows: list[FigureRow]) -> Night:
    def total(name: str) -> int:
        return sum(int(getattr(row, name)) for row in rows)

    read = total("archived") + total("unchanged")
    most = max(rows, key=lambda row: row.articles)
    return Night(
        night=date.fromisoformat(rows[0].night),
        last=rows[-1],
        whole=rows[-1].whole,
        articles=total("articles"),
        titled=total("titled"),
        dated=total("dated"),
        pictured=total("pictured"),
        edited=total("edited"),
        removed=total("removed"),
        read=read,
        came=read + total("not_modified") + total("quarantined") + total("gone"),
        quarantined=total("quarantined"),
        failed=total("failed"),
        characters=most.characters,
        newest_at=max((row.newest_at for row in rows if row.newest_at), default=None),
        failures=sum((failures_of(row) for row in rows), Counter()),
        breaches=frozenset(kind for row in rows for kind in row.breaches),
    )
