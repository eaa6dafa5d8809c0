"""Saved searches: what each asks, since when it is watched, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import finds
from archive.rows import FindRow
from archive.search.saved import asked_of
from archive.views.lines import ArticleLine, lines_of
from archive.views.notebook import shown
from archive.views.paging import Cut, cut_at, read_cursor, write_cursor
from archive.views.viewer import Viewer
from config.saved_search import SavedSearch

MOST_FINDS = 200  # a page


@shown
@dataclass(frozen=True, slots=True)
class Find:
    """A version that a saved search found, and when."""

    at: datetime
    article: ArticleLine


@shown
@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search.

    Attributes:
        query, filters: what it asks: words, and fields beside them.
        since: what was captured before is no find; None: it has not begun, which it does with the next run.
        checked_at: everything that had come by then was looked at.
        finds: how many versions it has found.
        newest: the last of them that may be seen.
    """

    name: str
    query: str
    filters: dict[str, str]
    since: datetime | None
    checked_at: datetime | None
    finds: int
    newest: Find | None


@dataclass(frozen=True, slots=True)
class SavedList:
    """The saved searches, in the order of the settings."""

    searches: tuple[Saved, ...]


@shown
@dataclass(frozen=True, slots=True)
class SavedFinds:
    """A saved search with a page of its finds, newest first; `next` begins the next page."""

    search: Saved
    finds: tuple[Find, ...]
    next: str | None


def saved_searches(viewer: Viewer, searches: Sequence[SavedSearch]) -> list[Saved]:
    """The searches of the settings, in their order."""
    rows, counted = finds.saved(viewer.catalog), finds.counts(viewer.catalog)
    made = []
    for search in searches:
        row = rows.get(search.name)
        if row is not None and row.asked != asked_of(search):  # it asks something else now
            row = None
        newest = _finds(viewer, finds.finds_of(viewer.catalog, search.name, 10))
        made.append(
            Saved(
                search.name,
                search.query,
                search.filters,
                row.since if row else None,
                row.checked_at if row else None,
                counted.get(search.name, 0),
                newest[0] if newest else None,
            )
        )
    return made


def saved_finds(
    viewer: Viewer, searches: Sequence[SavedSearch], name: str, *, limit: int = 50, cursor: str | None = None
) -> SavedFinds | None:
    """One saved search with a page of its finds; None if there is none of that name. Raises QueryError."""
    chosen = [each for each in searches if each.name == name]
    if not chosen:
        return None
    [search] = saved_searches(viewer, chosen)
    limit = min(limit, MOST_FINDS)
    after = None if cursor is None else read_cursor(cursor, "finds", (datetime, str, int))
    rows = finds.finds_of(viewer.catalog, name, limit + 1, after)
    cut: Cut[FindRow] = cut_at(rows, limit)
    following = None
    if cut.last is not None:
        following = write_cursor("finds", (cut.last.at, cut.last.article_id, cut.last.number))
    return SavedFinds(search, tuple(_finds(viewer, cut.kept)), following)


def _finds(viewer: Viewer, rows: Sequence[FindRow]) -> list[Find]:
    """Those that may be seen, in their order."""
    versions = finds.versions_found(viewer.catalog, rows)
    lines = {(line.article_id, line.number): line for line in lines_of(viewer, versions)}
    return [
        Find(row.at, lines[row.article_id, row.number])
        for row in rows
        if (row.article_id, row.number) in lines
    ]
