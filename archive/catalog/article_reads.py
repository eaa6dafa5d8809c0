"""What the page of an article asks of others: their first versions, and whose addresses these are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, pieces, raw, select
from archive.catalog.schema import address, article, version
from archive.catalog.schema_changes import front
from archive.digest import url_key
from archive.rows import ArticleRow, FrontRow, VersionRow


def first_versions(catalog: Catalog, articles: Iterable[str]) -> dict[str, VersionRow]:
    """The first version of each of these articles, by id."""
    found: dict[str, VersionRow] = {}
    for piece in pieces(sorted(set(articles))):
        query = select(VersionRow).where(version.c.article_id.in_(piece), version.c.number == 1)
        found |= {row.article_id: row for row in fetch(catalog, VersionRow, query)}
    return found


def article_ids_at(catalog: Catalog, url_keys: Iterable[str]) -> dict[str, str]:
    """The id of the article of each of these addresses that has one, by key of the address."""
    found: dict[str, str] = {}
    for piece in pieces(sorted(set(url_keys))):
        query = sa.select(address.c.url_key, address.c.article_id).where(address.c.url_key.in_(piece))
        found |= {str(row.url_key): str(row.article_id) for row in raw(catalog, query)}
    return found


def articles_at(catalog: Catalog, url_keys: Iterable[str]) -> dict[str, ArticleRow]:
    """The article of each of these addresses that has one, by key of the address."""
    found = article_ids_at(catalog, url_keys)
    rows: dict[str, ArticleRow] = {}
    for piece in pieces(sorted(set(found.values()))):
        wanted = select(ArticleRow).where(article.c.id.in_(piece))
        rows |= {row.id: row for row in fetch(catalog, ArticleRow, wanted)}
    return {key: rows[name] for key, name in found.items() if name in rows}


def versions_between(
    catalog: Catalog, since: datetime, until: datetime, source: str | None, limit: int
) -> list[VersionRow]:
    """Versions with content captured from `since` until before `until`, newest first, up to `limit`."""
    query = select(VersionRow).where(
        version.c.captured_at >= since, version.c.captured_at < until, version.c.removed.is_(False)
    )
    if source is not None:
        query = query.where(version.c.source == source)
    order = (version.c.captured_at.desc(), version.c.article_id, version.c.number.desc())
    return fetch(catalog, VersionRow, query.order_by(*order).limit(limit))


def nearest_version(
    catalog: Catalog, moment: datetime | None, source: str | None, *, later: bool = False
) -> datetime | None:
    """When the last version before a moment was captured (None: of all); `later`: the first from it on."""
    query = sa.select(version.c.captured_at)
    if moment is not None:
        query = query.where(version.c.captured_at >= moment if later else version.c.captured_at < moment)
    if source is not None:
        query = query.where(version.c.source == source)
    ordered = version.c.captured_at if later else version.c.captured_at.desc()
    return next((row[0] for row in raw(catalog, query.order_by(ordered).limit(1))), None)


def leads_of(catalog: Catalog, url: str, limit: int) -> list[FrontRow]:
    """What led a front page, newest list first."""
    query = select(FrontRow).where(front.c.url_key == url_key(url), front.c.position == 0)
    return fetch(catalog, FrontRow, query.order_by(front.c.at.desc(), front.c.capture_id).limit(limit))


def front_captured(catalog: Catalog, capture_id: str) -> Sequence[FrontRow]:
    """The list of one capture of a front page, in order."""
    query = select(FrontRow).where(front.c.capture_id == capture_id).order_by(front.c.position)
    return fetch(catalog, FrontRow, query)


def article_before(catalog: Catalog, article_id: str, number: int) -> VersionRow | None:
    """The last version with content before one."""
    query = select(VersionRow).where(
        version.c.article_id == article_id, version.c.number < number, version.c.removed.is_(False)
    )
    return first(catalog, VersionRow, query.order_by(version.c.number.desc()))
