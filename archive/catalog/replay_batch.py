"""Entries that are replayed in one transaction, made ready for the driver by whoever is free.

Of rows with the same key only the one that stays is among them, as if they had been put one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import itemgetter
from typing import Any

from archive.catalog import bulk, months, schema
from archive.catalog.row_values import Said, Values, values_of
from archive.catalog.row_writes import SMALLEST_STAYS
from archive.journal import Entry, digest_of, encode
from archive.rows import RemovedRow

Rows = list[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows between two removals: what is taken out before them, and the rows of each table, packed."""

    removed: tuple[RemovedRow, ...]
    tables: tuple[tuple[str, bulk.Packed], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that follow each other in replay order; at least one.

    Attributes:
        first: the first one, without its rows.
        keys: of all.
        stretches: their rows, and the marks that say that they are in.
        months: of the runs in their ledgers.
    """

    first: Entry
    keys: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    months: frozenset[months.Month]


def batch_of(backend: str, entries: Sequence[tuple[Entry, Sequence[Said]]]) -> Batch:
    """Make entries ready for a database of this kind."""
    stretches: list[Stretch] = []
    removed: tuple[RemovedRow, ...] = ()
    tables: dict[str, Rows] = {"journal_entry": [_mark(entry) for entry, _ in entries]}
    for _, said in entries:
        if gone := tuple(row for row in said if isinstance(row, RemovedRow)):
            stretches.append(_stretch(backend, removed, tables))
            removed, tables = gone, {}
        for row in said:
            if isinstance(row, Values):
                tables.setdefault(row.table, []).append(row.values)
    stretches.append(_stretch(backend, removed, tables))
    values = (row for _, said in entries for row in said if isinstance(row, Values))
    runs = {row.values[0] for row in values if row.table == schema.ledger.name}
    return Batch(
        replace(entries[0][0], rows=()),
        tuple(entry.key for entry, _ in entries),
        tuple(stretches),
        frozenset(months.months_of(map(str, runs))),
    )


def of_rows(entries: Iterable[Entry]) -> list[tuple[Entry, Sequence[Said]]]:
    """Entries that were read as rows, as `batch_of` takes them."""
    return [(entry, [values_of(row) for row in entry.rows]) for entry in entries]


def _mark(entry: Entry) -> Sequence[Any]:
    digest = entry.digest or digest_of(encode(entry))
    given = (entry.writer, entry.number, entry.at, entry.key, digest)
    return bulk.stored("sqlite", schema.journal_entry.name).values(given)


def _stretch(backend: str, removed: tuple[RemovedRow, ...], tables: dict[str, Rows]) -> Stretch:
    packed = ((table, bulk.packed(backend, _lasting(table, tables[table]))) for table in sorted(tables))
    return Stretch(removed, tuple(packed))


def _lasting(table: str, rows: Rows) -> Rows:
    """Of each key the row that stays, by key."""
    key, order = _places(table)
    if order is not None:
        rows = sorted(rows, key=order, reverse=True)
    latest = {key(row): row for row in rows}
    return [latest[each] for each in sorted(latest)]


@cache
def _places(table: str) -> tuple[itemgetter[Any], itemgetter[Any] | None]:
    """What gives the key of a row, and what is smallest in the one that stays, if that counts."""
    names = bulk.names_of(table)
    key = itemgetter(*(names.index(column.name) for column in schema.metadata.tables[table].primary_key))
    order = SMALLEST_STAYS.get(table)
    return key, None if order is None else itemgetter(*(names.index(name) for name in order))
