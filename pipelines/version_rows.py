"""A new version as catalog rows (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from archive.article import Article, ArticleImage
from archive.digest import url_key
from archive.rows import AddressRow, ArticleRow, CaptureRow, EventRow, ImageRow, PictureRow, Row, VersionRow
from archive.version import Event
from pipelines.history import Past
from pipelines.state import text_digest
from pipelines.versions.compare import Change

FIRST = Change()  # what leads to a first version: nothing


@dataclass(frozen=True, slots=True)
class MadeVersion:
    """A version and every row that goes with it."""

    article: ArticleRow
    version: VersionRow
    rows: tuple[Row, ...]


def rows_of_version(
    past: Past | None,
    article: Article,
    capture: CaptureRow,
    *,
    events: tuple[Event, ...],
    urls: tuple[str, ...],
    images: tuple[ImageRow, ...],
    parts: tuple[str, ...] = (),
    change: Change = FIRST,
    returns_to: int | None = None,
) -> MadeVersion:
    """The next version of an article, or the first of a new one, whose id is the key of its address.

    `urls` and `images` are those that the catalog does not have yet; `parts` the captures of further pages;
    `change` is what led here, and `returns_to` the number of an earlier version that said the same.
    """
    owner = _owner(past, article, capture)
    version = VersionRow(
        article_id=owner.id,
        number=owner.versions,
        source=capture.source,
        url=article.url,
        captured_at=capture.at,
        run_id=capture.run_id,
        capture_id=capture.id,
        parts=parts,
        returns_to=returns_to,
        **said_by(article),
        **graded_by(change),
    )
    rows: tuple[Row, ...] = (
        owner,
        *address_rows(owner, urls, capture.at),
        version,
        *event_rows(version, events),
        *picture_rows(version, article.images),
        *images,
    )
    return MadeVersion(owner, version, rows)


def said_by(article: Article) -> dict[str, Any]:
    """The fields of a version that a reading gives, by name."""
    return {
        "extractor": article.extractor,
        "title": article.title,
        "byline": article.byline,
        "published_at": article.published_at,
        "published_raw": article.published_raw,
        "modified_at": article.modified_at,
        "language": article.language,
        "canonical_url": article.canonical_url,
        "site_name": article.site_name,
        "description": article.description,
        "text_sha256": text_digest(article.text),
        "agency": article.agency,
        "published_confidence": article.published_confidence,
        "standfirst": article.standfirst,
        "section": article.section,
        "tags": article.tags,
        "paywalled": article.paywalled,
        "notes": article.notes,
        "asides": article.asides,
        "variant": article.variant,
        "amp_url": article.amp_url,
        "charset": article.charset,
    }


def graded_by(change: Change) -> dict[str, Any]:
    """The fields of a version that say what the change before it amounts to, by name."""
    edit = change.edit
    return {
        "edit": str(edit.grade) if edit else None,
        "words_added": edit.words_added if edit else 0,
        "words_removed": edit.words_removed if edit else 0,
        "sentences_moved": edit.moved if edit else 0,
        "silent": change.silent,
        "walled": change.walled,
    }


def picture_rows(version: VersionRow, images: Iterable[ArticleImage]) -> tuple[PictureRow, ...]:
    """The pictures of a version as rows, in order."""
    return tuple(
        PictureRow(
            article_id=version.article_id,
            number=version.number,
            position=position,
            url=image.url,
            caption=image.caption,
            credit=image.credit,
            alt=image.alt,
            sha256=image.sha256,
            embedded_caption=image.embedded_caption,
            embedded_credit=image.embedded_credit,
        )
        for position, image in enumerate(images)
    )


def address_rows(article: ArticleRow, urls: tuple[str, ...], since: datetime) -> tuple[AddressRow, ...]:
    """Addresses that an article is known by from now on."""
    return tuple(
        AddressRow(url_key=url_key(url), url=url, article_id=article.id, since=since) for url in urls
    )


def event_rows(version: VersionRow, events: tuple[Event, ...]) -> tuple[EventRow, ...]:
    """Events as rows of their version, in order."""
    return tuple(
        EventRow(
            article_id=version.article_id,
            number=version.number,
            position=position,
            kind=str(event.kind),
            before=event.before,
            after=event.after,
        )
        for position, event in enumerate(events)
    )


def _owner(past: Past | None, article: Article, capture: CaptureRow) -> ArticleRow:
    if past is None:
        return ArticleRow(
            id=url_key(article.url),
            source=capture.source,
            url=article.url,
            first_captured_at=capture.at,
            versions=1,
        )
    return replace(past.article, url=article.url, versions=past.newest.number + 1, removed=False)
