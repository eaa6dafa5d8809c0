"""The rows that the journal gives, as digests in a scratch file, held against the rows that the catalog has.

The catalog is the replay of the journal, so any row that is other than the one that a rebuild would make is
wrong, whatever table and column it is in. The scratch file keeps the memory small: 16 bytes of digest a row.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from archive.catalog import schema
from archive.catalog.catalog import Catalog
from archive.catalog.dump import Values, snapshot
from archive.catalog.row_writes import SMALLEST_STAYS
from archive.clock import isoformat_z
from archive.journal import Entry
from archive.journal_lines import row_line
from archive.rows import ROW_TYPES, RemovedRow, Row

_KEYS = {
    table: tuple(column.name for column in schema.metadata.tables[table].primary_key)
    for table, kind in ROW_TYPES.items()
    if kind is not RemovedRow
}


class Replayed:
    """A replay of journal entries, which are given to `add` in replay order. Use as a context manager."""

    def __init__(self) -> None:
        self.entries: set[str] = set()

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="dateline-verify-")
        self._rows = sqlite3.connect(Path(self._folder.name) / "rows.db", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode=OFF")  # nothing here outlives this process
        self._rows.execute("PRAGMA synchronous=OFF")
        self._rows.execute(
            "CREATE TABLE r (t TEXT, k TEXT, d BLOB, rank TEXT, PRIMARY KEY (t, k)) WITHOUT ROWID"
        )
        self._rows.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()
        self._folder.cleanup()

    def add(self, entry: Entry) -> None:
        """Apply the rows of an entry as `Catalog.apply` does: removals first."""
        self.entries.add(entry.key)
        for row in entry.rows:
            if isinstance(row, RemovedRow):
                key = json.dumps(row.key)
                self._rows.execute("DELETE FROM r WHERE t = ? AND k = ?", (row.of, key))
        for row in entry.rows:
            if not isinstance(row, RemovedRow):
                self._put(row)

    def _put(self, row: Row) -> None:
        columns = SMALLEST_STAYS.get(row.table, ())
        rank = "\0".join(_sortable(getattr(row, name)) for name in columns)
        self._rows.execute(
            "INSERT INTO r VALUES (?, ?, ?, ?) ON CONFLICT (t, k) DO UPDATE SET d = excluded.d, "
            "rank = excluded.rank WHERE excluded.rank = '' OR excluded.rank < rank",
            (row.table, _key(row), _digest(row), rank),
        )

    def differences(self, catalog: Catalog, read: Callable[[str], Entry]) -> Iterator[tuple[str, str]]:
        """(row, complaint) for each row of the catalog that is not the one that the journal gives.

        The catalog is read at one moment; entries that it has applied since the replay are added first,
        with `read`, which gives the entry under a key. Call once: what was compared is forgotten.
        """
        with snapshot(catalog) as state:
            since = set(state.entries()) - self.entries
            for entry in sorted(map(read, since), key=lambda entry: entry.order):
                self.add(entry)
            for table in sorted(_KEYS):
                yield from self._compare(table, state.values(table))

    def _compare(self, table: str, rows: Iterator[Values]) -> Iterator[tuple[str, str]]:
        kind = ROW_TYPES[table]
        names = [field.name for field in fields(kind)]
        for values in rows:
            row = kind(**{name: values[name] for name in names})
            found = self._rows.execute(
                "DELETE FROM r WHERE t = ? AND k = ? RETURNING d", (table, _key(row))
            ).fetchone()
            if found is None:
                yield f"{table} {_shown(_key(row))}", "the journal gives no such row"
            elif found[0] != _digest(row):
                yield f"{table} {_shown(_key(row))}", "the row is not the one that the journal gives"
        for (key,) in self._rows.execute("SELECT k FROM r WHERE t = ? ORDER BY k", (table,)):
            yield f"{table} {_shown(key)}", "the journal gives this row, the catalog does not have it"


def _key(row: Row) -> str:
    return json.dumps([str(getattr(row, name)) for name in _KEYS[row.table]])


def _shown(key: str) -> str:
    return " ".join(json.loads(key))


def _digest(row: Row) -> bytes:
    return hashlib.sha256(row_line(row)).digest()[:16]


def _sortable(value: object) -> str:
    if isinstance(value, int):
        return f"{value:020d}"
    return value if isinstance(value, str) else isoformat_z(value)  # type: ignore[arg-type]
