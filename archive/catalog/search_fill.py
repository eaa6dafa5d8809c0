"""The index of words filled as a whole, month by month in order of time, while nobody else writes.

It differs from `search_index.fill` in who does what: which versions are missing, and their places, are asked
for by one process; what is indexed of them is made by many; SQLite takes it from one, PostgreSQL from each.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from archive.catalog import bulk
from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.insert_new import insert_new
from archive.catalog.schema import version
from archive.catalog.schema_search import search_doc, search_month
from archive.catalog.search_index import parts_of
from archive.catalog.search_rows import documents_of
from archive.search.document import first_place, month_of
from archive.search.words import METHOD

_PAGE = 2_000  # versions that are asked for at once
_AT_ONCE = 100  # of which words are made in one task
_DOC = ("month", "place", "article_id", "number", "removed", "digest")


@dataclass(frozen=True, slots=True)
class Placed:
    """Versions of one month that are about to be indexed: place, article and number of each, by place."""

    month: int
    versions: tuple[tuple[int, str, int], ...]


@dataclass(slots=True)
class _Places:
    """Gives free places in order of time."""

    taken: set[int]
    last: int = -1

    def next(self, at: datetime) -> int:
        place = max(first_place(at), self.last + 1)
        while place in self.taken:
            place += 1
        self.last = place
        return place


@dataclass(slots=True)
class Missing:
    """Walks over the versions that are not in the index, by time; makes the tables of their months."""

    catalog: Catalog
    _places: dict[int, _Places] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Placed]:
        after: tuple[datetime, str, int] | None = None
        while page := missing(self.catalog, after):
            after = page[-1]
            for month, mine in groupby(page, key=lambda each: month_of(each[0])):
                placed = [(self._of(month).next(at), article, number) for at, article, number in mine]
                for start in range(0, len(placed), _AT_ONCE):
                    yield Placed(month, tuple(placed[start : start + _AT_ONCE]))

    def _of(self, month: int) -> _Places:
        if month not in self._places:
            self._places.clear()  # time goes on
            self._places[month] = _Places(_begun(self.catalog, month))
        return self._places[month]


def missing(
    catalog: Catalog, after: tuple[datetime, str, int] | None = None, most: int = _PAGE
) -> list[tuple[datetime, str, int]]:
    """The first versions that are not in the index, by time, article and number; those after one of them."""
    at, article, number = version.c.captured_at, version.c.article_id, version.c.number
    here = sa.and_(search_doc.c.article_id == article, search_doc.c.number == number)
    query = sa.select(at, article, number).where(~sa.exists(sa.select(search_doc.c.place).where(here)))
    if after is not None:
        further = sa.or_(article > after[1], sa.and_(article == after[1], number > after[2]))
        query = query.where(at >= after[0], sa.or_(at > after[0], further))
    with catalog.read() as connection:
        found = connection.execute(query.order_by(at, article, number).limit(most))
        return [(row[0], row[1], row[2]) for row in found]


def _begun(catalog: Catalog, month: int) -> set[int]:
    """Make the table of a month; the places that are taken in it."""
    with catalog.write() as connection:
        parts_of(connection).begin(connection, month)
        values = {"month": month, "method": METHOD, "taken": 0}
        connection.execute(insert_new(connection.dialect.name, search_month), values)
        taken = sa.select(search_doc.c.place).where(search_doc.c.month == month)
        return set(connection.execute(taken).scalars())


def words_of(catalog: Catalog, placed: Placed) -> bytes | None:
    """What is indexed of some versions, packed for `enter`; PostgreSQL has it already when this returns.

    May be called again for versions of which one call was cut.
    """
    if catalog.backend == "sqlite":
        with catalog.read() as connection:
            return marshal.dumps(_made(connection, placed))
    once_more_if_cut(lambda: _enter_once(catalog, placed))
    return None


def _enter_once(catalog: Catalog, placed: Placed) -> None:
    with catalog.write() as connection:
        first = placed.versions[0]
        name = sa.func.hashtextextended(f"{first[1]} {first[2]}", 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))  # whom a killed asker had sent on
        there = sa.select(search_doc.c.place).where(
            search_doc.c.article_id == first[1], search_doc.c.number == first[2]
        )
        if connection.execute(there).first() is None:
            _enter(connection, _made(connection, placed))


def _made(connection: sa.Connection, placed: Placed) -> list[tuple[Any, ...]]:
    """Rows of `search_doc`, each with what the table of the month takes behind its columns."""
    parts = parts_of(connection)
    made = documents_of(connection, [(article, number) for _, article, number in placed.versions])
    return [
        (
            placed.month, place, article, number, made[article, number].version.removed,
            made[article, number].document.digest(), *parts.written(made[article, number].document),
        )
        for place, article, number in placed.versions
        if (article, number) in made
    ]  # fmt: skip


def enter(catalog: Catalog, packed: Sequence[bytes]) -> None:
    """Put what `words_of` has made, in one transaction of a rebuild, which makes it durable at its end."""
    rows = [row for each in packed for row in marshal.loads(each)]  # noqa: S302 - made by `words_of`
    if rows:
        with catalog.write(durable=False) as connection:
            _enter(connection, rows)


def _enter(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    bulk.add(connection, search_doc.name, [row[: len(_DOC)] for row in rows])
    for month, mine in groupby(rows, key=lambda row: int(row[0])):
        parts_of(connection).enter(connection, month, [(row[1], *row[len(_DOC) :]) for row in mine])


def months(catalog: Catalog) -> list[int]:
    """The months that have a table."""
    with catalog.read() as connection:
        query = sa.select(search_month.c.month).order_by(search_month.c.month)
        return list(connection.execute(query).scalars())


def finish(catalog: Catalog, month: int) -> None:
    """Make what a month that is filled is quickly found in by."""
    with catalog.write() as connection:
        parts_of(connection).done(connection, month)
