"""Rows that say what an article is: its addresses, versions, events, pictures and texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """One article identity: its current address, and how many versions it has."""

    table: ClassVar[str] = "article"
    id: str
    source: str
    url: str
    first_captured_at: datetime
    versions: int
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """One address in an article's history of URLs."""

    table: ClassVar[str] = "address"
    url_key: str
    url: str
    article_id: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """The n-th distinct state of an article, or its tombstone (`removed`, with the evidence).

    `paywalled` is None where the page says nothing. `parts` are the captures of the article's second and
    further pages, in order, which were read together with `capture_id`. `charset` is the encoding that the
    page was decoded with and how it was chosen: `cp1251 (meta)`. `asides` are lines that stand among the text
    and are no text: lists of links, references, posts shown.

    `edit` grades a `text` event, `minor` or `major`, by its words added and removed (a sentence that only
    moved is counted in `sentences_moved`). `silent`: headline or text changed, and neither a new modified
    date nor a note says so. `returns_to` is the number of an earlier version with this headline and text.
    `walled`: the page shows the beginning of what it showed before, and says that the rest is paid for.
    """

    table: ClassVar[str] = "version"
    article_id: str
    number: int
    source: str
    url: str
    captured_at: datetime
    run_id: str
    capture_id: str
    extractor: str | None
    title: str | None
    byline: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    description: str | None = None
    text_sha256: str | None = None
    removed: bool = False
    last_seen_at: datetime | None = None
    first_missing_at: datetime | None = None
    missing_how: str | None = None
    agency: tuple[str, ...] = ()
    published_confidence: str | None = None
    standfirst: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    paywalled: bool | None = None
    notes: tuple[str, ...] = ()
    variant: str | None = None
    amp_url: str | None = None
    charset: str | None = None
    parts: tuple[str, ...] = ()
    edit: str | None = None
    words_added: int = 0
    words_removed: int = 0
    sentences_moved: int = 0
    silent: bool = False
    returns_to: int | None = None
    walled: bool = False
    asides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One typed change of a version against the one before it."""

    table: ClassVar[str] = "event"
    article_id: str
    number: int
    position: int
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """A picture in its place in a version; `sha256` is None where it could not be archived.

    `embedded_caption` and `embedded_credit` are what the file itself says (EXIF, IPTC).
    """

    table: ClassVar[str] = "picture"
    article_id: str
    number: int
    position: int
    url: str
    caption: str | None
    credit: str | None
    alt: str | None
    sha256: str | None
    embedded_caption: str | None = None
    embedded_credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRow:
    """Archived picture bytes, once per content, with the first capture that showed them.

    `look` is what other pictures are compared with (`pipelines.duplicates.look`); None of pictures that were
    archived before it was kept.
    """

    table: ClassVar[str] = "image"
    sha256: str
    phash: str | None
    mime: str
    width: int
    height: int
    size: int
    first_url: str
    first_at: datetime
    capture_id: str
    look: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """Where a clean text lies in `derived/`; the catalog keeps a compressed copy beside it."""

    table: ClassVar[str] = "text"
    sha256: str
    characters: int
    segment: str
    offset: int
    length: int
