"""The catalog: opened by address, changed only by journal entries, read through query modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from functools import cache

import sqlalchemy as sa
import zstandard
from sqlalchemy.dialects import postgresql, sqlite

from archive.catalog import schema
from archive.catalog.engine import open_engine, writing
from archive.catalog.errors import clear_errors, once_more_if_cut
from archive.catalog.migrate import upgrade
from archive.journal import Entry
from archive.rows import ROW_TYPES, Row, TextRow

_BATCH = 500  # rows a statement
# Rows that two writers may bring at once, since their key is content. Their transactions may come in another
# order than their journal entries, so not the last but the smallest by these columns stays.
_SMALLEST_STAYS = {"text": ("segment", "offset"), "image": ("first_at", "capture_id")}


class Catalog:
    """One open catalog; use from any thread (each transaction takes its own connection).

    Every method raises CatalogUnreachable when the database does not answer, refuses us, or has no
    space: the transaction has then not happened and may be repeated, because `apply` is idempotent.
    """

    def __init__(self, address: str) -> None:
        self._engine = open_engine(address)
        self.address = self._engine.url.render_as_string(hide_password=True)

    @classmethod
    def open(cls, address: str) -> Catalog:
        """Connect, and bring the schema up to date."""
        catalog = cls(address)
        try:
            with clear_errors(catalog.address):
                upgrade(catalog._engine)
        except BaseException:
            catalog.close()
            raise
        return catalog

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    @property
    def backend(self) -> str:
        """`sqlite` or `postgresql`."""
        return str(self._engine.dialect.name)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the catalog; for the query modules of this folder."""
        with clear_errors(self.address), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One write transaction; only leases, `apply` and a restore use it."""
        with clear_errors(self.address), writing(self._engine) as connection:
            yield connection

    def apply(self, entry: Entry, texts: Mapping[str, str]) -> bool:
        """Put an entry's rows in one transaction; False if this entry was in already.

        `texts` has the clean text for the sha256 of every text row of the entry.
        """
        # Also after a connection that was cut at the commit: what went through is not applied twice.
        return once_more_if_cut(lambda: self._apply(entry, texts))

    def _apply(self, entry: Entry, texts: Mapping[str, str]) -> bool:
        with self.write() as connection:
            mark = {"writer": entry.writer, "number": entry.number, "at": entry.at, "key": entry.key}
            # Asked for by RETURNING: the row count of an INSERT is not there on every driver.
            insert = _insert_new(self.backend, schema.journal_entry).returning(schema.journal_entry.c.number)
            if connection.execute(insert, mark).first() is None:
                return False
            by_table: dict[str, list[Row]] = {}
            for row in entry.rows:
                by_table.setdefault(row.table, []).append(row)
            for table in sorted(by_table):  # one order for all writers, so that no two wait for each other
                _put(connection, self.backend, table, by_table[table])
            bodies = [
                {"sha256": row.sha256, "zstd": compress(texts[row.sha256])}
                for row in entry.rows
                if isinstance(row, TextRow) and row.sha256 in texts
            ]
            bodies.sort(key=lambda body: str(body["sha256"]))
            if bodies:
                connection.execute(_insert_new(self.backend, schema.text_body), bodies)
        return True

    def clear(self) -> None:
        """Forget everything but live leases; `rebuild` does this before it replays the journal."""
        with self.write() as connection:
            for table in schema.metadata.sorted_tables:
                if table is not schema.lease:
                    connection.execute(sa.delete(table))


def compress(text: str) -> bytes:
    """A text as kept in the catalog: one zstd frame over UTF-8."""
    return zstandard.ZstdCompressor(level=9).compress(text.encode("utf-8", "surrogatepass"))


def decompress(data: bytes) -> str:
    """The inverse of `compress`."""
    return zstandard.ZstdDecompressor().decompress(data).decode("utf-8", "surrogatepass")


def _put(connection: sa.Connection, backend: str, table: str, rows: list[Row]) -> None:
    # One statement cannot put the same key twice on PostgreSQL, so the last of equal keys wins here.
    key_names = [column.name for column in schema.metadata.tables[table].primary_key]
    if order := _SMALLEST_STAYS.get(table):
        rows = sorted(rows, key=lambda row: tuple(getattr(row, name) for name in order), reverse=True)
    latest = {tuple(getattr(row, name) for name in key_names): row for row in rows}
    names = [field.name for field in fields(ROW_TYPES[table])]
    values = [{name: getattr(latest[key], name) for name in names} for key in sorted(latest)]
    for start in range(0, len(values), _BATCH):
        connection.execute(_upsert(backend, table), values[start : start + _BATCH])


@cache
def _upsert(backend: str, table: str) -> sa.Executable:
    target = schema.metadata.tables[table]
    insert = (sqlite.insert if backend == "sqlite" else postgresql.insert)(target)
    keys = {column.name for column in target.primary_key}
    changed = {
        column.name: insert.excluded[column.name] for column in target.columns if column.name not in keys
    }
    order = _SMALLEST_STAYS.get(table, ())
    smaller = sa.tuple_(*(insert.excluded[name] for name in order)) < sa.tuple_(
        *(target.c[name] for name in order)
    )
    return insert.on_conflict_do_update(
        index_elements=list(target.primary_key), set_=changed, where=smaller if order else None
    )


@cache
def _insert_new(backend: str, target: sa.Table) -> sqlite.Insert | postgresql.Insert:
    insert = (sqlite.insert if backend == "sqlite" else postgresql.insert)(target)
    return insert.on_conflict_do_nothing(index_elements=list(target.primary_key))
