"""A rebuild in the catalog: the mark that it is not done, entries in batches, texts still to be read.

What it fills the catalog with waits for no disk: a power cut leaves the mark, and the next rebuild goes on
from what is there. `end` is durable, and all before it with it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from archive.catalog import bulk, months, schema, search_index
from archive.catalog.catalog import Catalog, apply_entry, lock_journal
from archive.catalog.engine import may_write
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import fetch, select
from archive.catalog.insert_new import insert_new
from archive.catalog.replay_batch import Batch, batch_of, of_rows
from archive.catalog.row_writes import overtaking, remove, upsert
from archive.catalog.schema import capture, rebuilding, text, text_body
from archive.journal import Entry
from archive.rows import TextRow
from config.errors import DatelineError

_LOCK = 0x646174656C696E67
_TEXT_BY_PLACE = "text_by_place"


class RebuildGoesOn(DatelineError):  # noqa: N818 - named for what it says
    """Another process rebuilds this catalog now."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A rebuild that is not done: from which store, begun when."""

    store: str
    started_at: datetime


def unfinished(catalog: Catalog) -> Unfinished | None:
    """The rebuild that has begun and is not done, if there is one."""
    with catalog.read() as connection:
        row = connection.execute(sa.select(rebuilding.c.store, rebuilding.c.started_at)).first()
        return None if row is None else Unfinished(*row)


def begin(catalog: Catalog, store: str, now: datetime) -> None:
    """Forget everything but live leases, and mark the catalog as unfinished, in one transaction.

    The large tables are without their indexes until `index`.
    """
    with catalog.write() as connection:
        lock_journal(connection)
        search_index.forget(connection)
        for table in schema.metadata.sorted_tables:
            if table is not schema.lease:
                connection.execute(sa.delete(table))
        if catalog.backend == "postgresql":
            months.renew(connection)
        bulk.drop_indexes(connection)
        connection.execute(sa.insert(rebuilding).values(store=store, started_at=now))


def index(catalog: Catalog) -> None:
    """Make the indexes that `begin` has dropped: the journal is in, and what follows asks by them."""
    for name in missing_indexes(catalog):
        make_index(catalog, name)


def missing_indexes(catalog: Catalog) -> list[str]:
    """Names of the indexes that there should be and are not, the one first that texts are read by."""
    with catalog.read() as connection:
        names = [str(index.name) for index in bulk.missing_indexes(connection)]
    return sorted(names, key=lambda name: name != _TEXT_BY_PLACE)


def make_index(catalog: Catalog, name: str) -> None:
    """Make one of them, if it is missing still; by itself, so that SQLite's log stays small."""
    with catalog.write(durable=False) as connection:
        if catalog.backend == "postgresql":  # whose server goes on with one although its asker was killed
            alone_with = sa.func.hashtextextended(name, _LOCK)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(alone_with)))
        for each in bulk.missing_indexes(connection):
            if each.name == name:
                each.create(connection)


def forget_words(catalog: Catalog) -> None:
    """Forget the index of words."""
    with catalog.write() as connection:
        search_index.forget(connection)


def end(catalog: Catalog) -> None:
    """The catalog is whole."""
    with catalog.write() as connection:
        connection.execute(sa.delete(rebuilding))


@contextmanager
def alone(catalog: Catalog) -> Iterator[None]:
    """Be the only process that rebuilds this catalog; the claim dies with the process.

    Raises RebuildGoesOn.
    """
    if catalog.backend == "postgresql":
        with catalog.read() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LOCK))).scalar():
                raise _goes_on(catalog)
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
        return
    path = Path(f"{catalog.file}.rebuild")
    with may_write(path):
        lock = path.open("ab")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _goes_on(catalog) from None
        yield
        path.unlink(missing_ok=True)


def _goes_on(catalog: Catalog) -> RebuildGoesOn:
    return RebuildGoesOn(f"catalog {catalog.address} is being rebuilt by another process; wait for it")


def replay(catalog: Catalog, entries: Sequence[Entry], read: Callable[[str], Entry]) -> None:
    """Put entries, which follow each other in replay order, in one transaction; as `put`."""
    put(catalog, batch_of(catalog.backend, of_rows(entries)), read)


def put(catalog: Catalog, batch: Batch, read: Callable[[str], Entry]) -> None:
    """Put a batch of entries in one transaction. Texts, and the index of words, come later.

    `read` gives the journal entry under a key; asked for if one of them was overtaken.
    """
    once_more_if_cut(lambda: _put(catalog, batch, read))


def _put(catalog: Catalog, batch: Batch, read: Callable[[str], Entry]) -> None:
    with catalog.write(durable=False) as connection:
        lock_journal(connection)
        if catalog.backend == "postgresql":
            for month in months.missing(connection, batch.months):
                months.make(connection, month)
        if overtaking(connection, batch.first):  # another writer's clock was behind, or a purge was repaired
            for key in batch.keys:
                apply_entry(connection, read(key), {}, read)
            return
        for stretch in batch.stretches:
            remove(connection, stretch.removed)
            for table, rows in stretch.tables:  # in one order of tables
                bulk.put_packed(connection, table, upsert(catalog.backend, table), rows)


def apply_unfinished(catalog: Catalog, entry: Entry, read: Callable[[str], Entry]) -> None:
    """Apply an entry that the rebuild itself has put into the journal."""
    replay(catalog, [entry], read)


def without_body(catalog: Catalog) -> list[str]:
    """Segments in which there are texts that the catalog has no copy of."""
    query = _lacking(sa.select(text.c.segment).distinct()).order_by(text.c.segment)
    with catalog.read() as connection:
        return list(connection.execute(query).scalars())


def texts_without_body(catalog: Catalog, segment: str) -> list[TextRow]:
    """The texts of a segment that the catalog has no copy of, by offset."""
    return fetch(
        catalog, TextRow, _lacking(select(TextRow)).where(text.c.segment == segment).order_by(text.c.offset)
    )


def _lacking(query: sa.Select[Any]) -> sa.Select[Any]:
    joined = text.outerjoin(text_body, text.c.sha256 == text_body.c.sha256)
    return query.select_from(joined).where(text_body.c.sha256.is_(None))


def put_bodies(catalog: Catalog, bodies: Mapping[str, bytes]) -> None:
    """Keep copies of texts, packed as `packing` has them, by their digests."""
    if bodies:
        with catalog.write(durable=False) as connection:
            new = insert_new(catalog.backend, text_body)
            bulk.put(connection, text_body.name, new, sorted(bodies.items()))


def captures_beyond(catalog: Catalog, segment: str, end_at: int) -> int:
    """How many captures have their record or payload in a segment, not wholly before an offset."""
    record = sa.and_(capture.c.segment == segment, capture.c.offset + capture.c.length > end_at)
    payload = sa.and_(
        capture.c.payload_segment == segment, capture.c.payload_offset + capture.c.payload_length > end_at
    )
    with catalog.read() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(capture).where(sa.or_(record, payload))
        ).scalar_one()


def known_captures(catalog: Catalog, ids: Sequence[str]) -> set[str]:
    """Those of these captures that the catalog has."""
    found: set[str] = set()
    with catalog.read() as connection:
        for start in range(0, len(ids), 500):
            piece = ids[start : start + 500]
            found |= set(connection.execute(sa.select(capture.c.id).where(capture.c.id.in_(piece))).scalars())
    return found


def erased_keys(catalog: Catalog) -> set[str]:
    """Objects that were erased, or are to be: nothing that lies there again is adopted."""
    with catalog.read() as connection:
        return set(connection.execute(sa.select(schema.erasure.c.key)).scalars())
