"""The index of pictures: which have a perceptual hash near another (multi-index hashing). A cache.

A hash of 64 bits is kept in four quarters of 16. Two hashes that differ in at most 11 bits have a quarter in
which they differ in at most two, so asking for all values that near finds them all (Norouzi et al. 2012); in
at most 7 bits, one in which they differ in at most one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import fetch, pieces, rows_with, select
from archive.catalog.insert_new import insert_new
from archive.catalog.schema import image
from archive.catalog.schema_links import picture_key, picture_link, picture_print
from archive.rows import ImageRow, PictureLinkRow

_QUARTERS, _BITS = 4, 16
_ROWS = 20_000  # read for one picture at most


class Of(IntEnum):
    """What a hash in the index is of."""

    WHOLE = 0
    WINDOW = 1


@dataclass(frozen=True, slots=True)
class Hashed:
    """A hash in the index that may be near one that was asked for."""

    sha256: str
    of: Of
    hash: int


def put(catalog: Catalog, pictures: Sequence[tuple[str, int, Sequence[int]]]) -> None:
    """Enter pictures as (sha256, hash of the whole, hashes of windows); those that are in stay."""

    def write() -> None:
        with catalog.write() as connection:
            names = [sha256 for sha256, _, _ in pictures]
            known = set(_ids(connection, names))
            new = [each for each in pictures if each[0] not in known]
            if not new:
                return
            insert = insert_new(catalog.backend, picture_print)
            connection.execute(insert, [{"sha256": sha256} for sha256, _, _ in new])
            ids = _ids(connection, [sha256 for sha256, _, _ in new])
            rows = {
                (key, signed(one), ids[sha256])
                for sha256, whole, windows in new
                for of, hashes in ((Of.WHOLE, (whole,)), (Of.WINDOW, windows))
                for one in hashes
                for key in _keys(of, one, 0)
            }
            columns = ("key", "hash", "picture")
            connection.execute(
                insert_new(catalog.backend, picture_key),
                [dict(zip(columns, row, strict=True)) for row in sorted(rows)],
            )

    once_more_if_cut(write)


def near(catalog: Catalog, asked: Iterable[tuple[Of, int, int]]) -> list[Hashed]:
    """Hashes in the index near some.

    Args:
        catalog: with the index.
        asked: (of wholes or of windows, the hash, how many bits of a quarter may differ).
    """
    keys = sorted({key for of, one, radius in asked for key in _keys(of, one, radius)})
    if not keys:
        return []
    if catalog.backend == "postgresql":
        wanted = sa.func.unnest(sa.literal(keys, postgresql.ARRAY(sa.BigInteger))).table_valued("key")
        column: sa.ColumnElement[int] = wanted.render_derived(name="wanted").c.key
    else:
        column = sa.func.json_each(json.dumps(keys)).table_valued("value", name="wanted").c.value
    query = (
        sa.select(picture_print.c.sha256, picture_key.c.key, picture_key.c.hash)
        .select_from(picture_key)
        .join(picture_print, picture_print.c.id == picture_key.c.picture)
        .where(picture_key.c.key == column)
        .limit(_ROWS)
    )
    with catalog.read() as connection:
        return [
            Hashed(sha256, Of(key >> (_BITS + 2)), unsigned(one))
            for sha256, key, one in connection.execute(query)
        ]


def is_empty(catalog: Catalog) -> bool:
    """Whether no picture is in the index."""
    with catalog.read() as connection:
        return connection.execute(sa.select(picture_print.c.id).limit(1)).first() is None


def not_compared(catalog: Catalog, limit: int) -> list[ImageRow]:
    """Pictures without a link row, those that were captured first first."""
    query = (
        sa.select(image.c.sha256)
        .select_from(image.outerjoin(picture_link, picture_link.c.sha256 == image.c.sha256))
        .where(picture_link.c.sha256.is_(None))
        .limit(limit)
    )
    with catalog.read() as connection:
        names = list(connection.execute(query).scalars())
    return sorted(rows_with(catalog, ImageRow, "sha256", names), key=lambda row: (row.first_at, row.sha256))


def firsts(catalog: Catalog, after: str, limit: int) -> list[ImageRow]:
    """Pictures that are their own first use, by digest, from one on: what is in the index."""
    query = (
        select(ImageRow)
        .join(picture_link, picture_link.c.sha256 == image.c.sha256)
        .where(picture_link.c.first == picture_link.c.sha256, image.c.sha256 > after)
        .order_by(image.c.sha256)
        .limit(limit)
    )
    return fetch(catalog, ImageRow, query)


def links(catalog: Catalog, digests: Iterable[str]) -> dict[str, PictureLinkRow]:
    """The links of pictures, by digest."""
    return {row.sha256: row for row in rows_with(catalog, PictureLinkRow, "sha256", digests)}


def linked_to(catalog: Catalog, firsts_: Iterable[str]) -> dict[str, PictureLinkRow]:
    """The links that lead to these pictures, their own among them, by digest."""
    return {row.sha256: row for row in rows_with(catalog, PictureLinkRow, "first", firsts_)}


def signed(one: int) -> int:
    """64 bits as databases have numbers."""
    return one - (1 << 64) if one >> 63 else one


def unsigned(one: int) -> int:
    """The inverse of `signed`."""
    return one + (1 << 64) if one < 0 else one


def _ids(connection: sa.Connection, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for piece in pieces(list(dict.fromkeys(names))):
        query = sa.select(picture_print.c.sha256, picture_print.c.id)
        rows = connection.execute(query.where(picture_print.c.sha256.in_(piece)))
        found |= {row.sha256: row.id for row in rows}
    return found


def _keys(of: Of, one: int, radius: int) -> list[int]:
    keys = []
    for quarter in range(_QUARTERS):
        value = one >> (_BITS * quarter) & (1 << _BITS) - 1
        place = of << (_BITS + 2) | quarter << _BITS
        keys += [place | value ^ mask for mask in _masks(radius)]
    return keys


@cache
def _masks(radius: int) -> tuple[int, ...]:
    """Every change of at most so many bits of a quarter."""
    masks = {0}
    for _ in range(radius):
        masks |= {mask ^ 1 << bit for mask in masks for bit in range(_BITS)}
    return tuple(sorted(masks))
