"""One article over time: its addresses, its versions, and which of them stood at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.catalog import lookup, versions
from archive.catalog.catalog import Catalog
from archive.rows import AddressRow, ArticleRow, EventRow, VersionRow


@dataclass(frozen=True, slots=True)
class Timeline:
    """An article with all its versions, oldest first; there is at least one that is no tombstone."""

    article: ArticleRow
    addresses: tuple[AddressRow, ...]
    versions: tuple[VersionRow, ...]
    events: dict[int, tuple[EventRow, ...]]  # by number of the version

    @property
    def newest(self) -> VersionRow:
        """The newest version, which may be a tombstone."""
        return self.versions[-1]

    @property
    def contents(self) -> tuple[VersionRow, ...]:
        """The versions that show the article."""
        return tuple(version for version in self.versions if not version.removed)

    def at(self, moment: datetime | None) -> VersionRow | None:
        """The version that stood at a moment (None: now), which may be a tombstone; None before the first."""
        return _last(self.versions, moment)

    def content_at(self, moment: datetime | None) -> VersionRow | None:
        """The newest version with content at a moment (None: now); None before the first."""
        return _last(self.contents, moment)

    def numbered(self, number: int) -> VersionRow | None:
        """The version with this number, if there is one."""
        return next((version for version in self.versions if version.number == number), None)


def timeline_of(catalog: Catalog, url: str) -> Timeline | None:
    """The article that `url` shows or has shown, by any address of its history; None if it has none."""
    article = lookup.article_of(catalog, url) or _led_to(catalog, url)
    return None if article is None else _timeline(catalog, article)


def timeline_of_article(catalog: Catalog, article_id: str) -> Timeline | None:
    """The article with this id; None if there is none."""
    article = lookup.article_by_id(catalog, article_id)
    return None if article is None else _timeline(catalog, article)


def _timeline(catalog: Catalog, article: ArticleRow) -> Timeline:
    events: dict[int, tuple[EventRow, ...]] = {}
    for row in versions.events_of(catalog, article.id):
        events[row.number] = (*events.get(row.number, ()), row)
    return Timeline(
        article,
        tuple(lookup.addresses_of(catalog, article.id)),
        tuple(versions.versions_of(catalog, article.id)),
        events,
    )


def _led_to(catalog: Catalog, url: str) -> ArticleRow | None:
    """The article that a page was found to show: a redirect to a known article makes no new version."""
    page = lookup.page_of(catalog, url)
    return lookup.article_by_id(catalog, page.article_id) if page and page.article_id else None


def _last(rows: tuple[VersionRow, ...], moment: datetime | None) -> VersionRow | None:
    standing = [row for row in rows if moment is None or row.captured_at <= moment]
    return standing[-1] if standing else None
