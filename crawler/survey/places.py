"""Where sites usually keep feeds and sitemaps, and which links lead to sections (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from crawler.candidate import Candidate
from crawler.links import lexicon
from crawler.links.features import segments_of
from crawler.links.place import Place

# By how often sites and their publishing systems have them (WordPress, Drupal, Ghost, Hugo, Arc, ...).
USUAL_FEEDS = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "feed.json", "index.xml")
USUAL_SITEMAPS = (
    "news-sitemap.xml",
    "sitemap-news.xml",
    "sitemap.xml",
    "sitemap_index.xml",
    "sitemap.xml.gz",
)
MOST_SECTIONS = 6
_DEEPEST = 2  # path segments of a section's address
_MOST_WORDS = 4  # of a section's name
_NO_SECTIONS = (
    lexicon.SERVICES | lexicon.MEDIA | (lexicon.LISTS - {"section", "sections", "rubrik", "seccion"})
)


def usual_feeds(home: str) -> tuple[str, ...]:
    """Addresses at which the site may have a feed."""
    return tuple(urljoin(home, f"/{place}") for place in USUAL_FEEDS)


def usual_sitemaps(home: str) -> tuple[str, ...]:
    """Addresses at which the site may have a sitemap, those for news first."""
    return tuple(urljoin(home, f"/{place}") for place in USUAL_SITEMAPS)


def section_links(others: Iterable[Candidate], home: str) -> tuple[str, ...]:
    """Of a home page's links that are no stories, those that lead to sections, likeliest first.

    A section has a short name and a short address, and mostly stands in a menu; other languages' home pages
    and subdomains are sections too.
    """
    ranked: list[tuple[int, int, str]] = []
    for number, link in enumerate(others):
        if _bare(link.url) == _bare(home) or not _may_be_section(link, home):
            continue
        menu = link.place == Place.MENU
        foot = link.place == Place.FOOTER
        ranked.append((0 if menu else 2 if foot else 1, number, link.url))
    return tuple(url for _, _, url in sorted(ranked))[:MOST_SECTIONS]


def _may_be_section(link: Candidate, home: str) -> bool:
    parts = urlsplit(link.url)
    if parts.query or not 0 < len((link.title or "").split()) <= _MOST_WORDS:
        return False
    segments = segments_of(link.url)
    if segments is None:  # a bare host: another subdomain's first page
        other = parts.netloc != urlsplit(home).netloc and parts.path in {"", "/"}
        return other and (parts.hostname or "").partition(".")[0] not in lexicon.SERVICE_HOSTS
    return len(segments) <= _DEEPEST and not _NO_SECTIONS.intersection(segments)


def _bare(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")
