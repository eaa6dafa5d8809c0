"""Which addresses are taken down: the one place that readers, exports and the crawler ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first_by, pieces, raw, rows_with, select
from archive.catalog.schema import address, page, takedown
from archive.catalog.schema_audit import audit
from archive.digest import url_key
from archive.rows import AuditRow, PageRow, TakedownRow

ACTIONS = ("takedown", "lift", "purge")


def of(catalog: Catalog, url: str) -> TakedownRow | None:
    """The takedown that holds for exactly this URL, if one does."""
    return first_by(catalog, TakedownRow, url_key=url_key(url))


def holds(catalog: Catalog, url: str) -> bool:
    """Whether this URL was taken down."""
    return of(catalog, url) is not None


def keys(catalog: Catalog) -> frozenset[str]:
    """The keys of all addresses that are taken down."""
    return frozenset(str(row[0]) for row in raw(catalog, addresses()))


def among(catalog: Catalog, url_keys: Sequence[str]) -> dict[str, TakedownRow]:
    """Those of these URLs that are taken down, by key."""
    return {row.url_key: row for row in rows_with(catalog, TakedownRow, "url_key", url_keys)}


def every(catalog: Catalog) -> list[TakedownRow]:
    """Every address that is taken down, oldest first."""
    return fetch(
        catalog, TakedownRow, select(TakedownRow).order_by(takedown.c.at, takedown.c.subject, takedown.c.url)
    )


def with_subject(catalog: Catalog, subject: str) -> list[TakedownRow]:
    """The addresses that went with one that was asked to be taken down, itself among them."""
    query = select(TakedownRow).where(takedown.c.subject == subject).order_by(takedown.c.url)
    return fetch(catalog, TakedownRow, query)


def done(catalog: Catalog) -> list[AuditRow]:
    """What was taken down, lifted and purged, by whom and why, oldest first."""
    query = select(AuditRow).where(audit.c.action.in_(ACTIONS)).order_by(audit.c.at, audit.c.id)
    return fetch(catalog, AuditRow, query)


def articles() -> sa.Select[tuple[str]]:
    """SELECT the ids of articles of which an address is taken down; for conditions of other queries."""
    # Not a join: SQLite, which knows nothing of how few takedowns are, would read every address.
    return sa.select(address.c.article_id).where(address.c.url_key.in_(addresses()))


def standing_articles(catalog: Catalog, ids: Iterable[str]) -> list[str]:
    """Those of these articles of which no address is taken down."""
    found: set[str] = set()
    wanted = sorted(set(ids))
    for piece in pieces(wanted):
        query = articles().where(address.c.article_id.in_(piece))
        found |= {str(row[0]) for row in raw(catalog, query)}
    return [name for name in wanted if name not in found]


def addresses() -> sa.Select[tuple[str]]:
    """SELECT the keys of all addresses that are taken down; for conditions of other queries."""
    return sa.select(takedown.c.url_key)


def pages_of_article(catalog: Catalog, article_id: str) -> list[PageRow]:
    """The pages that were found to show an article, also those that only led to it."""
    return fetch(catalog, PageRow, select(PageRow).where(page.c.article_id == article_id))
