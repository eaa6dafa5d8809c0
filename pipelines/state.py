"""What an article says at one moment, in the shape in which two moments are compared."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.article import Article, ArticleImage, LiveEntry
from archive.clock import isoformat_z
from archive.digest import sha256_hex
from archive.rows import ImageRow, PictureRow, VersionRow
from pipelines.dates import GUESSED

# Fields that JSON takes as they are.
_PLAIN = (
    "standfirst", "section", "tags", "paywalled", "notes", "asides", "variant", "amp_url", "print_url",
    "next_page_url", "previous_page_url", "charset",
)  # fmt: skip
_OF_IMAGE = (
    "url", "position", "caption", "credit", "alt", "sha256", "phash", "width", "height", "mime",
    "embedded_caption", "embedded_credit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as compared: by its bytes, or by what it looks like where only the encoding differs."""

    url: str
    sha256: str | None
    phash: str | None
    caption: str | None
    credit: str | None


@dataclass(frozen=True, slots=True)
class State:
    """An article's content under one extractor.

    Attributes:
        text: None where it is not kept any more; then only digests can be compared.
        walled: a wall hides the end of the text; `text` is then what stood there before it.
    """

    url: str
    title: str
    text_sha256: str
    byline: tuple[str, ...]
    published_at: datetime | None
    pictures: tuple[Picture, ...]
    extractor: str
    text: str | None = field(default=None, compare=False)
    modified_at: datetime | None = None
    notes: tuple[str, ...] = ()
    paywalled: bool | None = None
    walled: bool = False
    guessed_date: bool = False
    asides: tuple[str, ...] = ()


def text_digest(text: str) -> str:
    """Identity of a clean text."""
    return sha256_hex(text.encode("utf-8", "surrogatepass"))


def state_of(article: Article) -> State:
    """The state that a reading shows."""
    pictures = tuple(Picture(i.url, i.sha256, i.phash, i.caption, i.credit) for i in article.images)
    return State(
        article.url,
        article.title,
        text_digest(article.text),
        article.byline,
        article.published_at,
        pictures,
        article.extractor,
        article.text,
        article.modified_at,
        article.notes,
        article.paywalled,
        guessed_date=article.published_confidence == GUESSED,
        asides=article.asides,
    )


def state_of_version(
    version: VersionRow, pictures: list[PictureRow], images: dict[str, ImageRow], text: str | None = None
) -> State:
    """The state that a stored version shows; `images` by sha256, `text` if it is kept."""
    return State(
        version.url,
        version.title or "",
        version.text_sha256 or "",
        version.byline,
        version.published_at,
        tuple(Picture(p.url, p.sha256, _phash(images, p.sha256), p.caption, p.credit) for p in pictures),
        version.extractor or "",
        text,
        version.modified_at,
        version.notes,
        version.paywalled,
        version.walled,
        version.published_confidence == GUESSED,
        version.asides,
    )


def with_known_bytes(article: Article, before: State) -> Article:
    """The article with the digests that the version before has for the same picture addresses."""
    known = {picture.url: picture for picture in before.pictures if picture.sha256}
    images = tuple(
        replace(image, sha256=known[image.url].sha256, phash=known[image.url].phash)
        if image.sha256 is None and image.url in known
        else image
        for image in article.images
    )
    return replace(article, images=images)


def article_json(article: Article) -> bytes:
    """The article as the `metadata` record keeps it: everything but the text, which lies beside it."""
    fields = {
        "url": article.url,
        "title": article.title,
        "byline": article.byline,
        "agency": article.agency,
        "published_at": _moment(article.published_at),
        "published_raw": article.published_raw,
        "published_confidence": article.published_confidence,
        "modified_at": _moment(article.modified_at),
        "language": article.language,
        "canonical_url": article.canonical_url,
        "site_name": article.site_name,
        "description": article.description,
        **{name: getattr(article, name) for name in _PLAIN},
        "live_entries": [_entry(entry) for entry in article.live_entries],
        "extractor": article.extractor,
        "text_sha256": text_digest(article.text),
        "images": [_image(image) for image in article.images],
    }
    return json.dumps(fields, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def _image(image: ArticleImage) -> dict[str, object]:
    return {name: getattr(image, name) for name in _OF_IMAGE}


def _entry(entry: LiveEntry) -> dict[str, object]:
    return {"published_at": _moment(entry.published_at), "title": entry.title, "text": entry.text}


def _moment(moment: datetime | None) -> str | None:
    return isoformat_z(moment) if moment else None


def _phash(images: dict[str, ImageRow], sha256: str | None) -> str | None:
    row = images.get(sha256 or "")
    return row.phash if row else None
