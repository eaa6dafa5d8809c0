"""The frontier of a run: ledger rows without an outcome, and what is known of their pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first_by, pieces, raw, rows_with, select
from archive.catalog.schema import document, ledger, page
from archive.rows import DocumentRow, LedgerRow, PageRow


def pending(
    catalog: Catalog, run_id: str, source: str, *, after: int = -1, limit: int = 100
) -> list[LedgerRow]:
    """URLs of a run and source that still wait for their outcome, in order of discovery, after a position."""
    waiting = sa.and_(ledger.c.run_id == run_id, ledger.c.source == source, ledger.c.outcome.is_(None))
    query = select(LedgerRow).where(waiting, ledger.c.position > after)
    return fetch(catalog, LedgerRow, query.order_by(ledger.c.position).limit(limit))


def rows_of(catalog: Catalog, run_id: str, url_keys: Sequence[str]) -> list[LedgerRow]:
    """The ledger rows of these URLs in a run."""
    found: list[LedgerRow] = []
    for piece in pieces(sorted(set(url_keys))):
        query = select(LedgerRow).where(ledger.c.run_id == run_id, ledger.c.url_key.in_(piece))
        found += fetch(catalog, LedgerRow, query)
    return found


def row_of(catalog: Catalog, run_id: str, url_key: str) -> LedgerRow | None:
    """The ledger row of one URL in a run."""
    return first_by(catalog, LedgerRow, run_id=run_id, url_key=url_key)


def discovered(catalog: Catalog, run_id: str) -> Iterator[str]:
    """Keys of all URLs that the run has in its ledger, for a run that goes on."""
    query = sa.select(ledger.c.url_key).where(ledger.c.run_id == run_id)
    with catalog.read() as connection:
        yield from connection.execute(query.execution_options(yield_per=1000)).scalars()


def next_position(catalog: Catalog, run_id: str, *, first: int = 0, last: int = (1 << 63) - 1) -> int:
    """The position of the next URL that the run discovers, or the part of it that has these positions."""
    query = sa.select(sa.func.coalesce(sa.func.max(ledger.c.position), first - 1) + 1).where(
        ledger.c.run_id == run_id, ledger.c.position.between(first, last)
    )
    return int(raw(catalog, query)[0][0])


def pages(catalog: Catalog, url_keys: Sequence[str]) -> dict[str, PageRow]:
    """What is known of these URLs, by key."""
    return {row.url_key: row for row in rows_with(catalog, PageRow, "url_key", url_keys)}


def due_pages(catalog: Catalog, source: str, until: datetime, *, limit: int = 20_000) -> list[PageRow]:
    """Known pages of a source whose next look has come by `until`, longest overdue first."""
    query = select(PageRow).where(page.c.source == source, page.c.next_look_at <= until)
    return fetch(catalog, PageRow, query.order_by(page.c.next_look_at, page.c.url_key).limit(limit))


def newest_pages(catalog: Catalog, source: str, *, limit: int) -> list[PageRow]:
    """Known pages of a source, those found last first."""
    query = select(PageRow).where(page.c.source == source)
    return fetch(catalog, PageRow, query.order_by(page.c.found_at.desc(), page.c.url_key).limit(limit))


def read_documents(catalog: Catalog, run_id: str) -> list[DocumentRow]:
    """Discovery documents that the run has read or failed to read."""
    return fetch(
        catalog, DocumentRow, select(DocumentRow).where(document.c.run_id == run_id).order_by(document.c.url)
    )
