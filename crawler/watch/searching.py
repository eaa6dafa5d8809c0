"""Saved searches at each tick and after each run: what came that they ask for, each version once.

A search begins with the newest run that is known when it is first seen (or seen to ask something else). What
it finds is entered together with the alarm that tells of it, in one journal entry: a process that dies leaves
both or neither, and whoever looks again finds nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from archive.catalog import finds, journal_state, search_index, search_reads
from archive.catalog.catalog import Catalog
from archive.catalog.runs import newest_runs
from archive.catalog.search_parts import Found, Order
from archive.catalog.takedowns import standing_articles
from archive.rows import FindRow, Row, RunRow, SavedSearchRow
from archive.rows.finds import FOUND
from archive.search.saved import asked_of, query_of
from config.saved_search import SavedSearch
from crawler.watch.alarm import Condition, cleared_row, raised_row

_AT_ONCE = 500  # versions
_SLACK = timedelta(hours=1)  # runs that ended so long before the last check are looked at again


class SearchWatch:
    """The saved searches of a process that looks again and again. Used by one thread."""

    def __init__(self, searches: Sequence[SavedSearch]) -> None:
        self._searches = tuple(searches)
        self._seen: object = None  # what was applied to the catalog last when it was looked at

    def follow(self, searches: Sequence[SavedSearch]) -> None:
        """Look at these from now on; where they are others than before, also if nothing has come."""
        if tuple(searches) != self._searches:
            self._searches, self._seen = tuple(searches), None

    def check(self, catalog: Catalog, now: datetime) -> list[Row]:
        """What is to be entered; nothing where the catalog is as it was at the last call."""
        if not self._searches:
            return []
        state = (journal_state.newest(catalog), search_index.pending(catalog))
        if state == self._seen:
            return []
        rows = check_searches(catalog, self._searches, now)
        self._seen = state
        return rows


def check_searches(catalog: Catalog, searches: Sequence[SavedSearch], now: datetime) -> list[Row]:
    """Alarms, finds, and how far each search has looked, as whole rows.

    Raises QueryError for a search that cannot be understood, and what the catalog raises.
    """
    whole = search_index.pending(catalog) == 0  # before anything is searched
    known, rows = finds.saved(catalog), list[Row]()
    for search in searches:
        row = known.get(search.name)
        if row is None or row.asked != asked_of(search):
            row = _begun(catalog, search, now)
            rows.append(row)
        runs = finds.runs_since(catalog, row.checked_at - _SLACK)
        new = _new(catalog, search, row, runs) if runs else []
        rows += _found(search, new, now)
        ended = any(run.finished_at and run.finished_at > row.checked_at for run in runs)
        if whole and (new or ended):
            rows.append(replace(row, checked_at=now))
    return rows


def _begun(catalog: Catalog, search: SavedSearch, now: datetime) -> SavedSearchRow:
    newest = next(iter(newest_runs(catalog, 1)), None)
    since = newest.started_at if newest is not None else now
    return SavedSearchRow(name=search.name, asked=asked_of(search), since=since, checked_at=since)


def _new(catalog: Catalog, search: SavedSearch, row: SavedSearchRow, runs: Sequence[RunRow]) -> list[Found]:
    """Versions that these runs may have brought, that match, stand, and were not found before."""
    since = max(row.since, runs[0].started_at).replace(microsecond=0)  # captures have whole seconds
    query = replace(query_of(search), since=since)
    new: list[Found] = []
    after: Found | None = None
    while True:
        page = search_reads.find(
            catalog, query, order=Order.OLDEST, after=after, standing=False, limit=_AT_ONCE
        )
        articles = {each.article_id for each in page}
        before = finds.found_before(catalog, search.name, articles)
        standing = set(standing_articles(catalog, articles))
        new += [
            each
            for each in page
            if each.article_id in standing and (each.article_id, each.number) not in before
        ]
        if len(page) < _AT_ONCE:
            return new
        after = page[-1]


def _found(search: SavedSearch, new: Sequence[Found], now: datetime) -> list[Row]:
    if not new:
        return []
    # What was found is not told here: the row outlives what may be taken down.
    told = f"{len(new):,} version{'' if len(new) == 1 else 's'} found"
    alarm = cleared_row(raised_row(Condition(FOUND, told, search.name), now), now, "found")
    finds_ = [
        FindRow(search=search.name, article_id=each.article_id, number=each.number, at=now, alarm_id=alarm.id)
        for each in new
    ]
    return [alarm, *finds_]
