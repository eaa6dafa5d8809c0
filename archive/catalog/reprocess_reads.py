"""What is to be read again: articles by their versions, and captures of pages that were no articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.catalog import takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.catalog.schema import ledger, version
from archive.rows import LedgerRow

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Whose captures of which time: at `since` or later and before `until`; None and empty: no limit."""

    sources: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def count_articles(catalog: Catalog, span: Span) -> int:
    """How many articles have a version with content in the span."""
    query = sa.select(sa.func.count(version.c.article_id.distinct())).where(*_of_versions(span))
    with catalog.read() as connection:
        return int(connection.execute(query).scalar_one())


def articles(catalog: Catalog, span: Span) -> Iterator[str]:
    """Ids of these articles, in order; no transaction stays open."""
    query = sa.select(version.c.article_id).distinct().where(*_of_versions(span))
    query = query.order_by(version.c.article_id).limit(_PAGE)
    last = ""
    while True:
        with catalog.read() as connection:
            found = list(connection.execute(query.where(version.c.article_id > last)).scalars())
        yield from found
        if len(found) < _PAGE:
            return
        last = found[-1]


def count_refused(catalog: Catalog, span: Span, reasons: Sequence[str]) -> int:
    """How many captures of the span were of no article."""
    query = sa.select(sa.func.count()).select_from(ledger).where(*_of_refused(span, reasons))
    with catalog.read() as connection:
        return int(connection.execute(query).scalar_one())


def refused(catalog: Catalog, span: Span, reasons: Sequence[str]) -> Iterator[LedgerRow]:
    """Ledger rows of captures that were quarantined, or could not be read for one of these reasons."""
    order = (ledger.c.run_id, ledger.c.url_key)
    query = select(LedgerRow).where(*_of_refused(span, reasons)).order_by(*order).limit(_PAGE)
    rows = fetch(catalog, LedgerRow, query)
    while rows:
        yield from rows
        if len(rows) < _PAGE:
            return
        here = (sa.literal(rows[-1].run_id), sa.literal(rows[-1].url_key))
        rows = fetch(catalog, LedgerRow, query.where(sa.tuple_(*order) > sa.tuple_(*here)))


def _of_versions(span: Span) -> list[sa.ColumnElement[bool]]:
    standing = version.c.article_id.not_in(takedowns.articles())
    return [version.c.removed.is_(False), standing, *_within(span, version.c.source, version.c.captured_at)]


def _of_refused(span: Span, reasons: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    unread = sa.and_(ledger.c.outcome == "failed", ledger.c.reason.in_(list(reasons)))
    return [
        ledger.c.capture_id.is_not(None),
        sa.or_(ledger.c.outcome == "quarantined", unread),
        *_within(span, ledger.c.source, ledger.c.at),
    ]


def _within(span: Span, source: sa.Column[Any], at: sa.Column[Any]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if span.sources:
        found.append(source.in_(span.sources))
    if span.since is not None:
        found.append(at >= span.since)
    if span.until is not None:
        found.append(at < span.until)
    return found
