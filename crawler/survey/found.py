"""What a survey found, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Tried:
    """An address that was asked for in the search.

    Attributes:
        what: what it was hoped to be: `home page`, `feed`, `sitemap`, `section`, `article`.
        came: what came: `RSS feed, 20 entries`, `http_404`, `robots`, ...
    """

    url: str
    what: str
    came: str


@dataclass(frozen=True, slots=True)
class FeedFound:
    """A feed that names pages.

    Attributes:
        how: where its address was found.
        form: RSS, Atom or JSON Feed.
        excerpts: it has no full texts.
        language: that it states.
    """

    url: str
    how: str
    form: str
    entries: tuple[Candidate, ...]
    excerpts: bool
    language: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SitemapFound:
    """A sitemap, or an index with what the sitemaps that were read behind it name.

    Attributes:
        news: its entries are news with dates (Google News).
        index: it names further sitemaps.
    """

    url: str
    how: str
    pages: tuple[Candidate, ...]
    news: bool = False
    index: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionFound:
    """The home page or a section page: links that look like stories, and the others of the site."""

    url: str
    how: str
    stories: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    language: str | None = None
    next_page: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a survey brought, before anything is decided.

    Attributes:
        asked: the address that a person gave.
        home: where the site's first page is, after redirects; None if it could not be had.
        moved: the site has another domain now than the one asked for.
        site_name: by its own word.
        shell: the home page shows nothing without scripts.
        crawl_delay: seconds that robots.txt asks for.
        robots: what became of robots.txt, in words.
        offsets: minutes east of UTC with the moments at which feeds and pages state them.
        tried: every address asked for, in order.
        requests: how many it took.
    """

    asked: str
    home: str | None
    moved: bool = False
    site_name: str | None = None
    shell: bool = False
    crawl_delay: float | None = None
    robots: str = ""
    feeds: tuple[FeedFound, ...] = ()
    sitemaps: tuple[SitemapFound, ...] = ()
    sections: tuple[SectionFound, ...] = ()
    languages: tuple[str, ...] = ()
    offsets: tuple[tuple[datetime, int], ...] = ()
    tried: tuple[Tried, ...] = ()
    requests: int = 0
