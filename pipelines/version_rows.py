"""A new version as catalog rows (pure)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from archive.article import Article
from archive.digest import url_key
from archive.rows import AddressRow, ArticleRow, CaptureRow, EventRow, ImageRow, PictureRow, Row, VersionRow
from archive.version import Event
from pipelines.history import Past
from pipelines.state import text_digest


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
) -> MadeVersion:
    """The next version of an article, or the first of a new one, whose id is the key of its address.

    `urls` and `images` are those that the catalog does not have yet.
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
        extractor=article.extractor,
        title=article.title,
        byline=article.byline,
        published_at=article.published_at,
        published_raw=article.published_raw,
        modified_at=article.modified_at,
        language=article.language,
        canonical_url=article.canonical_url,
        site_name=article.site_name,
        description=article.description,
        text_sha256=text_digest(article.text),
    )
    pictures = (
        PictureRow(
            article_id=owner.id,
            number=version.number,
            position=position,
            url=image.url,
            caption=image.caption,
            credit=image.credit,
            alt=image.alt,
            sha256=image.sha256,
        )
        for position, image in enumerate(article.images)
    )
    rows: tuple[Row, ...] = (
        owner,
        *address_rows(owner, urls, capture.at),
        version,
        *event_rows(version, events),
        *pictures,
        *images,
    )
    return MadeVersion(owner, version, rows)


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
