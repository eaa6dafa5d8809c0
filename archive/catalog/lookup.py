"""Questions by address: captures and articles of a URL."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import as_row, fetch, first, first_by, raw, select
from archive.catalog.schema import address, article, capture, ledger, segment
from archive.digest import url_key
from archive.open_batch import KnownPayload
from archive.rows import AddressRow, ArticleRow, CaptureRow, LedgerRow, PageRow, SegmentRow


def known_payload(catalog: Catalog, sha256: str, keep_days: int | None = None) -> KnownPayload | None:
    """The first capture that brought these payload bytes and is kept at least as long as that."""
    asked = {"sha256": sha256} if keep_days is None else {"sha256": sha256, "days": keep_days}
    rows = fetch(catalog, CaptureRow, _payloads(for_ever=keep_days is None), asked)
    return next((KnownPayload(row.url, row.at, row.segment, row.offset, row.length) for row in rows), None)


@cache
def _payloads(*, for_ever: bool) -> sa.Select[Any]:
    """The first capture of a payload in a segment that is kept for ever, or for some days at least."""
    lasting: sa.ColumnElement[bool] = segment.c.keep_days.is_(None)
    if not for_ever:
        lasting = sa.or_(lasting, segment.c.keep_days >= sa.bindparam("days", type_=sa.Integer))
    wanted = capture.c.payload_sha256 == sa.bindparam("sha256", type_=capture.c.payload_sha256.type)
    return (
        select(CaptureRow)
        .join_from(capture, segment, sa.and_(capture.c.segment == segment.c.key, lasting))
        .where(wanted, capture.c.kind == "response", capture.c.truncated.is_(None))
        .where(capture.c.status == 200)  # noqa: PLR2004
        .order_by(capture.c.at, capture.c.id)
        .limit(1)
    )


def keep_days(catalog: Catalog, key: str) -> int | None:
    """Retention class of a segment: how many days it is kept; None is for ever."""
    row = first_by(catalog, SegmentRow, key=key)
    return row.keep_days if row else None


def capture_by_id(catalog: Catalog, capture_id: str) -> CaptureRow | None:
    """A capture by the UUID of its record."""
    return first_by(catalog, CaptureRow, id=capture_id)


def capture_before(catalog: Catalog, url: str, at: datetime) -> CaptureRow | None:
    """The last whole page (200) of exactly this URL that was captured before a moment."""
    return next(iter(fetch(catalog, CaptureRow, _before(), {"key": url_key(url), "before": at})), None)


@cache
def _before() -> sa.Select[Any]:
    at = capture.c.at
    return (
        select(CaptureRow)
        .where(capture.c.url_key == sa.bindparam("key", type_=capture.c.url_key.type))
        .where(capture.c.status == 200, at < sa.bindparam("before", type_=at.type))  # noqa: PLR2004
        .order_by(at.desc(), capture.c.id.desc())
        .limit(1)
    )


def captures_at(catalog: Catalog, url: str, at: datetime) -> list[CaptureRow]:
    """The captures of exactly this URL and moment, those with a whole page (200) first."""
    query = select(CaptureRow).where(capture.c.url_key == url_key(url), capture.c.at == at)
    return fetch(catalog, CaptureRow, query.order_by(capture.c.status != 200, capture.c.id))  # noqa: PLR2004


def captures_of(catalog: Catalog, url: str) -> list[CaptureRow]:
    """Every capture of exactly this URL, oldest first: its TimeMap."""
    query = select(CaptureRow).where(capture.c.url_key == url_key(url)).order_by(capture.c.at, capture.c.id)
    return fetch(catalog, CaptureRow, query)


def closest_capture(catalog: Catalog, url: str, at: datetime, *, status: int = 200) -> CaptureRow | None:
    """The capture of this URL with this status that is closest in time (of two as close, the earlier).

    Captures are in order of time and id: of those in one second, it is the one next to the moment.
    """
    asked = {"key": url_key(url), "at": at, "status": status}
    nearest = min(raw(catalog, _neighbours(), asked), key=partial(_distance, at), default=None)
    return None if nearest is None else as_row(CaptureRow, nearest)


def _distance(at: datetime, row: sa.Row[Any]) -> tuple[timedelta, datetime]:
    return abs(row.at - at), row.at


@cache
def _neighbours() -> sa.CompoundSelect[Any]:
    """The last capture up to a moment and the first after it; built once, for that costs more than asking."""
    at = sa.bindparam("at", type_=capture.c.at.type)
    of_url = select(CaptureRow).where(
        capture.c.url_key == sa.bindparam("key", type_=capture.c.url_key.type),
        capture.c.status == sa.bindparam("status", type_=capture.c.status.type),
    )
    before = (
        of_url.where(capture.c.at <= at)
        .order_by(capture.c.at.desc(), capture.c.id.desc())
        .limit(1)
        .subquery()
    )
    after = of_url.where(capture.c.at > at).order_by(capture.c.at, capture.c.id).limit(1).subquery()
    return sa.union_all(sa.select(before), sa.select(after))


def article_of(catalog: Catalog, url: str) -> ArticleRow | None:
    """The article that this URL shows or has shown."""
    return next(iter(fetch(catalog, ArticleRow, _at_address(), {"key": url_key(url)})), None)


@cache
def _at_address() -> sa.Select[Any]:
    query = select(ArticleRow).join_from(article, address, article.c.id == address.c.article_id)
    wanted = sa.bindparam("key", type_=address.c.url_key.type)
    return query.where(address.c.url_key == wanted).limit(1)


def article_by_id(catalog: Catalog, article_id: str) -> ArticleRow | None:
    """An article by its identity."""
    return first_by(catalog, ArticleRow, id=article_id)


def addresses_of(catalog: Catalog, article_id: str) -> list[AddressRow]:
    """An article's history of URLs, oldest first."""
    query = (
        select(AddressRow).where(address.c.article_id == article_id).order_by(address.c.since, address.c.url)
    )
    return fetch(catalog, AddressRow, query)


def page_of(catalog: Catalog, url: str) -> PageRow | None:
    """What is known of an exact URL."""
    return first_by(catalog, PageRow, url_key=url_key(url))


def last_outcome(catalog: Catalog, url: str) -> LedgerRow | None:
    """How the URL ended when a run last met it: the answer to "why is there no article?"."""
    query = select(LedgerRow).where(ledger.c.url_key == url_key(url), ledger.c.at.is_not(None))
    return first(catalog, LedgerRow, query.order_by(ledger.c.at.desc(), ledger.c.run_id.desc()))
