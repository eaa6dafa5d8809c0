"""What discovery finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FoundBy(StrEnum):
    """How a URL was discovered."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    HAND = "hand"  # `dateline archive URL`
    REVISIT = "revisit"  # known from an earlier run and due again


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL that may be an article, where it was found, and what was hinted about it there.

    Attributes:
        url: absolute, http or https, without fragment (except `#!`), otherwise exactly as found.
        found_by: kind of the place.
        found_in: address of the feed, sitemap or page that named it.
        published, modified: dates hinted there (aware, UTC); None if none or unreadable.
        title: headline hinted there.
        place: where on a page the link stands (`crawler.links.place.Place`); None in feeds and sitemaps.
    """

    url: str
    found_by: FoundBy
    found_in: str
    published: datetime | None = None
    modified: datetime | None = None
    title: str | None = None
    place: str | None = None
