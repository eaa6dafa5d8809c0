"""Many rows at once: PostgreSQL takes them by COPY, SQLite by one statement of its driver.

Both go past SQLAlchemy, which turns every value of every row into a bound parameter: that took longer than
the database did. Rows are put within the transaction of the caller. While a whole catalog is filled, the
indexes of its large tables are away and are made at the end, each by one sort.
"""

from __future__ import annotations

import json
import marshal
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from archive.catalog import schema, schema_links
from archive.catalog.columns import Moment, Names
from archive.clock import isoformat_z

if TYPE_CHECKING:
    import psycopg

# What the replay of a journal itself asks by: which entries came later, and who shows a text that goes.
_ASKED_MEANWHILE = {"journal_by_time", "version_by_text"}
Packed = bytes | str  # rows: as `marshal` writes them for SQLite, as COPY reads them for PostgreSQL
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_isoformat = lru_cache(1 << 16)(isoformat_z)  # the rows of a night share few moments


def names_of(table: str) -> list[str]:
    """The columns of a table, in order."""
    return [column.name for column in schema.metadata.tables[table].columns]


class Stored:
    """Turns the values of a table's columns into those that the driver takes."""

    def __init__(self, backend: str, table: str) -> None:
        columns = schema.metadata.tables[table].columns
        self._of_row = attrgetter(*columns.keys()) if len(columns) > 1 else None
        self._only = next(iter(columns.keys()))
        changes = (_change(backend, column.type) for column in columns)
        self._changes = [(place, change) for place, change in enumerate(changes) if change is not None]

    def row(self, row: object) -> Sequence[Any]:
        """The values of a row type."""
        return self.values((getattr(row, self._only),) if self._of_row is None else self._of_row(row))

    def values(self, given: Sequence[Any]) -> Sequence[Any]:
        """The same of values in the order of the columns."""
        found = list(given)
        for place, change in self._changes:
            if found[place] is not None:
                found[place] = change(found[place])
        return found


@cache
def stored(backend: str, table: str) -> Stored:
    """The one of a table in a database of this kind."""
    return Stored(backend, table)


def _change(backend: str, kind: sa.types.TypeEngine[Any]) -> Callable[[Any], object] | None:
    match kind:
        case Moment() if backend == "sqlite":
            return cast("Callable[[datetime], str]", _isoformat)
        case Names():
            return lambda names: json.dumps(list(names)) if names else "[]"
    return None


def add(connection: sa.Connection, table: str, values: Iterable[Sequence[Any]]) -> None:
    """Add rows whose keys are not there yet, as `Stored` gives their values."""
    if connection.dialect.name == "postgresql":
        copy(connection, table, names_of(table), values)
        return
    columns = ", ".join(_quoted(connection, name) for name in names_of(table))
    marks = ", ".join("?" * len(names_of(table)))
    insert = f"INSERT INTO {_quoted(connection, table)} ({columns}) VALUES ({marks})"  # noqa: S608 - our names
    _sqlite(connection).executemany(insert, values)


def put(connection: sa.Connection, table: str, upsert: sa.Insert, values: Iterable[Sequence[Any]]) -> None:
    """Put rows whose keys may be there, each key once, by an INSERT of one row with its ON CONFLICT."""
    names = names_of(table)
    if connection.dialect.name == "sqlite":
        statement, places = _statement(upsert, connection.dialect, table)
        ordered = values if places is None else ([row[n] for n in places] for row in values)
        _sqlite(connection).executemany(statement, ordered)
        return
    _merge(connection, table, upsert, lambda coming: copy(connection, coming, names, values))


@lru_cache(256)  # to put a statement together takes as long as to put a hundred rows
def _statement(upsert: sa.Insert, dialect: sa.Dialect, table: str) -> tuple[str, list[int] | None]:
    """An INSERT for SQLite, and the places of the columns that it binds, if they are in another order."""
    names = names_of(table)
    compiled = upsert.compile(dialect=dialect, column_keys=names)
    places = [names.index(name) for name in getattr(compiled, "positiontup", None) or ()]
    return str(compiled), None if places == list(range(len(names))) else places


def packed(backend: str, rows: list[Any]) -> Packed:
    """Values as `row_values` has them, for `put_packed`: cheap to send to another process and to put."""
    if backend == "sqlite":
        return marshal.dumps(rows)
    return "".join(["\t".join(map(_copied, row)) + "\n" for row in rows])


def put_packed(connection: sa.Connection, table: str, upsert: sa.Insert, rows: Packed) -> None:
    """The same as `put`, of rows that were packed for this kind of database."""
    if isinstance(rows, bytes):
        put(connection, table, upsert, marshal.loads(rows))  # noqa: S302 - `packed` made it, in a process of ours
    else:
        _merge(connection, table, upsert, lambda into: copy(connection, into, names_of(table), rows))


def _copied(value: object) -> str:
    """A value in the text format of COPY (PostgreSQL 18, COPY, "Text Format")."""
    match value:
        case None:
            return "\\N"
        case str():
            return value.translate(_ESCAPED) if _SPECIAL.search(value) else value
        case bytes():
            return f"\\\\x{value.hex()}"
    return str(value)


def _merge(connection: sa.Connection, table: str, upsert: sa.Insert, fill: Callable[[str], None]) -> None:
    """Rows come into a table of this connection first, and go on in one statement."""
    names = names_of(table)
    coming = f"coming_{table}"
    driver = _postgres(connection)
    into = _quoted(connection, coming)
    driver.execute(f"CREATE TEMP TABLE IF NOT EXISTS {into} (LIKE {_quoted(connection, table)})".encode())
    fill(coming)
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
    given = sa.select(*columns).select_from(sa.table(coming, *columns))
    connection.execute(upsert.from_select(names, given, include_defaults=False))
    driver.execute(f"TRUNCATE {into}".encode())


def copy(
    connection: sa.Connection, into: str, names: Sequence[str], rows: Iterable[Sequence[Any]] | str
) -> None:
    """Add rows to a table of PostgreSQL, in the order of some columns; packed ones as they are."""
    columns = ", ".join(_quoted(connection, name) for name in names)
    statement = f"COPY {_quoted(connection, into)} ({columns}) FROM STDIN"
    with _postgres(connection).cursor() as cursor, cursor.copy(statement.encode()) as copying:
        if isinstance(rows, str):
            copying.write(rows)
            return
        for row in rows:
            copying.write_row(row)


def drop_indexes(connection: sa.Connection) -> None:
    """Do without the indexes of tables that are about to be filled; keys and constraints stay."""
    for index in _deferred():
        index.drop(connection, checkfirst=True)


def make_indexes(connection: sa.Connection) -> None:
    """Make every index that is missing; one that is there stays."""
    for index in missing_indexes(connection):
        index.create(connection)


def missing_indexes(connection: sa.Connection) -> list[sa.Index]:
    """The indexes that there should be and are not, by table and name."""
    there = sa.inspect(connection)
    found = []
    for table in schema.metadata.sorted_tables:
        known = {index["name"] for index in there.get_indexes(table.name)}
        every = sorted(table.indexes, key=lambda index: str(index.name))
        found += [index for index in every if index.name not in known]
    return found


def _deferred() -> list[sa.Index]:
    """Indexes that nobody asks by while a journal is replayed, or a backup restored."""
    return [
        index
        for table in schema.metadata.sorted_tables
        if table not in schema_links.DERIVED
        for index in table.indexes
        if index.name not in _ASKED_MEANWHILE
    ]


def _quoted(connection: sa.Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _sqlite(connection: sa.Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _postgres(connection: sa.Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)
