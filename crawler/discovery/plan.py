"""Discovery's two questions: what to fetch first for a source, and what a fetched document gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

from config.source import Source
from crawler.candidate import FoundBy
from crawler.discovery.archives import further_pages
from crawler.discovery.choice import Choice, choose
from crawler.discovery.collect import Collector
from crawler.discovery.document import Discovered, DocumentKind, DocumentRef, spelled
from crawler.discovery.feed import read_feed
from crawler.discovery.hints import plausible
from crawler.discovery.scope import NIGHTLY, Scope
from crawler.discovery.section import read_section
from crawler.discovery.sitemap import MAX_DEPTH, MAX_SITEMAP_BYTES, read_sitemap
from crawler.discovery.sites import site_of
from crawler.discovery.sniff import BodyKind, sniff, unpack
from crawler.robots import parse_robots

__all__ = ["Discovered", "DocumentKind", "DocumentRef", "discover", "first_documents"]

_FEEDS = frozenset({BodyKind.FEED, BodyKind.JSON_FEED})
_SITEMAPS = frozenset({BodyKind.URLSET, BodyKind.SITEMAP_INDEX, BodyKind.URL_LIST})


def first_documents(source: Source, scope: Scope = NIGHTLY) -> tuple[DocumentRef, ...]:
    """What to fetch first: the feeds, sitemaps and sections that the source names, each once.

    Where it names none, and in every backfill, robots.txt (for its Sitemap lines) and the homepage (for its
    links and feeds); else the homepage for what it leads with, unless the source says that it is not wanted.

    Raises:
        ConfigError: an address of the source cannot be fetched.
    """
    discover = source.discover
    named = [
        *(DocumentRef(spelled(url), DocumentKind.FEED) for url in discover.feeds),
        *(DocumentRef(spelled(url), DocumentKind.SITEMAP) for url in discover.sitemaps),
        *(DocumentRef(spelled(url), DocumentKind.SECTION) for url in discover.sections),
    ]
    if not named or scope.since is not None:
        named += [
            DocumentRef(spelled(urljoin(source.homepage, "/robots.txt")), DocumentKind.ROBOTS),
            DocumentRef(spelled(source.homepage), DocumentKind.SECTION),
        ]
    elif discover.front:
        named.append(DocumentRef(spelled(source.homepage), DocumentKind.FRONT))
    return tuple({document.url: document for document in reversed(named)}.values())[::-1]


def discover(
    document: DocumentRef,
    body: bytes,
    *,
    content_type: str | None,
    source: Source,
    now: datetime,
    scope: Scope = NIGHTLY,
) -> Discovered:
    """Read a fetched document by what it really is, and keep what may be articles of the source.

    Never raises for what a server sent; what is wrong with it becomes a note.

    Args:
        document: what was asked for; its URL (after a redirect, the last one) is the base of relative links.
        body: payload without content encodings; b"" if there was none.
        content_type: header value.
        source: whose allow, deny, own sites and max_urls hold. Feeds that pages offer are followed only if it
            names none itself.
        now: aware. Dates hinted more than a day ahead of it are dropped.
        scope: how far back to look. A backfill follows a section's further pages and archives by date.

    Returns:
        Candidates, further documents (of depth 3 at most; which were fetched before is the caller's to know),
        and notes on all that was left out or wrong.
    """
    found = _read(document, body, content_type, now, scope)
    if document.kind is DocumentKind.FRONT:
        return Discovered(notes=found.notes, headlines=found.headlines)
    candidates, left_out = choose(
        (
            replace(c, published=plausible(c.published, now), modified=plausible(c.modified, now))
            for c in found.candidates
            if c.url != document.url
        ),
        Choice.of(source, scope),
        now=now,
    )
    offered = found.documents
    if scope.since is not None:
        links = [link.url for link in found.candidates if link.found_by is FoundBy.SECTION]
        offered += tuple(
            ref
            for ref in further_pages(document, links, next_page=found.next_page, since=scope.since, now=now)
            if site_of(ref.url) == site_of(document.url)
        )
    if source.discover.feeds:
        offered = tuple(ref for ref in offered if ref.kind is not DocumentKind.FEED)
    documents = tuple(ref for ref in offered if ref.depth <= MAX_DEPTH and ref.url != document.url)
    return Discovered(candidates, documents, found.notes + left_out, headlines=found.headlines)


def _read(
    document: DocumentRef, body: bytes, content_type: str | None, now: datetime, scope: Scope
) -> Discovered:
    """Dispatch by content; what is another thing than was asked for gets a note."""
    url, depth = document.url, document.depth
    if document.kind is DocumentKind.ROBOTS:
        return _read_robots(body, url, depth)
    body, unpacking = unpack(body, limit=MAX_SITEMAP_BYTES)
    wanted = DocumentKind.SECTION if document.kind is DocumentKind.FRONT else document.kind
    is_kind = _kind_of(body) or wanted  # what is none of them is refused by the reader that was asked for
    if is_kind is DocumentKind.FEED:
        found = read_feed(body, url=url, content_type=content_type)
    elif is_kind is DocumentKind.SITEMAP:
        found = read_sitemap(
            body,
            url=url,
            now=now,
            depth=depth,
            max_sub_sitemaps=scope.most_subs,
            sub_sitemap_age=scope.age(now),
        )
    else:
        found = read_section(body, url=url, content_type=content_type, depth=depth)
    other = (f"a {is_kind} where a {wanted} was expected",) if is_kind is not wanted else ()
    return replace(found, notes=(*unpacking, *other, *found.notes))


def _kind_of(body: bytes) -> DocumentKind | None:
    kind = sniff(body)
    if kind in _FEEDS:
        return DocumentKind.FEED
    return DocumentKind.SITEMAP if kind in _SITEMAPS else None


def _read_robots(body: bytes, url: str, depth: int) -> Discovered:
    """The Sitemap lines, news sitemaps first: a cap should cut others."""
    collector = Collector(FoundBy.SITEMAP, url)
    for line in sorted(
        dict.fromkeys(parse_robots(body).sitemaps), key=lambda line: "news" not in line.lower()
    ):
        collector.add_document(line, DocumentKind.SITEMAP, depth + 1)
    return collector.result()
