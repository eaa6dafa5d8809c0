"""Questions about nights: which there are, their runs, and the versions that these made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import as_row, fetch, raw, select
from archive.catalog.runs import Tally
from archive.catalog.schema import ledger, run, version
from archive.rows import RunRow, VersionRow

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nights before and after one that have a run; None: there is none."""

    before: str | None
    after: str | None


def night_of(row: RunRow) -> str:
    """The night of a run: its slot's, the day given by hand, or the day it began (UTC)."""
    return row.night or f"{row.started_at:%Y-%m-%d}"


def newest_night(catalog: Catalog) -> str | None:
    """The newest night with a run; None before the first."""
    return max(map(night_of, _one_each(catalog, *_latest())), default=None)


def neighbours(catalog: Catalog, night: str) -> Neighbours:
    """The nearest nights around one."""
    begin = _begin(night)
    named, unnamed = _latest()
    before = named.where(run.c.night < night), unnamed.where(run.c.started_at < _at(begin))
    named, unnamed = _earliest()
    after = named.where(run.c.night > night), unnamed.where(run.c.started_at >= _at(begin + _DAY))
    earlier = max(map(night_of, _one_each(catalog, *before)), default=None)
    later = min(map(night_of, _one_each(catalog, *after)), default=None)
    return Neighbours(earlier, later)


def runs_of_night(catalog: Catalog, night: str) -> list[RunRow]:
    """The runs of a night, in order of their start."""
    begin = _begin(night)
    by_hand = sa.and_(
        run.c.night.is_(None), run.c.started_at >= _at(begin), run.c.started_at < _at(begin + _DAY)
    )
    query = select(RunRow).where(sa.or_(run.c.night == night, by_hand))
    return fetch(catalog, RunRow, query.order_by(run.c.started_at, run.c.id))


def versions_of_runs(catalog: Catalog, runs: Sequence[RunRow], limit: int) -> list[VersionRow]:
    """Versions that these runs made, newest first, up to `limit`."""
    if not runs:
        return []
    query = (
        select(VersionRow)
        .where(made_by(runs))
        .order_by(version.c.captured_at.desc(), version.c.article_id, version.c.number.desc())
        .limit(limit)
    )
    return fetch(catalog, VersionRow, query)


def versions_counted(catalog: Catalog, runs: Sequence[RunRow]) -> Counter[tuple[str, str]]:
    """How many versions these runs made, by source and kind: `new`, `edited`, `removed`."""
    if not runs:
        return Counter()
    kind = sa.case((version.c.removed.is_(True), "removed"), (version.c.number == 1, "new"), else_="edited")
    query = sa.select(version.c.source, kind.label("kind"), sa.func.count()).where(made_by(runs))
    rows = raw(catalog, query.group_by(version.c.source, sa.literal_column("kind")))
    return Counter({(str(source), str(name)): int(count) for source, name, count in map(tuple, rows)})


def made_by(runs: Sequence[RunRow]) -> sa.ColumnElement[bool]:
    """Whether one of these runs made a version."""
    # Moments narrow it to the index by time: a run's captures lie between its start and its end. Captures
    # have the whole second that began before (WARC-Date), runs have microseconds.
    begun = min(row.started_at for row in runs).replace(microsecond=0)
    ended = max((row.finished_at or datetime.max.replace(tzinfo=UTC)) for row in runs)
    made_then = version.c.captured_at.between(_at(begun), _at(ended))
    return sa.and_(made_then, version.c.run_id.in_([row.id for row in runs]))


def tallies(catalog: Catalog, runs: Iterable[str], source: str | None = None) -> dict[str, list[Tally]]:
    """The sums of each run's ledger by source, outcome and reason; of one source if it is named."""
    columns = (ledger.c.source, ledger.c.outcome, ledger.c.reason)
    found: dict[str, list[Tally]] = {name: [] for name in runs}
    query = (
        sa.select(ledger.c.run_id, *columns, sa.func.count())
        .where(ledger.c.run_id.in_(list(found)))
        .group_by(ledger.c.run_id, *columns)
    )
    if source is not None:
        query = query.where(ledger.c.source == source)
    for run_id, name, outcome, reason, count in map(tuple, raw(catalog, query)):
        found[run_id].append(Tally(name, outcome, reason, count))
    return found


def _begin(night: str) -> datetime:
    return datetime.combine(date.fromisoformat(night), time(), UTC)


def _at(moment: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, moment, type_=run.c.started_at.type)


def _latest() -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Runs by the night that they name, the latest first, and those that name none, by when they began."""
    return (
        select(RunRow).where(run.c.night.is_not(None)).order_by(run.c.night.desc()),
        select(RunRow).where(run.c.night.is_(None)).order_by(run.c.started_at.desc()),
    )


def _earliest() -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The same, the earliest first."""
    return (
        select(RunRow).where(run.c.night.is_not(None)).order_by(run.c.night),
        select(RunRow).where(run.c.night.is_(None)).order_by(run.c.started_at),
    )


def _one_each(catalog: Catalog, *queries: sa.Select[Any]) -> list[RunRow]:
    """The first run of each query: both are asked, for one index cannot answer for both in one."""
    return [as_row(RunRow, row) for query in queries for row in raw(catalog, query.limit(1))]
