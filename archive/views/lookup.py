"""Any address: its article, or what is known of it, or that it was never seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from archive.catalog import fronts, lookup, takedowns
from archive.catalog.cdx_reads import Span, captures_of_urls
from archive.catalog.ledger_reads import meetings
from archive.rows import CaptureRow, PageRow, TakedownRow
from archive.views.article import ArticleView, article_at
from archive.views.notebook import shown
from archive.views.viewer import Viewer, Withheld

MOST_MEETINGS = 50
MOST_CAPTURES = 1000


@dataclass(frozen=True, slots=True)
class Meeting:
    """How the address ended in one run; `outcome` is None while it waits."""

    run_id: str
    night: str | None
    at: datetime | None
    outcome: str | None
    reason: str | None
    found_by: str
    found_in: str
    source: str


@shown
@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an address.

    Attributes:
        standing: `article`, `front` (a front page with lists), `captured` (bytes, no article), `met` (in a
            ledger only), `withheld` (there is something that is not shown), `unknown`.
        article: with its newest version, if there is one.
        captures: of exactly this address that may be seen, oldest first.
        meetings: runs that met it, the newest first.
        page: when it was found and is looked at next.
        takedown: why it is withheld, if it was taken down.
        alike: an address like this one that has something, if this one has nothing.
    """

    url: str
    standing: str
    article: ArticleView | None = None
    captures: tuple[CaptureRow, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    page: PageRow | None = None
    takedown: TakedownRow | None = None
    alike: str | None = None

    @property
    def last(self) -> Meeting | None:
        """How it ended when a run last met it: the answer to "why is there no article?"."""
        return next((one for one in self.meetings if one.outcome), None)


def look_up(viewer: Viewer, url: str) -> Found:
    """All that may be told of an address, spelled as the archive spells it."""
    if (down := takedowns.of(viewer.catalog, url)) is not None:
        return Found(url, "withheld", takedown=down)
    try:
        article = article_at(viewer, url)
    except Withheld as hidden:
        return Found(url, "withheld", takedown=hidden.takedown)
    rows = captures_of_urls(viewer.catalog, [url], Span(not_modified=True), MOST_CAPTURES)
    captures = sorted(
        (row for row in rows if viewer.sight.sees(row.source, row.url, row.at)),
        key=lambda row: (row.at, row.id),
    )
    met = tuple(_meetings(viewer, url))
    if article is None and not captures and not met:
        if any(viewer.sight.tells(row.source, row.url) for row in rows):
            return Found(url, "withheld")
        return Found(url, "unknown", alike=_alike(viewer, url))
    standing = "article" if article else _standing(viewer, url, captures)
    page = lookup.page_of(viewer.catalog, url)
    return Found(url, standing, article, tuple(captures), met, page)


def _standing(viewer: Viewer, url: str, captures: list[CaptureRow]) -> str:
    if captures and fronts.front_at(viewer.catalog, url):
        return "front"
    return "captured" if captures else "met"


def _meetings(viewer: Viewer, url: str) -> list[Meeting]:
    found = []
    for row, run in meetings(viewer.catalog, url, MOST_MEETINGS):
        if viewer.sight.sees(row.source, row.url, row.at or viewer.clock.now()):
            night = run.night if run else None
            found.append(
                Meeting(
                    row.run_id, night, row.at, row.outcome, row.reason, row.found_by, row.found_in, row.source
                )
            )
    return found


def _alike(viewer: Viewer, url: str) -> str | None:
    """The address with the other scheme, with or without `www.`, slash or query, if the archive knows it."""
    parts = urlsplit(url)
    host = parts.netloc.removeprefix("www.")
    hosts = (parts.netloc, host if host != parts.netloc else f"www.{host}")
    path = parts.path.rstrip("/")
    for query in dict.fromkeys((parts.query, "")):
        for scheme in ("https", "http"):
            for name in hosts:
                for each in (path or "/", f"{path}/"):
                    other = urlunsplit((scheme, name, each, query, ""))
                    if other != url and _known(viewer, other):
                        return other
    return None


def _known(viewer: Viewer, url: str) -> bool:
    page = lookup.page_of(viewer.catalog, url)
    if page is None or not viewer.sight.sees(page.source, url, page.last_fetched_at or page.found_at):
        return False
    return takedowns.of(viewer.catalog, url) is None
