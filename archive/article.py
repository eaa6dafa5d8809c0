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


@dataclass(frozen=True, slots=True)
class Article:
    """One reading of one page by one extractor.

    Attributes:
        url: the page's own address (after redirects).
        title: the headline, without the site's name.
        text: clean text; paragraphs separated by one empty line, no line breaks inside a paragraph.
        byline: people, in order, without "By".
        published_at, modified_at: aware moments; None if the page names none.
        published_raw: the date string that the page gave, for when a zone had to be assumed.
        language: ISO 639-1 code.
        extractor: id of extractor and rules; articles are only compared under one id.
    """

    url: str
    title: str
    text: str
    extractor: str
    byline: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    description: str | None = None
    images: tuple[ArticleImage, ...] = field(default=())
