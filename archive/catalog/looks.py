"""What many pages that are to be looked at next are asked for at once.

For each page the answers are those of the questions for one (`lookup`, `versions`), of which a fast crawl
would ask six a page: asking costs more than finding. Statements are built once, whatever the number of keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, raw, select
from archive.catalog.schema import address, article, capture, ledger, page, picture, segment, version
from archive.catalog.wanted import wanted_names, wanted_pairs
from archive.open_batch import KnownPayload
from archive.rows import ArticleRow, CaptureRow, LedgerRow, PageRow, PictureRow, SegmentRow, VersionRow


def pages_of(catalog: Catalog, url_keys: Iterable[str]) -> dict[str, PageRow]:
    """What is known of these addresses, by key."""
    found = fetch(catalog, PageRow, _pages(catalog.backend), _names(url_keys))
    return {row.url_key: row for row in found}


def captures_with(catalog: Catalog, ids: Iterable[str]) -> dict[str, CaptureRow]:
    """Captures by the UUIDs of their records."""
    return {row.id: row for row in fetch(catalog, CaptureRow, _captures(catalog.backend), _names(ids))}


def keep_days_of(catalog: Catalog, keys: Iterable[str]) -> dict[str, int | None]:
    """Retention classes of segments, by key, as `lookup.keep_days` gives them."""
    found = fetch(catalog, SegmentRow, _segments(catalog.backend), _names(keys))
    return {row.key: row.keep_days for row in found}


def captures_before(catalog: Catalog, url_keys: Iterable[str], at: datetime) -> dict[str, CaptureRow]:
    """The last whole page (200) of each address that was captured before a moment, by key of the address."""
    found = fetch(catalog, CaptureRow, _before(catalog.backend), {**_names(url_keys), "before": at})
    return {row.url_key: row for row in found}


def looks_at(catalog: Catalog, looks: Iterable[CaptureRow]) -> dict[str, LedgerRow]:
    """How the runs of these captures ended their addresses, by key: captures of one address each."""
    pairs = {(row.run_id, row.url_key) for row in looks}
    found: dict[str, LedgerRow] = {}
    for run in sorted({run for run, _ in pairs}):
        asked = {**_names(key for each, key in pairs if each == run), "run_id": run}
        found |= {row.url_key: row for row in fetch(catalog, LedgerRow, _ended(catalog.backend), asked)}
    return found


def articles_at(catalog: Catalog, url_keys: Iterable[str]) -> dict[str, ArticleRow]:
    """The article that each address shows or has shown, by key of the address."""
    asked = _names(url_keys)
    rows = {row.id: row for row in fetch(catalog, ArticleRow, _articles(catalog.backend), asked)}
    owners = map(tuple, raw(catalog, _owners(catalog.backend), asked))
    return {str(key): rows[owner] for key, owner in owners if owner in rows}


def newest_versions(catalog: Catalog, article_ids: Iterable[str]) -> dict[str, VersionRow]:
    """The newest version of each article, which may be a tombstone."""
    found = fetch(catalog, VersionRow, _newest(catalog.backend), _names(article_ids))
    return {row.article_id: row for row in found}


def pictures_of(catalog: Catalog, shown: Iterable[VersionRow]) -> dict[str, list[PictureRow]]:
    """The pictures of these versions, in order, by article: versions of one article each."""
    wanted = json.dumps(sorted((row.article_id, row.number) for row in shown))
    found = fetch(catalog, PictureRow, _pictures(catalog.backend), {"wanted": wanted})
    return {article_id: list(rows) for article_id, rows in groupby(found, attrgetter("article_id"))}


def known_payloads(
    catalog: Catalog, digests: Iterable[str], keep_days: int | None
) -> dict[str, KnownPayload]:
    """Where payload bytes lie that are kept at least so long, by sha256, as `lookup.known_payload` says."""
    query = _payloads(catalog.backend, for_ever=keep_days is None)
    asked = _names(digests) if keep_days is None else {**_names(digests), "days": keep_days}
    return {
        row.payload_sha256: KnownPayload(row.url, row.at, row.segment, row.offset, row.length)
        for row in fetch(catalog, CaptureRow, query, asked)
    }


def _names(keys: Iterable[str]) -> dict[str, object]:
    return {"wanted": json.dumps(sorted(set(keys)))}


# ── the statements ───────────────────────────────────────────────────────────────────────────────────


@cache
def _pages(backend: str) -> sa.Select[Any]:
    return select(PageRow).where(page.c.url_key.in_(sa.select(wanted_names(backend, ()).c.name)))


@cache
def _captures(backend: str) -> sa.Select[Any]:
    return select(CaptureRow).where(capture.c.id.in_(sa.select(wanted_names(backend, ()).c.name)))


@cache
def _segments(backend: str) -> sa.Select[Any]:
    return select(SegmentRow).where(segment.c.key.in_(sa.select(wanted_names(backend, ()).c.name)))


@cache
def _before(backend: str) -> sa.Select[Any]:
    wanted, each = wanted_names(backend, ()), capture.alias("each")
    last = (
        sa.select(each.c.id)
        .where(each.c.url_key == wanted.c.name, each.c.status == 200)  # noqa: PLR2004
        .where(each.c.at < sa.bindparam("before", type_=each.c.at.type))
        .order_by(each.c.at.desc(), each.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(CaptureRow).where(capture.c.id.in_(sa.select(last).select_from(wanted)))


@cache
def _ended(backend: str) -> sa.Select[Any]:
    of_run = ledger.c.run_id == sa.bindparam("run_id", type_=ledger.c.run_id.type)
    wanted = sa.select(wanted_names(backend, ()).c.name)
    return select(LedgerRow).where(of_run, ledger.c.url_key.in_(wanted))


@cache
def _owners(backend: str) -> sa.Select[Any]:
    wanted = sa.select(wanted_names(backend, ()).c.name)
    return sa.select(address.c.url_key, address.c.article_id).where(address.c.url_key.in_(wanted))


@cache
def _articles(backend: str) -> sa.Select[Any]:
    wanted = sa.select(wanted_names(backend, ()).c.name)
    owners = sa.select(address.c.article_id).where(address.c.url_key.in_(wanted))
    return select(ArticleRow).where(article.c.id.in_(owners))


@cache
def _newest(backend: str) -> sa.Select[Any]:
    wanted, each = wanted_names(backend, ()), version.alias("each")
    number = sa.select(sa.func.max(each.c.number)).where(each.c.article_id == version.c.article_id)
    of_wanted = version.c.article_id.in_(sa.select(wanted.c.name))
    return select(VersionRow).where(of_wanted, version.c.number == number.scalar_subquery())


@cache
def _pictures(backend: str) -> sa.Select[Any]:
    wanted = wanted_pairs(backend, ())
    same = sa.and_(picture.c.article_id == wanted.c.name, picture.c.number == wanted.c.number)
    query = select(PictureRow).join_from(picture, wanted, same)
    return query.order_by(picture.c.article_id, picture.c.position)


@cache
def _payloads(backend: str, *, for_ever: bool) -> sa.Select[Any]:
    wanted, each = wanted_names(backend, ()), capture.alias("each")
    lasting: sa.ColumnElement[bool] = segment.c.keep_days.is_(None)
    if not for_ever:
        lasting = sa.or_(lasting, segment.c.keep_days >= sa.bindparam("days", type_=sa.Integer))
    first = (
        sa.select(each.c.id)
        .join_from(each, segment, sa.and_(each.c.segment == segment.c.key, lasting))
        .where(each.c.payload_sha256 == wanted.c.name, each.c.kind == "response")
        .where(each.c.truncated.is_(None), each.c.status == 200)  # noqa: PLR2004
        .order_by(each.c.at, each.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(CaptureRow).where(capture.c.id.in_(sa.select(first).select_from(wanted)))
