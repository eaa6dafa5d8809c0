"""The rows that the journal gives, as digests in a scratch file, held against the rows that the catalog has.

The catalog is the replay of the journal, so any row that is other than the one that a rebuild would make is
wrong, whatever table and column it is in. The scratch file keeps the memory small: 16 bytes of digest a row.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Said:
    """What a journal entry says of rows.

    Attributes:
        order: of the entry, in a replay.
        removed: table and key of each row that goes.
        put: table, key, digest and rank of each row that is put; of several of the same key the one of the
            smallest rank stays, and without a rank the last one.
    """

    key: str
    order: tuple[datetime, str, int]
    removed: tuple[tuple[str, str], ...]
    put: tuple[tuple[str, str, bytes, str], ...]


def said_by(entry: Entry) -> Said:
    """What an entry says of rows."""
    removed = tuple((row.of, json.dumps(row.key)) for row in entry.rows if isinstance(row, RemovedRow))
    put = (
        (row.table, _key(row), _digest(row), _rank(row))
        for row in entry.rows
        if not isinstance(row, RemovedRow)
    )
    return Said(entry.key, entry.order, removed, tuple(put))


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

    def add(self, said: Said) -> None:
        """Apply what an entry says as `Catalog.apply` does: removals first."""
        self.entries.add(said.key)
        self._rows.executemany("DELETE FROM r WHERE t = ? AND k = ?", said.removed)
        self._rows.executemany(
            "INSERT INTO r VALUES (?, ?, ?, ?) ON CONFLICT (t, k) DO UPDATE SET d = excluded.d, "
            "rank = excluded.rank WHERE excluded.rank = '' OR excluded.rank < rank",
            said.put,
        )

    def differences(self, catalog: Catalog, read: Callable[[str], Entry]) -> Iterator[tuple[str, str]]:
        """(row, complaint) for each row of the catalog that is not the one that the journal gives.

        The catalog is read at one moment; entries that it has applied since the replay are added first,
        with `read`, which gives the entry under a key. Call once: what was compared is forgotten.
        """
        with snapshot(catalog) as state:
            since = set(state.entries()) - self.entries
            for entry in sorted(map(read, since), key=lambda entry: entry.order):
                self.add(said_by(entry))
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


def _rank(row: Row) -> str:
    return "\0".join(_sortable(getattr(row, name)) for name in SMALLEST_STAYS.get(row.table, ()))


def _sortable(value: object) -> str:
    if isinstance(value, int):
        return f"{value:020d}"
    return value if isinstance(value, str) else isoformat_z(value)  # type: ignore[arg-type]
