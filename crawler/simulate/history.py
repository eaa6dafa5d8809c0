"""A trace out of an archive's own history: what its looks have seen, no more."""

from __future__ import annotations

from collections.abc import Iterable

from archive.catalog import versions
from archive.catalog.catalog import Catalog
from archive.rows import VersionRow
from archive.version import EventKind
from crawler.simulate.trace import Change, TracedPage


def traced(catalog: Catalog, sources: Iterable[str] = ()) -> list[TracedPage]:
    """The articles of these sources (all if none is named), in order of first capture.

    A change has the moment of the capture that showed it, so a trace of nightly looks has changes at night
    and at most one a night: a policy that looks more often can find no more in it.
    """
    wanted = set(sources)
    by_article: dict[str, list[VersionRow]] = {}
    for version in versions.every_version(catalog):
        if not wanted or version.source in wanted:
            by_article.setdefault(version.article_id, []).append(version)
    pages = [_page(catalog, sorted(rows, key=lambda row: row.number)) for rows in by_article.values()]
    return sorted(pages, key=lambda page: (page.published, page.url))


def _page(catalog: Catalog, rows: list[VersionRow]) -> TracedPage:
    kinds: dict[int, list[str]] = {}
    if len(rows) > 1:
        for event in versions.events_of(catalog, rows[0].article_id):
            kinds.setdefault(event.number, []).append(event.kind)
    removed = rows[-1].first_missing_at or rows[-1].captured_at if rows[-1].removed else None
    changes = tuple(
        Change(row.captured_at, tuple(dict.fromkeys(kinds.get(row.number, ()))) or (str(EventKind.TEXT),))
        for row in rows[1:]
        if not row.removed
    )
    first = rows[0]
    return TracedPage(first.url, first.source, first.captured_at, changes, removed)
