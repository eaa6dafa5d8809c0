"""Writes the rows of journal entries: removals first, then each table in one order.

Entries are replayed in order of moment, writer and number. Two writers at once may come to apply theirs in
another order; what came later in replay order is then put once more, so that the catalog is the replay of the
journal whatever the race.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archive.catalog import schema, schema_links, search_index
from archive.catalog.insert_new import insert_new
from archive.journal import Entry
from archive.rows import ROW_TYPES, RemovedRow, Row, TextRow

_BATCH = 500  # rows a statement
# Rows that two writers may bring at once, since their key is content: the smallest by these columns stays, so
# that what one of them referred to at the time is still what another one finds.
SMALLEST_STAYS = {"text": ("segment", "offset"), "image": ("first_at", "capture_id")}

# What is kept of a row beside it, under the same key, goes with it.
_DERIVED_FROM = {
    "text": (schema.text_body,),
    "image": (schema_links.picture_print,),
}

_Key = tuple[str, tuple[str, ...]]  # table, and primary key as text


def put_rows(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """Put the rows of one entry."""
    rows = list(rows)
    search_index.touch(connection, rows)
    by_table: dict[str, list[Row]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    remove(connection, by_table.pop(RemovedRow.table, []))
    for table in sorted(by_table):  # one order for all writers, so that no two wait for each other
        _put(connection, connection.dialect.name, table, by_table[table])


def overtaking(connection: sa.Connection, entry: Entry) -> list[str]:
    """Keys of the entries that are in already and come after this one in replay order, in that order."""
    known = schema.journal_entry.c
    query = sa.select(known.at, known.writer, known.number, known.key).where(known.at >= entry.at)
    found = sorted((tuple(row) for row in connection.execute(query)), key=lambda row: row[:3])
    return [str(key) for at, writer, number, key in found if (at, writer, number) > entry.order]


def put_overtaken(
    connection: sa.Connection, entry: Entry, later: Sequence[str], read: Callable[[str], Entry]
) -> None:
    """Put the rows of an entry, then again what the entries `later` say of the same rows."""
    touched = {_key_of(row) for row in entry.rows}
    digests = [key[0] for table, key in touched if table == TextRow.table]
    bodies = _bodies(connection, digests)  # an entry may take a text out that a later one has put again
    put_rows(connection, entry.rows)
    for key in later:
        put_rows(connection, [row for row in read(key).rows if _key_of(row) in touched])
    there = set(texts_there(connection, digests))
    if kept := [body for body in bodies if body["sha256"] in there]:
        connection.execute(insert_new(connection.dialect.name, schema.text_body), kept)


def _key_of(row: Row) -> _Key:
    if isinstance(row, RemovedRow):
        return row.of, row.key
    return row.table, tuple(
        str(getattr(row, column.name)) for column in schema.metadata.tables[row.table].primary_key
    )


def _bodies(connection: sa.Connection, digests: list[str]) -> list[dict[str, object]]:
    body = schema.text_body
    query = sa.select(body).where(body.c.sha256 == sa.bindparam("digest"))
    found = (connection.execute(query, {"digest": digest}).first() for digest in sorted(digests))
    return [{"sha256": row[0], "zstd": row[1]} for row in found if row is not None]


def texts_there(connection: sa.Connection, digests: list[str]) -> list[str]:
    """Those of these texts that are in the catalog."""
    query = sa.select(schema.text.c.sha256).where(schema.text.c.sha256 == sa.bindparam("digest"))
    return [digest for digest in digests if connection.execute(query, {"digest": digest}).first() is not None]


def remove(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Take rows out, before those of the same entry are put: an entry may replace a row by another."""
    by_table: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        if isinstance(row, RemovedRow):
            by_table.setdefault(row.of, []).append(row.key)
    for table in sorted(by_table):
        targets = [schema.metadata.tables[table], *_DERIVED_FROM.get(table, ())]
        for target in targets:
            columns = [target.c[column.name] for column in schema.metadata.tables[table].primary_key]
            found = sa.and_(*(column == sa.bindparam(f"key_{n}") for n, column in enumerate(columns)))
            connection.execute(
                sa.delete(target).where(found),
                [
                    {
                        f"key_{n}": column.type.python_type(part)
                        for n, (column, part) in enumerate(zip(columns, key, strict=True))
                    }
                    for key in sorted(set(by_table[table]))
                ],
            )
    if "version" in by_table:
        from archive.catalog import postings  # noqa: PLC0415 - with numpy, a tenth of a second

        postings.forget(connection, [(key[0], int(key[1])) for key in by_table["version"]])
    if "image" in by_table:
        _sweep_keys(connection)


def _sweep_keys(connection: sa.Connection) -> None:
    """Take keys out of the index of pictures that belong to nothing any more."""
    key, owner = schema_links.picture_key.c.picture, schema_links.picture_print.c.id
    connection.execute(sa.delete(key.table).where(key.not_in(sa.select(owner))))


def _put(connection: sa.Connection, backend: str, table: str, rows: list[Row]) -> None:
    # One statement cannot put the same key twice on PostgreSQL, so the last of equal keys wins here.
    key_names = [column.name for column in schema.metadata.tables[table].primary_key]
    if order := SMALLEST_STAYS.get(table):
        rows = sorted(rows, key=lambda row: tuple(getattr(row, name) for name in order), reverse=True)
    latest = {tuple(getattr(row, name) for name in key_names): row for row in rows}
    names = [field.name for field in fields(ROW_TYPES[table])]
    values = [{name: getattr(latest[key], name) for name in names} for key in sorted(latest)]
    for start in range(0, len(values), _BATCH):
        connection.execute(upsert(backend, table), values[start : start + _BATCH])


@cache
def upsert(backend: str, table: str) -> sqlite.Insert | postgresql.Insert:
    """INSERT of a row of a journal entry, whatever is there under its key."""
    target = schema.metadata.tables[table]
    insert = (sqlite.insert if backend == "sqlite" else postgresql.insert)(target)
    keys = {column.name for column in target.primary_key}
    changed = {
        column.name: insert.excluded[column.name] for column in target.columns if column.name not in keys
    }
    if not changed:  # a row that is nothing but its key
        return insert.on_conflict_do_nothing(index_elements=list(target.primary_key))
    order = SMALLEST_STAYS.get(table, ())
    smaller = sa.tuple_(*(insert.excluded[name] for name in order)) < sa.tuple_(
        *(target.c[name] for name in order)
    )
    return insert.on_conflict_do_update(
        index_elements=list(target.primary_key), set_=changed, where=smaller if order else None
    )
