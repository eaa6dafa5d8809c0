"""Questions about nights: which there are, their runs, and the versions that these made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

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
    return max(map(night_of, _last(catalog, select(RunRow))), default=None)


def neighbours(catalog: Catalog, night: str) -> Neighbours:
    """The nearest nights around one."""
    begin = _begin(night)
    unnamed = run.c.night.is_(None)
    before = select(RunRow).where(
        sa.or_(run.c.night < night, sa.and_(unnamed, run.c.started_at < _at(begin)))
    )
    after = select(RunRow).where(
        sa.or_(run.c.night > night, sa.and_(unnamed, run.c.started_at >= _at(begin + _DAY)))
    )
    earlier = max(map(night_of, _last(catalog, before)), default=None)
    later = min((night_of(row) for row in _first(catalog, after)), default=None)
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
    # Moments narrow it to the index by time: a run's captures lie between its start and its end. Captures
    # have the whole second that began before (WARC-Date), runs have microseconds.
    begun = min(row.started_at for row in runs).replace(microsecond=0)
    ended = max((row.finished_at or datetime.max.replace(tzinfo=UTC)) for row in runs)
    query = (
        select(VersionRow)
        .where(version.c.captured_at >= begun, version.c.captured_at <= ended)
        .where(version.c.run_id.in_([row.id for row in runs]))
        .order_by(version.c.captured_at.desc(), version.c.article_id, version.c.number.desc())
        .limit(limit)
    )
    return fetch(catalog, VersionRow, query)


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


def _last(catalog: Catalog, query: sa.Select[tuple[object, ...]]) -> list[RunRow]:
    """Of the runs of a query one that bears the latest name, and the one that began last."""
    by_name = query.where(run.c.night.is_not(None)).order_by(run.c.night.desc())
    by_start = query.where(run.c.night.is_(None)).order_by(run.c.started_at.desc())
    return _one_each(catalog, by_name, by_start)


def _first(catalog: Catalog, query: sa.Select[tuple[object, ...]]) -> list[RunRow]:
    by_name = query.where(run.c.night.is_not(None)).order_by(run.c.night)
    by_start = query.where(run.c.night.is_(None)).order_by(run.c.started_at)
    return _one_each(catalog, by_name, by_start)


def _one_each(catalog: Catalog, *queries: sa.Select[tuple[object, ...]]) -> list[RunRow]:
    return [as_row(RunRow, row) for query in queries for row in raw(catalog, query.limit(1))]
