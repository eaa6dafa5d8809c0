"""Bulk loads of an empty catalog: rows without their indexes first, then the indexes."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from archive.catalog import schema
from archive.catalog.catalog import Catalog
from archive.catalog.columns import Moment, Names
from archive.catalog.packing import compress
from archive.catalog.schema_search import search_doc, search_month
from archive.catalog.search_parts import table_of
from archive.catalog.search_postgres import vector
from archive.catalog.search_sqlite import SqliteParts
from archive.clock import isoformat_z
from archive.rows import ROW_TYPES, Row
from archive.search.document import Document
from archive.search.words import METHOD

Placed = tuple[int, str, int, bool, Document]  # place, article, number, whether a tombstone, what is indexed


_BULK_HASH, _HASH = 64 << 20, 1 << 20  # bytes of words that FTS5 holds before it writes; the second is usual


class Loader(Protocol):
    """Fills one catalog; whatever it is given is not there yet."""

    def rows(self, rows: Iterable[Row]) -> None:
        """Put rows of any types."""

    def texts(self, texts: dict[str, str]) -> None:
        """Put clean texts by their digests."""

    def month(self, month: int, placed: Sequence[Placed]) -> None:
        """Index the versions of a month, in order of their places."""


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.table].append(row)
    return found


class _Columns:
    """The values of a row type in the order of its columns, as a driver takes them."""

    def __init__(self, table: str, moment: Callable[[datetime], object]) -> None:
        columns = schema.metadata.tables[table].columns
        self.names = [column.name for column in columns if column.name in ROW_TYPES[table].__slots__]
        self._get = attrgetter(*self.names)
        self._moments = [n for n, name in enumerate(self.names) if isinstance(columns[name].type, Moment)]
        self._names = [n for n, name in enumerate(self.names) if isinstance(columns[name].type, Names)]
        self._moment = moment

    def values(self, row: Row) -> list[Any]:
        found = list(self._get(row))
        for n in self._moments:
            if found[n] is not None:
                found[n] = self._moment(found[n])
        for n in self._names:
            found[n] = json.dumps(found[n]) if found[n] else "[]"
        return found


class SqliteLoader:
    """Through the driver, in the one transaction that the caller has opened."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._driver = cast("sqlite3.Connection", connection.connection.dbapi_connection)
        self._driver.execute("PRAGMA cache_size=-1500000")  # keys come in no order
        moment = lru_cache(1 << 16)(isoformat_z)
        self._columns = {name: _Columns(name, moment) for name in ROW_TYPES if name != "removed"}

    def rows(self, rows: Iterable[Row]) -> None:
        for table, mine in _grouped(rows).items():
            columns = self._columns[table]
            statement = _insert(schema.metadata.tables[table], columns.names)
            self._driver.executemany(statement, map(columns.values, mine))

    def texts(self, texts: dict[str, str]) -> None:
        statement = _insert(schema.text_body, ["sha256", "zstd"]).replace("INSERT", "INSERT OR IGNORE", 1)
        self._driver.executemany(statement, [(name, compress(text)) for name, text in texts.items()])

    def month(self, month: int, placed: Sequence[Placed]) -> None:
        parts = SqliteParts()
        parts.create(self._connection, month)
        table = table_of(month)
        # In few large segments, as a month is after `dateline compact`.
        for size in (_BULK_HASH, _HASH):
            self._driver.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', {size})")
            if size == _BULK_HASH:
                parts.put(self._connection, month, [(each[0], each[4]) for each in placed])
        statement = _insert(search_doc, _DOC)
        self._driver.executemany(statement, [_doc(month, each) for each in placed])
        self._driver.execute(_insert(search_month, _MONTH), (month, METHOD, 0))


class PostgresLoader:
    """By COPY."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._driver = cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)
        self._columns = {name: _Columns(name, lambda at: at) for name in ROW_TYPES if name != "removed"}

    def rows(self, rows: Iterable[Row]) -> None:
        for table, mine in _grouped(rows).items():
            columns = self._columns[table]
            self._copy(table, columns.names, map(columns.values, mine))

    def texts(self, texts: dict[str, str]) -> None:
        """COPY knows no "or ignore", and a text of one month may stand in another."""
        self._driver.execute(b"CREATE TEMP TABLE IF NOT EXISTS text_in (LIKE text_body) ON COMMIT DROP")
        self._copy("text_in", ["sha256", "zstd"], ((name, compress(text)) for name, text in texts.items()))
        self._driver.execute(b"INSERT INTO text_body SELECT * FROM text_in ON CONFLICT DO NOTHING")
        self._driver.execute(b"TRUNCATE text_in")

    def month(self, month: int, placed: Sequence[Placed]) -> None:
        table = table_of(month)
        self._driver.execute(
            f"CREATE TABLE {table} (place bigint PRIMARY KEY, words tsvector NOT NULL)".encode()
        )
        self._copy(table, ["place", "words"], ((each[0], vector(each[4])) for each in placed))
        self._driver.execute(f"CREATE INDEX {table}_words ON {table} USING gin (words)".encode())
        self._copy("search_doc", _DOC, (_doc(month, each) for each in placed))
        self._copy("search_month", _MONTH, [(month, METHOD, 0)])

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        named = ", ".join(f'"{name}"' for name in columns)
        with (
            self._driver.cursor() as cursor,
            cursor.copy(f'COPY "{table}" ({named}) FROM STDIN'.encode()) as copy,
        ):
            for row in rows:
                copy.write_row(row)


_DOC = ("month", "place", "article_id", "number", "removed", "digest")
_MONTH = ("month", "method", "taken")


def _doc(month: int, placed: Placed) -> tuple[object, ...]:
    place, article, number, removed, document = placed
    return (month, place, article, number, removed, document.digest())


def _insert(table: sa.Table, names: Sequence[str]) -> str:
    quoted = sqlite.dialect().identifier_preparer.quote
    columns = ", ".join(quoted(name) for name in names)
    return f"INSERT INTO {quoted(table.name)} ({columns}) VALUES ({', '.join('?' * len(names))})"


@contextmanager
def loading(catalog: Catalog) -> Iterator[Loader]:
    """A loader within one write transaction; the indexes are made at its end."""
    with catalog.write() as connection:
        indexes = _indexes(connection)
        for name in indexes:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
        yield SqliteLoader(connection) if catalog.backend == "sqlite" else PostgresLoader(connection)
        for statement in indexes.values():
            connection.exec_driver_sql(statement)
    with catalog.write() as connection:
        connection.exec_driver_sql("ANALYZE")  # PostgreSQL's autovacuum would have; SQLite goes without


def _indexes(connection: sa.Connection) -> dict[str, str]:
    """The statement of each index that no key or constraint has made, by its name."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u')) "
            # Those of partitions come and go with their table's.
            "AND to_regclass(quote_ident(indexname)) NOT IN (SELECT inhrelid FROM pg_inherits)"
        )
    return {str(name): str(statement) for name, statement in connection.exec_driver_sql(query)}
