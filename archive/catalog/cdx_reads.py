"""What readers over HTTP ask: the captures around a moment, a TimeMap in pieces, the captures of many URLs.

A 304 is no memento: it has no page of its own, and the capture that it confirms is in the answer already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from http import HTTPStatus

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.catalog.schema import capture
from archive.digest import url_key
from archive.rows import CaptureRow

AROUND = 16  # captures on each side of a moment; only more than this within one second could hide a neighbour

_MEMENTO = capture.c.status != HTTPStatus.NOT_MODIFIED.value


@dataclass(frozen=True, slots=True)
class Span:
    """Captures from `since` to `until`, both included; None: no limit. `not_modified`: 304s too."""

    since: datetime | None = None
    until: datetime | None = None
    not_modified: bool = False

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same as SQL."""
        found = [] if self.not_modified else [_MEMENTO]
        if self.since is not None:
            found.append(capture.c.at >= self.since)
        if self.until is not None:
            found.append(capture.c.at <= self.until)
        return found


def captures_around(catalog: Catalog, url: str, at: datetime) -> list[CaptureRow]:
    """The captures of exactly this URL next to a moment, and the first and the last; oldest first.

    One statement, so that all of a memento's links cost one look-up.
    """
    of_url = select(CaptureRow).where(capture.c.url_key == url_key(url), _MEMENTO)
    forward, backward = (capture.c.at, capture.c.id), (capture.c.at.desc(), capture.c.id)
    parts = [
        of_url.where(capture.c.at <= at).order_by(*backward).limit(AROUND),
        of_url.where(capture.c.at > at).order_by(*forward).limit(AROUND),
        of_url.order_by(*forward).limit(1),
        of_url.order_by(*backward).limit(1),
    ]
    every = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    columns = (every.c[field.name] for field in fields(CaptureRow))
    found = {row.id: row for row in fetch(catalog, CaptureRow, sa.select(*columns))}
    return sorted(found.values(), key=in_order)


def in_order(row: CaptureRow) -> tuple[datetime, bool, str]:
    """The order of captures of one URL: by time; of those in one second, a whole page (200) first."""
    return row.at, row.status != HTTPStatus.OK, row.id


def moments_from(catalog: Catalog, url: str, since: datetime | None, limit: int) -> list[datetime]:
    """The moments (whole seconds) at which exactly this URL was captured, oldest first, from `since` on."""
    query = sa.select(capture.c.at).distinct().where(capture.c.url_key == url_key(url), _MEMENTO)
    if since is not None:
        query = query.where(capture.c.at >= since)
    with catalog.read() as connection:
        return list(connection.execute(query.order_by(capture.c.at).limit(limit)).scalars())


def captures_of_urls(catalog: Catalog, urls: Sequence[str], span: Span, limit: int) -> list[CaptureRow]:
    """The captures of exactly these URLs, up to `limit` of them, in no order."""
    keys = [url_key(url) for url in urls]
    query = select(CaptureRow).where(capture.c.url_key.in_(keys), *span.conditions())
    return fetch(catalog, CaptureRow, query.limit(limit))


def captures_with(catalog: Catalog, part: str, span: Span, limit: int) -> list[CaptureRow]:
    """The captures in whose URL `part` stands (in any case), up to `limit`, in no order. Reads every row."""
    query = select(CaptureRow).where(capture.c.url.icontains(part, autoescape=True), *span.conditions())
    return fetch(catalog, CaptureRow, query.limit(limit))


def count_captures(catalog: Catalog) -> int:
    """How many captures the catalog has."""
    with catalog.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(capture)).scalar_one())
