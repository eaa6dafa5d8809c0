"""Front pages: what each led with at a moment, side by side, and what one led with over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import fronts
from archive.catalog.article_reads import articles_at, leads_of
from archive.rows import ArticleRow, FrontRow
from archive.views.lines import pictures_shown
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer

MOST_LEADS = 400  # lists of one page over time


@dataclass(frozen=True, slots=True)
class Teaser:
    """A headline in its place on a front page; `article_id` is None where its article is not archived."""

    position: int
    title: str
    link: str
    article_id: str | None


@dataclass(frozen=True, slots=True)
class Front:
    """A front page at a moment.

    Attributes:
        since: when this list was first seen. last_look: when it was last seen unchanged.
        picture: sha256 of the first picture of the article that led, if it is archived.
    """

    source: str
    url: str
    since: datetime
    last_look: datetime | None
    teasers: tuple[Teaser, ...]
    picture: str | None


@dataclass(frozen=True, slots=True)
class Lead:
    """What led a front page from a moment on."""

    at: datetime
    title: str
    link: str
    article_id: str | None


@dataclass(frozen=True, slots=True)
class Fronts:
    """The front pages of sources at a moment, and the moments around it at which one of them changed."""

    at: datetime | None
    pages: tuple[Front, ...]
    before: datetime | None
    after: datetime | None


def fronts_at(viewer: Viewer, files: SourceFiles, names: Sequence[str], at: datetime | None = None) -> Fronts:
    """The home pages of these sources as they stood at a moment (None: now), in order of name.

    The files name the home pages; of a source without one the shortest address counts.
    """
    homes = _homes(viewer, files, names)
    pages = [page for name, url in homes if (page := front(viewer, name, url, at)) is not None]
    moments = sorted({lead.at for _, url in homes for lead in leads_of(viewer.catalog, url, MOST_LEADS)})
    now = at or viewer.clock.now()
    shown = max((page.since for page in pages), default=now)
    return Fronts(
        at,
        tuple(pages),
        max((each for each in moments if each < shown), default=None),
        min((each for each in moments if each > now), default=None),
    )


def front(viewer: Viewer, source: str, url: str, at: datetime | None = None) -> Front | None:
    """One page at a moment; None before its first list, or where the rules hide it."""
    rows = fronts.front_at(viewer.catalog, url, at)
    if not rows or not viewer.sight.sees(source, url, rows[0].at):
        return None
    known = articles_at(viewer.catalog, (row.link_key for row in rows))
    look = fronts.last_look(viewer.catalog, url, at)
    lead = known.get(rows[0].link_key)
    shown = pictures_shown(viewer, [(lead.id, lead.versions)]) if lead else {}
    return Front(
        source=source,
        url=url,
        since=rows[0].at,
        last_look=look.at if look else None,
        teasers=tuple(_teaser(row, known) for row in rows),
        picture=next((each.sha256 for row in shown.values() for each in row if each.sha256), None),
    )


def leads(viewer: Viewer, source: str, url: str, limit: int = MOST_LEADS) -> list[Lead]:
    """What led a page over time, newest first; what led on and on is there once, from when it began."""
    rows = [row for row in leads_of(viewer.catalog, url, limit) if viewer.sight.sees(source, row.url, row.at)]
    begun = [
        row
        for row, before in zip(rows, [*rows[1:], None], strict=True)
        if before is None or (row.link_key, row.title) != (before.link_key, before.title)
    ]
    known = articles_at(viewer.catalog, (row.link_key for row in begun))
    return [
        Lead(row.at, row.title, row.link, known[row.link_key].id if row.link_key in known else None)
        for row in begun
    ]


def pages_of(viewer: Viewer, source: str) -> list[str]:
    """The addresses of a source's pages of which there are lists, the shortest first."""
    return sorted(fronts.fronts_of(viewer.catalog, source), key=lambda url: (len(url), url))


def _homes(viewer: Viewer, files: SourceFiles, names: Sequence[str]) -> list[tuple[str, str]]:
    known = {name: source.homepage for name, source in files.sources().items()}
    found = []
    for name in sorted(names):
        home = known.get(name)
        if home is None or not fronts.front_at(viewer.catalog, home):
            home = next(iter(pages_of(viewer, name)), None)
        if home is not None:
            found.append((name, home))
    return found


def _teaser(row: FrontRow, known: Mapping[str, ArticleRow]) -> Teaser:
    article = known.get(row.link_key)
    return Teaser(row.position, row.title, row.link, article.id if article else None)
