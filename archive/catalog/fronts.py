"""Questions about front pages: what led, and under which headlines a story ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, rows_with, select
from archive.catalog.schema import capture
from archive.catalog.schema_changes import front
from archive.digest import url_key
from archive.rows import CaptureRow, FrontRow


def front_at(catalog: Catalog, url: str, at: datetime | None = None) -> list[FrontRow]:
    """What a page showed at a moment (None: now), in order; empty before its first list."""
    key = front.c.url_key == url_key(url)
    newest = select(FrontRow).where(key).order_by(front.c.at.desc(), front.c.capture_id.desc())
    if at is not None:
        newest = newest.where(front.c.at <= at)
    row = first(catalog, FrontRow, newest)
    if row is None:
        return []
    query = select(FrontRow).where(front.c.capture_id == row.capture_id, key).order_by(front.c.position)
    return fetch(catalog, FrontRow, query)


def fronts_of(catalog: Catalog, source: str) -> list[str]:
    """The addresses of a source's pages of which there are lists, those that were seen last first."""
    query = (
        sa.select(front.c.url, sa.func.max(front.c.at).label("newest"))
        .where(front.c.source == source)
        .group_by(front.c.url)
        .order_by(sa.desc("newest"), front.c.url)
    )
    with catalog.read() as connection:
        return [str(row[0]) for row in connection.execute(query)]


def last_look(catalog: Catalog, url: str, at: datetime | None = None) -> CaptureRow | None:
    """The newest good capture of a page up to a moment: since its last list, it has shown the same."""
    query = select(CaptureRow).where(capture.c.url_key == url_key(url), capture.c.status.in_([200, 304]))
    if at is not None:
        query = query.where(capture.c.at <= at)
    return first(catalog, CaptureRow, query.order_by(capture.c.at.desc(), capture.c.id.desc()))


def teasers_of(catalog: Catalog, urls: Sequence[str]) -> list[FrontRow]:
    """Every time that one of these addresses stood on a front page's list, by time, page and place."""
    found = rows_with(catalog, FrontRow, "link_key", map(url_key, urls))
    return sorted(found, key=lambda row: (row.at, row.url, row.position))
