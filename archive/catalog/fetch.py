"""Rows as values again: the one place where a select becomes row types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa

from archive.catalog import schema
from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.rows import Row

R = TypeVar("R", bound=Row)
_PIECE = 500  # keys an IN clause


def select(kind: type[R]) -> sa.Select[Any]:
    """SELECT the columns of a row type, in the order of its fields."""
    table = schema.metadata.tables[kind.table]
    return sa.select(*(table.c[field.name] for field in fields(kind)))


def fetch(catalog: Catalog, kind: type[R], query: sa.Select[Any]) -> list[R]:
    """Every row of a query that began with `select(kind)`."""
    names = [field.name for field in fields(kind)]

    def read() -> list[R]:
        with catalog.read() as connection:
            return [kind(**dict(zip(names, row, strict=True))) for row in connection.execute(query)]

    return once_more_if_cut(read)


def first(catalog: Catalog, kind: type[R], query: sa.Select[Any]) -> R | None:
    """The first row of such a query, or None."""
    return next(iter(fetch(catalog, kind, query.limit(1))), None)


def pieces(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Keys in pieces that fit one IN clause."""
    for start in range(0, len(keys), _PIECE):
        yield keys[start : start + _PIECE]
