"""The catalog's rows as JSON Lines that any database of ours takes: for backup and restore.

A line is `{"column": value, …}`: moments as RFC 3339 in UTC, lists as lists, bytes in Base64. Live leases
are not among them, because they belong to processes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from archive.catalog import bulk, months, schema, schema_links, search_index
from archive.catalog.catalog import Catalog
from archive.clock import isoformat_z, parse_z

_BATCH = 500  # rows read at once

Values = dict[str, Any]


class Snapshot:
    """One state of the catalog, table by table."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def count(self, table: str) -> int:
        """How many rows a table has."""
        query = sa.select(sa.func.count()).select_from(schema.metadata.tables[table])
        return int(self._connection.execute(query).scalar_one())

    def lines(self, table: str) -> Iterator[bytes]:
        """A line for each row, by primary key."""
        for row in self.values(table):
            values = {name: _json(value) for name, value in row.items()}
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def values(self, table: str) -> Iterator[Values]:
        """Each row by the names of its columns, by primary key."""
        target = schema.metadata.tables[table]
        names = [column.name for column in target.columns]
        query = sa.select(target).order_by(*target.primary_key).execution_options(yield_per=_BATCH)
        for row in self._connection.execute(query):
            yield dict(zip(names, row, strict=True))

    def entries(self) -> list[str]:
        """Keys of the journal entries that are in."""
        return list(self._connection.execute(sa.select(schema.journal_entry.c.key)).scalars())

    def newest_entry(self) -> str | None:
        """Key of the newest journal entry that is in."""
        entry = schema.journal_entry.c
        newest = sa.select(entry.key).order_by(entry.at.desc(), entry.writer.desc(), entry.number.desc())
        key: str | None = self._connection.execute(newest.limit(1)).scalar()
        return key


class Loading:
    """One transaction in which an empty catalog is filled."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection, self._begun = connection, False
        self._months: set[months.Month] = set()

    def filled(self) -> list[str]:
        """Names of the tables that have rows already."""
        known = schema.metadata.tables
        return [
            name for name in tables() if self._connection.execute(sa.select(known[name]).limit(1)).first()
        ]

    def load(self, table: str, lines: Iterable[bytes]) -> int:
        """Put the rows of `Snapshot.lines`; the result counts them.

        Raises ValueError for a line that is no row of this table.
        """
        if not self._begun:
            bulk.drop_indexes(self._connection)
            self._begun = True
        target, count = schema.metadata.tables[table], 0
        readers = {column.name: _reader(column) for column in target.columns}
        stored = bulk.stored(self._connection.dialect.name, table)
        for batch in _batches(lines):
            rows = [stored.values(_row(line, readers)) for line in batch]
            if table == schema.ledger.name and self._connection.dialect.name == "postgresql":
                self._see_to_months({str(row[0]) for row in rows})
            bulk.add(self._connection, table, rows)
            count += len(batch)
        return count

    def _see_to_months(self, runs: set[str]) -> None:
        new = months.months_of(runs) - self._months
        for month in months.missing(self._connection, new) if new else ():
            months.make(self._connection, month)
        self._months |= new

    def done(self) -> None:
        """Make the indexes; let the versions wait for the index of words, which is in no backup."""
        bulk.make_indexes(self._connection)
        search_index.queue_all(self._connection)


def tables() -> list[str]:
    """What a backup holds: no leases, and no index that fills itself."""
    of_the_moment = {schema.lease, schema.rebuilding, *schema_links.DERIVED}
    return sorted(table.name for table in schema.metadata.tables.values() if table not in of_the_moment)


@contextmanager
def snapshot(catalog: Catalog) -> Iterator[Snapshot]:
    """Read the catalog as it is at this moment, whatever is committed meanwhile."""
    with catalog.read() as connection:
        if catalog.backend == "postgresql":  # whose usual level gives each statement a state of its own
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield Snapshot(connection)


@contextmanager
def loading(catalog: Catalog) -> Iterator[Loading]:
    """Fill the catalog in one transaction: an error leaves it as it was."""
    with catalog.write() as connection:
        yield Loading(connection)


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _json(value: object) -> object:
    match value:
        case datetime():
            return isoformat_z(value)
        case bytes():
            return base64.b64encode(value).decode("ascii")
    return value  # a tuple becomes a list by itself


def _row(line: bytes, readers: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    values = json.loads(line)
    if not isinstance(values, dict) or values.keys() != readers.keys():
        raise ValueError(f"a row has {', '.join(values)}; expected {', '.join(readers)}")
    return [None if values[name] is None else read(values[name]) for name, read in readers.items()]


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case schema.Moment():
            return parse_z
        case schema.Names():
            return tuple
        case sa.LargeBinary():
            return base64.b64decode
    return lambda value: value
