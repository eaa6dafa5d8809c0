"""The values of rows as both databases take them, straight from the lines of the journal.

Moments are text of 27 characters and lists are JSON, as SQLite keeps them and PostgreSQL reads them. What a
row type would add (a field that is newer than the line) or refuse goes the long way, by the row itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from archive.catalog import bulk, schema
from archive.catalog.columns import Moment, Names
from archive.clock import isoformat_z, parse_z
from archive.journal_lines import read_row
from archive.rows import ROW_TYPES, RemovedRow, Row

_decode = json.JSONDecoder().raw_decode


class Values(NamedTuple):
    """A row of a table, in the order of its columns."""

    table: str
    values: Sequence[Any]


Said = Values | RemovedRow


def values_in(line: bytes, key: str, number: int) -> Said:
    """What a line of a journal entry says; raises what `read_row` raises."""
    text = line.decode("utf-8")
    try:
        given, end = _decode(text)
    except ValueError:
        end = -1
    if end == len(text) and isinstance(given, dict):
        table = given.pop("table", None)
        shape = _shape(table) if isinstance(table, str) and table in schema.metadata.tables else None
        if shape is not None and given.keys() == shape.names:
            return Values(table, shape.values(given))
    return values_of(read_row(line, key, number))


def values_of(row: Row) -> Said:
    """What a row says."""
    if isinstance(row, RemovedRow):
        return row
    return Values(row.table, bulk.stored("sqlite", row.table).row(row))


class _Shape:
    """Fields of a row type, and the columns of its table."""

    def __init__(self, table: str) -> None:
        columns = schema.metadata.tables[table].columns
        self.names = {field.name for field in fields(ROW_TYPES[table])}
        self._get: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*columns.keys())
        self._moments = [place for place, column in enumerate(columns) if isinstance(column.type, Moment)]
        self._lists = [place for place, column in enumerate(columns) if isinstance(column.type, Names)]

    def values(self, given: dict[str, Any]) -> Sequence[Any]:
        """Those of the columns; raises ValueError for a moment that is none."""
        found = list(self._get(given))
        for place in self._moments:
            if found[place] is not None:
                found[place] = _moment(str(found[place]))
        for place in self._lists:
            if found[place] is not None:
                found[place] = json.dumps(list(found[place])) if found[place] else "[]"
        return found


@cache
def _shape(table: str) -> _Shape | None:
    """None for a table that no row type is kept in, and for one of a single column."""
    columns = schema.metadata.tables[table].columns
    return _Shape(table) if table in ROW_TYPES and len(columns) > 1 else None


@lru_cache(1 << 16)
def _moment(text: str) -> str:
    return isoformat_z(parse_z(text))
