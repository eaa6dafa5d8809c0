"""What the extractor read out of a capture. Plain frozen values: no parser, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ArticleImage:
    """A picture of the article, in its place.

    Attributes:
        url: absolute address of the best size variant; what is fetched first.
        position: 0 for the lead picture or the first in the body, counting on in order.
        variants: other addresses of the same picture, best first.
        caption, credit, alt: as the page gives them, credit split from the caption; None if absent.
        sha256, phash, width, height, mime: of the archived bytes; None until archived (or if it failed).
        phash: 64-bit perceptual hash, 16 hex digits.
        embedded_caption, embedded_credit: as the file itself says in EXIF or IPTC; None until archived.
    """

    url: str
    position: int
    variants: tuple[str, ...] = ()
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None
    sha256: str | None = None
    phash: str | None = None
    width: int | None = None
    height: int | None = None
    mime: str | None = None
    embedded_caption: str | None = None
    embedded_credit: str | None = None


@dataclass(frozen=True, slots=True)
class LiveEntry:
    """One entry of a live blog.

    Attributes:
        published_at: aware; None if the page gives no moment that can be true.
        title: None if it has none.
        text: paragraphs separated by one empty line.
    """

    published_at: datetime | None
    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One reading of one page by one extractor.

    Attributes:
        url: the page's own address (after redirects).
        title: the headline, without the site's name.
        text: clean text; paragraphs separated by one empty line, no line breaks inside a paragraph.
        byline: people, in order, without "By".
        agency: news agencies that the byline names, in order.
        published_at, modified_at: aware moments; None if the page names none.
        published_raw: the date string that the page gave, for when a zone had to be assumed.
        published_confidence: how sure the date is: `zoned` (stated with its zone), `unzoned` (stated without,
            read on the clocks of the source's zone), `day` (a day, read as its start there), `guessed` (found
            in text or address).
        language: ISO 639-1 code.
        standfirst: the sentences between headline and text.
        section, tags: as the page names them; tags in its order.
        paywalled: whether the page says that the article is for subscribers; None if it says nothing.
        notes: corrections and editors' notes; they stay in the text where they stand there.
        live_entries: of a live blog, in the page's order.
        variant: `amp` or `print` if the page is such a twin of the article; None for the article's own page.
        asides: lines that stand among the text and are no text (lists of links, references, posts shown): an
            edit of one is an edit of the article.
        charset: the character encoding used and how it was chosen: `cp1251 (meta)`.
        amp_url, print_url: of its twins. next_page_url, previous_page_url: of the article's other pages.
        extractor: id of extractor and rules; articles are only compared under one id.
    """

    url: str
    title: str
    text: str
    extractor: str
    byline: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str | None = None
    published_confidence: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    description: str | None = None
    images: tuple[ArticleImage, ...] = field(default=())
    standfirst: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    paywalled: bool | None = None
    notes: tuple[str, ...] = ()
    live_entries: tuple[LiveEntry, ...] = ()
    variant: str | None = None
    amp_url: str | None = None
    print_url: str | None = None
    next_page_url: str | None = None
    previous_page_url: str | None = None
    charset: str | None = None
    asides: tuple[str, ...] = ()
