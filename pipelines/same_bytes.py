"""A page of the very bytes that its article was read out of before: nothing can have changed.

A twentieth of a news site's pages are byte-identical after a week, and nearly all of a quiet one's. Reading
such a page again would only repeat what the last look found, at ten times the cost of fetching it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import frontier, looks, lookup, versions
from archive.catalog.catalog import Catalog
from archive.charset import codec_for, header_charset
from archive.exchange import Exchange
from archive.outcome import OutcomeKind
from archive.rows import ArticleRow, CaptureRow, LedgerRow, PictureRow, VersionRow
from config.source import Source
from pipelines.fetched import FetchedPage

_READ = frozenset({OutcomeKind.ARCHIVED, OutcomeKind.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the catalog knows of a page since the last look at it.

    Attributes:
        article, newest: the article at its address, and that one's newest version, which may be a tombstone.
        pictures: of that version.
        before: the capture of the last look that brought a whole page.
        ended: how that look ended.
    """

    article: ArticleRow
    newest: VersionRow
    pictures: tuple[PictureRow, ...]
    before: CaptureRow
    ended: LedgerRow


def standing(catalog: Catalog, page: FetchedPage) -> Standing | None:
    """What was known of a page before this look; None if it was never read, or from other bytes. Blocks."""
    url = page.urls[-1]
    before = lookup.capture_before(catalog, url, page.capture.at)
    if before is None or before.payload_sha256 != page.capture.payload_sha256:
        return None
    ended = frontier.row_of(catalog, before.run_id, before.url_key)
    article = lookup.article_of(catalog, url)
    newest = versions.newest_version(catalog, article.id) if article else None
    if ended is None or article is None or newest is None:
        return None
    pictures = versions.pictures_of(catalog, article.id, newest.number)
    return Standing(article, newest, tuple(pictures), before, ended)


def standings(catalog: Catalog, url_keys: Collection[str], at: datetime) -> dict[str, Standing]:
    """What is known of pages before a moment, by key, whatever bytes the next look brings. Blocks."""
    before = looks.captures_before(catalog, url_keys, at)
    if not before:
        return {}
    ended = looks.looks_at(catalog, before.values())
    articles = looks.articles_at(catalog, before)
    newest = looks.newest_versions(catalog, (article.id for article in articles.values()))
    pictures = looks.pictures_of(catalog, newest.values())
    return {
        key: Standing(
            articles[key],
            newest[articles[key].id],
            tuple(pictures.get(articles[key].id, ())),
            before[key],
            ended[key],
        )
        for key in before
        if key in ended and key in articles and articles[key].id in newest
    }


def may_stand(page: FetchedPage) -> bool:
    """Whether the bytes alone can tell what a page shows (pure): a browser or another page adds nothing.

    Without a redirect, and not on a host that answers "not found" with 200, which is told by comparing.
    """
    return len(page.urls) == 1 and page.absent is None and not page.source.render.enabled


def stands(page: FetchedPage, known: Standing) -> bool:
    """Whether a look at these bytes can only find what the last one found (pure).

    That look must have read the article, whole, out of these bytes at this address; the newest version must
    be what it showed; and nothing may be left to be fetched for it: no picture, no further page.
    """
    newest, ended = known.newest, known.ended
    return (
        known.before.payload_sha256 == page.capture.payload_sha256
        and ended.capture_id == known.before.id
        and ended.outcome in _READ
        and ended.reason is None  # a reason names what was missing
        and known.article.url == newest.url == page.urls[-1]
        and not (newest.removed or newest.walled or newest.parts)
        and newest.source == page.source.name
        and newest.captured_at <= known.before.at
        and _has_its_pictures(page.source, known.pictures)
        and _is_read_alike(page.exchange, newest)
    )


def _has_its_pictures(source: Source, pictures: tuple[PictureRow, ...]) -> bool:
    """One that could not be had is tried again; and a source may want more or fewer of them by now."""
    if not source.images.enabled:
        return not pictures
    return len(pictures) < source.images.max and all(picture.sha256 for picture in pictures)


def _is_read_alike(exchange: Exchange, newest: VersionRow) -> bool:
    """Whether the header says of the bytes what was found of them before: `utf-8 (header)`."""
    encoding, _, chosen_by = (newest.charset or "").partition(" ")
    if not encoding or (exchange.header("Content-Encoding") is None and b"<" not in exchange.body[:2048]):
        return False
    said = codec_for(header_charset(exchange.header("Content-Type")))
    return said == encoding or (said is None and chosen_by != "(header)")
