"""Questions by address: captures and articles of a URL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, select
from archive.catalog.schema import address, article, capture, ledger, page
from archive.digest import url_key
from archive.open_batch import KnownPayload
from archive.rows import AddressRow, ArticleRow, CaptureRow, LedgerRow, PageRow


def known_payload(catalog: Catalog, sha256: str) -> KnownPayload | None:
    """The first capture that brought these payload bytes, if any did."""
    query = (
        select(CaptureRow)
        .where(
            capture.c.payload_sha256 == sha256, capture.c.kind == "response", capture.c.truncated.is_(None)
        )
        .where(capture.c.status == 200)  # noqa: PLR2004
        .order_by(capture.c.at, capture.c.id)
    )
    row = first(catalog, CaptureRow, query)
    return KnownPayload(row.url, row.at, row.segment, row.offset, row.length) if row else None


def capture_by_id(catalog: Catalog, capture_id: str) -> CaptureRow | None:
    """A capture by the UUID of its record."""
    return first(catalog, CaptureRow, select(CaptureRow).where(capture.c.id == capture_id))


def captures_at(catalog: Catalog, url: str, at: datetime) -> list[CaptureRow]:
    """The captures of exactly this URL and moment, those with a whole page (200) first."""
    query = select(CaptureRow).where(capture.c.url_key == url_key(url), capture.c.at == at)
    return fetch(catalog, CaptureRow, query.order_by(capture.c.status != 200, capture.c.id))  # noqa: PLR2004


def captures_of(catalog: Catalog, url: str) -> list[CaptureRow]:
    """Every capture of exactly this URL, oldest first: its TimeMap."""
    query = select(CaptureRow).where(capture.c.url_key == url_key(url)).order_by(capture.c.at, capture.c.id)
    return fetch(catalog, CaptureRow, query)


def closest_capture(catalog: Catalog, url: str, at: datetime, *, status: int = 200) -> CaptureRow | None:
    """The capture of this URL with this status that is closest in time (of two as close, the earlier)."""
    of_url = sa.and_(capture.c.url_key == url_key(url), capture.c.status == status)
    before = first(
        catalog,
        CaptureRow,
        select(CaptureRow).where(of_url, capture.c.at <= at).order_by(capture.c.at.desc(), capture.c.id),
    )
    after = first(
        catalog,
        CaptureRow,
        select(CaptureRow).where(of_url, capture.c.at > at).order_by(capture.c.at, capture.c.id),
    )
    if before is None or after is None:
        return before or after
    return before if at - before.at <= after.at - at else after


def article_of(catalog: Catalog, url: str) -> ArticleRow | None:
    """The article that this URL shows or has shown."""
    query = select(ArticleRow).join_from(article, address, article.c.id == address.c.article_id)
    return first(catalog, ArticleRow, query.where(address.c.url_key == url_key(url)))


def article_by_id(catalog: Catalog, article_id: str) -> ArticleRow | None:
    """An article by its identity."""
    return first(catalog, ArticleRow, select(ArticleRow).where(article.c.id == article_id))


def addresses_of(catalog: Catalog, article_id: str) -> list[AddressRow]:
    """An article's history of URLs, oldest first."""
    query = (
        select(AddressRow).where(address.c.article_id == article_id).order_by(address.c.since, address.c.url)
    )
    return fetch(catalog, AddressRow, query)


def page_of(catalog: Catalog, url: str) -> PageRow | None:
    """What is known of an exact URL."""
    return first(catalog, PageRow, select(PageRow).where(page.c.url_key == url_key(url)))


def last_outcome(catalog: Catalog, url: str) -> LedgerRow | None:
    """How the URL ended when a run last met it: the answer to "why is there no article?"."""
    query = select(LedgerRow).where(ledger.c.url_key == url_key(url), ledger.c.at.is_not(None))
    return first(catalog, LedgerRow, query.order_by(ledger.c.at.desc(), ledger.c.run_id.desc()))
