"""Rows as values again: the one place where a select becomes row types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from archive.catalog import schema
from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.rows import ROW_TYPES, Row, field_names

R = TypeVar("R", bound=Row)
Query = sa.Select[Any] | sa.CompoundSelect[Any]
Asked = Mapping[str, object] | None
_PIECE = 500  # keys an IN clause


def select(kind: type[R]) -> sa.Select[Any]:
    """SELECT the columns of a row type, in the order of its fields."""
    table = schema.metadata.tables[kind.table]
    return sa.select(*(table.c[field.name] for field in fields(kind)))


def raw(catalog: Catalog, query: Query, asked: Asked = None) -> list[sa.Row[Any]]:
    """What a query gives; `asked` are its parameters, if it has any."""

    def read() -> list[sa.Row[Any]]:
        with catalog.read() as connection:
            return list(connection.execute(query, asked).all())  # at once: row by row takes longer

    return once_more_if_cut(read)


def fetch(
    catalog: Catalog, kind: type[R], query: Query, asked: Mapping[str, object] | None = None
) -> list[R]:
    """Every row of a query that began with `select(kind)`."""
    return [as_row(kind, row) for row in raw(catalog, query, asked)]


def rows_with(catalog: Catalog, kind: type[R], column: str, values: Iterable[str]) -> list[R]:
    """Rows of a type whose `column` has one of these values, in pieces that fit one IN clause."""
    of = schema.metadata.tables[kind.table].c[column]
    found: list[R] = []
    wanted = sorted(set(values))
    if len(wanted) == 1:
        return fetch(catalog, kind, _by(kind.table, (column,)), {column: wanted[0]})
    for piece in pieces(wanted):
        found += fetch(catalog, kind, select(kind).where(of.in_(piece)))
    return found


def as_row(kind: type[R], values: Iterable[Any]) -> R:
    """A row type from the values of its fields, in their order."""
    return kind(**dict(zip(field_names(kind.table), values, strict=True)))


def first(catalog: Catalog, kind: type[R], query: sa.Select[Any]) -> R | None:
    """The first row of such a query, or None."""
    return next(iter(fetch(catalog, kind, query.limit(1))), None)


def first_by(catalog: Catalog, kind: type[R], **wanted: object) -> R | None:
    """A row whose columns have these values, or None; quicker than `first`: what it says is built once."""
    return next(iter(fetch(catalog, kind, _by(kind.table, tuple(wanted), one=True), wanted)), None)


@cache
def _by(table: str, columns: tuple[str, ...], *, one: bool = False) -> sa.Select[Any]:
    """SELECT by the values of some columns; each statement is built once, for that costs more than asking."""
    of = [schema.metadata.tables[table].c[name] for name in columns]
    asked = ((column, sa.bindparam(column.name, type_=column.type)) for column in of)
    query = select(ROW_TYPES[table]).where(*(column == value for column, value in asked))
    return query.limit(1) if one else query


def pieces(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Keys in pieces that fit one IN clause."""
    for start in range(0, len(keys), _PIECE):
        yield keys[start : start + _PIECE]
