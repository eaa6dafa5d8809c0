"""How sources fare, as the web pages, the metrics and `dateline status` read it: nights, alarms, notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import as_row, fetch, pieces, raw, rows_with, select
from archive.catalog.nights import made_by
from archive.catalog.schema import picture, run, text, version
from archive.catalog.schema_watch import alarm, figure
from archive.catalog.wanted import wanted_names
from archive.night_figures import Night, nights_of
from archive.rows import AlarmRow, FigureRow, NoticeRow, RunRow

NIGHTS = 56  # eight weeks


@dataclass(frozen=True, slots=True)
class SourceWatch:
    """How one source fares.

    Attributes:
        source: its name.
        nights: its newest nights, oldest first; the last one's `last` has the figures of the newest run, and
            in `usual` what such a night usually brings.
        alarms: that are open, oldest first.
    """

    source: str
    nights: tuple[Night, ...]
    alarms: tuple[AlarmRow, ...]

    @property
    def newest(self) -> Night | None:
        """The newest night; None if it was never crawled."""
        return self.nights[-1] if self.nights else None


@dataclass(frozen=True, slots=True)
class NewArticles:
    """Articles of one source, with texts of one length, that a run saw for the first time.

    Attributes:
        source: its name.
        characters: how long the text of each is; None: they have none.
        count: how many they are.
        titled, dated, pictured: of these, such as have a title, a date, a picture.
        newest_at: the newest date; of an article without one, or that claims to come from the future, when it
            was captured.
    """

    source: str
    characters: int | None
    count: int
    titled: int
    dated: int
    pictured: int
    newest_at: datetime


def watch_of(catalog: Catalog, sources: Collection[str] | None = None, nights: int = 28) -> list[SourceWatch]:
    """How sources fare, by name: those named (known or not), or all that have figures or an open alarm."""
    alarms: defaultdict[str, list[AlarmRow]] = defaultdict(list)
    for row in open_alarms(catalog):
        alarms[row.subject].append(row)
    names = _with_figures(catalog) | alarms.keys() - {""} if sources is None else set(sources)
    return [
        SourceWatch(name, tuple(nights_of(figures_of(catalog, name, nights))), tuple(alarms[name]))
        for name in sorted(names)
    ]


def figures_of(catalog: Catalog, source: str, nights: int = NIGHTS) -> list[FigureRow]:
    """The figures of a source's newest nights, oldest first."""
    newest = (
        sa.select(figure.c.night).where(figure.c.source == source).distinct().order_by(figure.c.night.desc())
    )
    within = newest.limit(nights).subquery()
    query = select(FigureRow).where(figure.c.source == source, figure.c.night.in_(sa.select(within.c.night)))
    return fetch(catalog, FigureRow, query.order_by(figure.c.night, figure.c.at, figure.c.run_id))


def figures_from(catalog: Catalog, night: str, limit: int = 14) -> dict[str, list[FigureRow]]:
    """The figures of all sources from a night on, by source the newest `limit`, oldest first."""
    # Not by ORDER BY: SQLite would read all figures there are, along the index that has this order.
    return _newest_each(raw(catalog, select(FigureRow).where(figure.c.night >= night)), limit)


def older_figures(catalog: Catalog, sources: Sequence[str], limit: int = 14) -> dict[str, list[FigureRow]]:
    """The same of these sources, whenever that was; those with figures alone."""
    found: dict[str, list[FigureRow]] = {}
    for piece in pieces(sources):
        wanted = wanted_names(catalog.backend, piece)
        mine = figure.c.source == wanted.c.name
        # The night of the oldest that is wanted: some steps in the index for each source.
        nights = sa.select(figure.c.night).where(mine).order_by(figure.c.night.desc())
        oldest = nights.limit(1).offset(limit - 1).correlate(wanted).scalar_subquery()
        query = select(FigureRow).select_from(wanted.join(figure, mine))
        rows = raw(catalog, query.where(figure.c.night >= sa.func.coalesce(oldest, "")))
        found |= _newest_each(rows, limit)
    return found


def _newest_each(rows: Iterable[sa.Row[Any]], limit: int) -> dict[str, list[FigureRow]]:
    """Rows become values only where they are wanted: most of the time would go into that."""
    by_source: defaultdict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    return {
        name: [as_row(FigureRow, row) for row in sorted(each, key=lambda row: (row.at, row.run_id))[-limit:]]
        for name, each in by_source.items()
    }


def figures_of_runs(catalog: Catalog, source: str, runs: Collection[str]) -> list[FigureRow]:
    """The figures of these runs of a source, as far as they are kept."""
    query = select(FigureRow).where(figure.c.source == source, figure.c.run_id.in_(runs))
    return fetch(catalog, FigureRow, query)


def open_alarms(catalog: Catalog, subjects: Collection[str] | None = None) -> list[AlarmRow]:
    """Alarms that are not over, oldest first; of all subjects or of these."""
    rows = fetch(catalog, AlarmRow, select(AlarmRow).where(alarm.c.cleared_at.is_(None)).order_by(alarm.c.id))
    return [row for row in rows if subjects is None or row.subject in subjects]


def newest_alarms(catalog: Catalog, limit: int = 100, after: str | None = None) -> list[AlarmRow]:
    """Alarms, those that are over too, newest first; those older than the one whose id is `after`."""
    query = select(AlarmRow).order_by(alarm.c.id.desc()).limit(limit)
    return fetch(catalog, AlarmRow, query if after is None else query.where(alarm.c.id < after))


def alarms_since(catalog: Catalog, since: datetime) -> list[AlarmRow]:
    """Alarms that are open, or were raised or cleared at `since` or later; oldest first."""
    recent = sa.or_(alarm.c.cleared_at.is_(None), alarm.c.cleared_at >= since, alarm.c.raised_at >= since)
    return fetch(catalog, AlarmRow, select(AlarmRow).where(recent).order_by(alarm.c.id))


def notices_of(catalog: Catalog, alarms: Iterable[AlarmRow]) -> list[NoticeRow]:
    """Who was told of these alarms."""
    return rows_with(catalog, NoticeRow, "alarm_id", (row.id for row in alarms))


def new_articles(catalog: Catalog, row: RunRow) -> list[NewArticles]:
    """What a run saw for the first time, by source and length of text: so it is short, however many."""
    shown = sa.exists().where(
        picture.c.article_id == version.c.article_id, picture.c.number == version.c.number
    )
    first = (
        sa.select(
            version.c.source,
            text.c.characters,
            sa.case((sa.func.coalesce(version.c.title, "") != "", 1), else_=0).label("titled"),
            version.c.published_at,
            version.c.captured_at,
            sa.case((shown, 1), else_=0).label("pictured"),
        )
        .select_from(version.outerjoin(text, text.c.sha256 == version.c.text_sha256))
        .where(made_by([row]), version.c.number == 1, version.c.removed.is_(False))
        .subquery()
    ).c
    dated = sa.case((first.published_at < first.captured_at, first.published_at), else_=first.captured_at)
    sums = (sa.func.sum(first.titled), sa.func.count(first.published_at), sa.func.sum(first.pictured))
    query = sa.select(first.source, first.characters, sa.func.count(), *sums, sa.func.max(dated))
    grouped = query.group_by(first.source, first.characters)
    return [NewArticles(*tuple(found)) for found in raw(catalog, grouped)]


def last_finished(catalog: Catalog) -> RunRow | None:
    """The run that ended last."""
    query = select(RunRow).where(run.c.finished_at.is_not(None)).order_by(run.c.finished_at.desc()).limit(1)
    return next(iter(fetch(catalog, RunRow, query)), None)


def _with_figures(catalog: Catalog) -> set[str]:
    return {str(name) for (name,) in raw(catalog, sa.select(figure.c.source).distinct())}
