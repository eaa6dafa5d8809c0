"""What readers over HTTP ask: the captures around a moment, a TimeMap in pieces, the captures of many URLs.

A 304 is no memento: it has no page of its own, and the capture that it confirms is in the answer already.
What was taken down is in no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.catalog.schema import capture, takedown
from archive.catalog.visible import ALL, Visible
from archive.digest import url_key
from archive.rows import CaptureRow

AROUND = 16  # captures on each side of a moment; only more than this within one second could hide a neighbour

_STANDING = ~sa.exists().where(takedown.c.url_key == capture.c.url_key)  # was not taken down
_MEMENTO = sa.and_(capture.c.status != HTTPStatus.NOT_MODIFIED.value, _STANDING)


@dataclass(frozen=True, slots=True)
class Span:
    """Captures from `since` to `until`, both included; None: no limit. `not_modified`: 304s too."""

    since: datetime | None = None
    until: datetime | None = None
    not_modified: bool = False
    visible: Visible = ALL

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same as SQL."""
        found = [_STANDING if self.not_modified else _MEMENTO, *self.visible.conditions()]
        if self.since is not None:
            found.append(capture.c.at >= self.since)
        if self.until is not None:
            found.append(capture.c.at <= self.until)
        return found


def captures_around(catalog: Catalog, url: str, at: datetime, visible: Visible = ALL) -> list[CaptureRow]:
    """The visible captures of exactly this URL next to a moment, and the first and the last; oldest first.

    One statement, so that all of a memento's links cost one look-up.
    """
    query = _around_all() if visible == ALL else _around(visible)
    rows = fetch(catalog, CaptureRow, query, {"key": url_key(url), "at": at})
    return sorted({row.id: row for row in rows}.values(), key=in_order)


@cache
def _around_all() -> sa.Select[Any]:
    return _around(ALL)


def _around(visible: Visible) -> sa.Select[Any]:
    at = sa.bindparam("at", type_=capture.c.at.type)
    key = sa.bindparam("key", type_=capture.c.url_key.type)
    of_url = select(CaptureRow).where(capture.c.url_key == key, _MEMENTO, *visible.conditions())
    forward, backward = (capture.c.at, capture.c.id), (capture.c.at.desc(), capture.c.id.desc())
    parts = [
        of_url.where(capture.c.at <= at).order_by(*backward).limit(AROUND),
        of_url.where(capture.c.at > at).order_by(*forward).limit(AROUND),
        of_url.order_by(*forward).limit(1),
        of_url.order_by(*backward).limit(1),
    ]
    every = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    return sa.select(*(every.c[field.name] for field in fields(CaptureRow)))


def in_order(row: CaptureRow) -> tuple[datetime, bool, str]:
    """The order of captures of one URL: by time; of those in one second, a whole page (200) first."""
    return row.at, row.status != HTTPStatus.OK, row.id


def moments_from(
    catalog: Catalog, url: str, since: datetime | None, limit: int, visible: Visible = ALL
) -> list[datetime]:
    """The moments (whole seconds) of visible captures of exactly this URL, oldest first, from `since` on."""
    of_url = sa.and_(capture.c.url_key == url_key(url), _MEMENTO, *visible.conditions())
    query = sa.select(capture.c.at).distinct().where(of_url)
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
