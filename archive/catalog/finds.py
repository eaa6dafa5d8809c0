"""Saved searches and what they found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, raw, rows_with, select
from archive.catalog.schema import run
from archive.catalog.schema_finds import find, saved_search
from archive.rows import FindRow, RunRow, SavedSearchRow, VersionRow

Key = tuple[str, int]  # article id and number of the version
After = tuple[datetime, str, int]  # of the last find of a page


def saved(catalog: Catalog) -> dict[str, SavedSearchRow]:
    """Every search that was ever watched, by name."""
    rows = fetch(catalog, SavedSearchRow, select(SavedSearchRow).order_by(saved_search.c.name))
    return {row.name: row for row in rows}


def found_before(catalog: Catalog, search: str, articles: Collection[str]) -> set[Key]:
    """The versions of these articles that a search has found already."""
    rows = rows_with(catalog, FindRow, "article_id", articles)
    return {(row.article_id, row.number) for row in rows if row.search == search}


def finds_of(catalog: Catalog, search: str, limit: int, after: After | None = None) -> list[FindRow]:
    """What a search found, newest first."""
    query = select(FindRow).where(find.c.search == search)
    order = (find.c.at, find.c.article_id, find.c.number)
    if after is not None:
        query = query.where(sa.tuple_(*order) < sa.tuple_(*map(sa.literal, after, (c.type for c in order))))
    return fetch(catalog, FindRow, query.order_by(*(column.desc() for column in order)).limit(limit))


def finds_of_alarms(catalog: Catalog, alarms: Iterable[str]) -> list[FindRow]:
    """What these alarms tell of, in order of articles."""
    rows = rows_with(catalog, FindRow, "alarm_id", alarms)
    return sorted(rows, key=lambda row: (row.search, row.article_id, row.number))


def versions_found(catalog: Catalog, found: Iterable[FindRow]) -> list[VersionRow]:
    """The versions of finds, as far as they are kept; in no order."""
    wanted = {(row.article_id, row.number) for row in found}
    rows = rows_with(catalog, VersionRow, "article_id", (name for name, _ in wanted))
    return [row for row in rows if (row.article_id, row.number) in wanted]


def counts(catalog: Catalog) -> dict[str, int]:
    """How much each search has found."""
    query = sa.select(find.c.search, sa.func.count()).group_by(find.c.search)
    return {str(name): int(number) for name, number in map(tuple, raw(catalog, query))}


def runs_since(catalog: Catalog, moment: datetime) -> list[RunRow]:
    """Runs that go on, or ended at that moment or later; the one that began first is the first."""
    recent = sa.or_(run.c.finished_at.is_(None), run.c.finished_at >= moment)
    # Not by ORDER BY: SQLite would read all runs there are, along the index that has this order.
    found = fetch(catalog, RunRow, select(RunRow).where(recent))
    return sorted(found, key=lambda row: (row.started_at, row.id))
