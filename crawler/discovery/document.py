"""What discovery reads and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from config.errors import ConfigError
from crawler.candidate import Candidate
from crawler.discovery.front import Headline
from crawler.urls import Refusal, clean_url


class DocumentKind(StrEnum):
    """What a document is expected to be; what it really is decides how it is read."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"  # a home or section page
    FRONT = "front"  # a home page that is kept for what it led with, and not searched for articles
    ROBOTS = "robots"  # read for its Sitemap lines


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document to fetch and read for links.

    Attributes:
        url: absolute, as `clean_url` gives it.
        kind: what it is expected to be.
        depth: how many documents lie before it on the way from the source's own (0: named by the source).
        page: which page of a list that goes on it is; a page that names nothing new ends the list.
    """

    url: str
    kind: DocumentKind
    depth: int = 0
    page: int = 1


@dataclass(frozen=True, slots=True)
class Discovered:
    """What one document named.

    Attributes:
        candidates: URLs that may be articles, in the document's order, each once.
        documents: further documents to fetch; which of them were seen already is the caller's to know.
        notes: what was wrong or left out, for the run's ledger: `cut at 5000 entries`, `not a feed: html`.
        next_page: what a page itself calls its next one.
        headlines: of a home or section page, the stories that it shows, in order.
    """

    candidates: tuple[Candidate, ...] = ()
    documents: tuple[DocumentRef, ...] = ()
    notes: tuple[str, ...] = ()
    next_page: str | None = None
    headlines: tuple[Headline, ...] = ()


def spelled(url: str) -> str:
    """An address from configuration, as requests and links spell it.

    Raises:
        ConfigError: no request can be made of it.
    """
    cleaned = clean_url("", url)
    if isinstance(cleaned, Refusal):
        raise ConfigError(f"{url!r} cannot be fetched: {cleaned.value}; expected http(s)://host/path")
    return cleaned
