"""Front pages: what each led with at a moment, side by side, and what one led with over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.catalog import fronts
from archive.catalog.article_reads import article_ids_at, articles_at, leads_of
from archive.rows import ArticleRow
from archive.views.lines import Picture, pictures_shown
from archive.views.notebook import shown
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer

MOST_LEADS = 400  # lists of one page over time
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Teaser:
    """A headline in its place on a front page; `article_id` is None where its article is not archived."""

    position: int
    title: str
    link: str
    article_id: str | None


@shown
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


@shown
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
    homes = homes_of(viewer, files, names)
    pages = _fronts(viewer, homes, at)
    now = at or viewer.clock.now()
    since = max((page.since for page in pages), default=now)
    # Behind the moment itself: a list of this very moment is shown.
    around = fronts.lists_around(viewer.catalog, [url for _, url in homes], since, now + _INSTANT)
    return Fronts(at, tuple(pages), *around)


def front(viewer: Viewer, source: str, url: str, at: datetime | None = None) -> Front | None:
    """One page at a moment; None before its first list, or where the rules hide it."""
    return next(iter(_fronts(viewer, [(source, url)], at)), None)


def _fronts(viewer: Viewer, homes: Sequence[tuple[str, str]], at: datetime | None) -> list[Front]:
    """The pages that have a list and may be seen: a handful of queries, however many they are."""
    lists = fronts.lists_at(viewer.catalog, [url for _, url in homes], at)
    seen = [
        (source, lists[url])
        for source, url in homes
        if url in lists and viewer.sight.sees(source, url, lists[url].since)
    ]
    known = article_ids_at(viewer.catalog, (each.link_key for _, one in seen for each in one.teasers))
    led = articles_at(viewer.catalog, (one.teasers[0].link_key for _, one in seen))
    pictures = pictures_shown(viewer, [(row.id, row.versions) for row in led.values()])
    return [
        Front(
            source=source,
            url=one.url,
            since=one.since,
            last_look=one.last_look,
            teasers=tuple(
                Teaser(each.position, each.title, each.link, known.get(each.link_key)) for each in one.teasers
            ),
            picture=_picture(led.get(one.teasers[0].link_key), pictures),
        )
        for source, one in seen
    ]


def _picture(lead: ArticleRow | None, pictures: Mapping[tuple[str, int], Sequence[Picture]]) -> str | None:
    """The first archived picture of the article that led, as its newest version shows it."""
    shown = pictures.get((lead.id, lead.versions), ()) if lead else ()
    return next((each.sha256 for each in shown if each.sha256), None)


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


def homes_of(viewer: Viewer, files: SourceFiles, names: Sequence[str]) -> list[tuple[str, str]]:
    """(source, address) of the home pages of which there are lists, in order of name."""
    known = {name: source.homepage for name, source in files.sources().items()}
    listed = fronts.with_lists(viewer.catalog, [known[name] for name in names if name in known])
    others = [name for name in names if known.get(name) not in listed]
    pages = fronts.fronts_of_each(viewer.catalog, others) if others else {}
    homes = {name: each[0] for name, each in pages.items()}
    homes |= {name: known[name] for name in names if known.get(name) in listed}
    return sorted(homes.items())
