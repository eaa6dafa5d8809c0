"""What an export needs, read for many versions at once: a page of versions costs a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from archive.catalog import takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, pieces, rows_with, select
from archive.catalog.packing import decompress
from archive.catalog.schema import capture, event, picture, text_body, version
from archive.catalog.wanted import wanted_pairs
from archive.place import Place
from archive.rows import CaptureRow, EventRow, ImageRow, PictureRow, VersionRow

_PAGE = 500
_PAIRS = 1_000  # pairs of keys a query

Key = tuple[str, int]  # article id and version number
P = TypeVar("P", EventRow, PictureRow)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which versions: of a source, captured at `since` or later and before `until`; None: no limit.

    Those of articles that were taken down are in none.
    """

    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same as SQL."""
        found = [_standing()]
        if self.source is not None:
            found.append(version.c.source == self.source)
        if self.since is not None:
            found.append(version.c.captured_at >= self.since)
        if self.until is not None:
            found.append(version.c.captured_at < self.until)
        return found


EVERYTHING = Selection()


def _standing() -> sa.ColumnElement[bool]:
    return version.c.article_id.not_in(takedowns.articles())


def count_versions(catalog: Catalog, chosen: Selection) -> int:
    """How many versions a selection has."""
    query = sa.select(sa.func.count()).select_from(version).where(*chosen.conditions())
    with catalog.read() as connection:
        return int(connection.execute(query).scalar_one())


def pages_of_versions(catalog: Catalog, chosen: Selection) -> Iterator[list[VersionRow]]:
    """Versions of a selection by time of capture, address and number, in pages."""
    return pages_where(catalog, *chosen.conditions())


def pages_where(catalog: Catalog, *conditions: sa.ColumnElement[bool]) -> Iterator[list[VersionRow]]:
    """Versions by time of capture, address and number, up to 500 at a time; no transaction stays open."""
    # PostgreSQL sorts text by the database's language; bytes are in order everywhere, as in SQLite.
    url = sa.collate(version.c.url, "C") if catalog.backend == "postgresql" else version.c.url
    order = (version.c.captured_at, url, version.c.number, version.c.article_id)
    query = select(VersionRow).where(*conditions).order_by(*order).limit(_PAGE)
    following = query
    while rows := fetch(catalog, VersionRow, following):
        yield rows
        last = rows[-1]
        here = (
            sa.bindparam(None, last.captured_at, type_=version.c.captured_at.type),
            sa.literal(last.url),
            sa.literal(last.number),
            sa.literal(last.article_id),
        )
        # The first condition is implied by the second, but is the one that an index can serve.
        following = query.where(version.c.captured_at >= here[0], sa.tuple_(*order) > sa.tuple_(*here))


def events_of_versions(catalog: Catalog, keys: Sequence[Key]) -> dict[Key, list[EventRow]]:
    """Events of each version, in order."""
    return _by_version(catalog, EventRow, event, keys)


def pictures_of_versions(catalog: Catalog, keys: Sequence[Key]) -> dict[Key, list[PictureRow]]:
    """Pictures of each version, in order."""
    return _by_version(catalog, PictureRow, picture, keys)


def images_by_sha256(catalog: Catalog, digests: Iterable[str]) -> dict[str, ImageRow]:
    """Archived picture bytes by digest."""
    return {row.sha256: row for row in rows_with(catalog, ImageRow, "sha256", digests)}


def captures_by_id(catalog: Catalog, ids: Sequence[str]) -> dict[str, CaptureRow]:
    """Captures by the UUID of their record."""
    return {row.id: row for row in rows_with(catalog, CaptureRow, "id", ids)}


def captures_by_address(catalog: Catalog, url_keys: Sequence[str]) -> dict[str, list[CaptureRow]]:
    """Captures of each exact URL, oldest first, by the URL's key."""
    found: dict[str, list[CaptureRow]] = defaultdict(list)
    for piece in pieces(list(dict.fromkeys(url_keys))):
        query = select(CaptureRow).where(capture.c.url_key.in_(piece))
        for row in fetch(catalog, CaptureRow, query.order_by(capture.c.at, capture.c.id)):
            found[row.url_key].append(row)
    return found


def captures_by_place(catalog: Catalog, places: Sequence[Place]) -> dict[tuple[str, int], CaptureRow]:
    """Captures by segment and offset of their record."""
    found: dict[tuple[str, int], CaptureRow] = {}
    pairs = [(place.segment, place.offset) for place in places]
    for wanted in _pair_tables(catalog, pairs):
        here = sa.and_(capture.c.segment == wanted.c.name, capture.c.offset == wanted.c.number)
        query = select(CaptureRow).join_from(wanted, capture, here)
        found |= {(row.segment, row.offset): row for row in fetch(catalog, CaptureRow, query)}
    return found


def texts_by_sha256(catalog: Catalog, digests: Sequence[str]) -> dict[str, str]:
    """Clean texts by digest."""
    found: dict[str, str] = {}
    for piece in pieces(digests):
        query = sa.select(text_body.c.sha256, text_body.c.zstd).where(text_body.c.sha256.in_(piece))
        with catalog.read() as connection:
            found |= {sha256: decompress(body) for sha256, body in connection.execute(query)}
    return found


def _by_version(catalog: Catalog, kind: type[P], table: sa.Table, keys: Sequence[Key]) -> dict[Key, list[P]]:
    found: dict[Key, list[P]] = defaultdict(list)
    for wanted in _pair_tables(catalog, keys):
        here = sa.and_(table.c.article_id == wanted.c.name, table.c.number == wanted.c.number)
        query = select(kind).join_from(wanted, table, here)
        for row in fetch(catalog, kind, query.order_by(table.c.position)):
            found[row.article_id, row.number].append(row)
    return found


def _pair_tables(catalog: Catalog, pairs: Sequence[tuple[str, int]]) -> Iterator[sa.CTE]:
    for start in range(0, len(pairs), _PAIRS):
        yield wanted_pairs(catalog.backend, pairs[start : start + _PAIRS])
