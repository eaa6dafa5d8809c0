"""The catalog: opened by address, changed only by journal entries, read through query modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa

from archive.catalog import months, schema, search_index
from archive.catalog.engine import compact, open_engine, writing
from archive.catalog.errors import CatalogUnfinished, clear_errors, once_more_if_cut
from archive.catalog.insert_new import insert_new
from archive.catalog.migrate import upgrade
from archive.catalog.packing import compress
from archive.catalog.row_writes import overtaking, put_overtaken, put_rows, texts_there
from archive.journal import Entry, digest_of, encode
from archive.rows import TextRow

# Whoever applies an entry is alone, so that what has overtaken it is known; SQLite has one writer anyway.
_LOCK = 0x646174656C696E66


class Catalog:
    """One open catalog; use from any thread (each transaction takes its own connection).

    Every method raises CatalogUnreachable when the database does not answer, refuses us, or has no
    space: the transaction has then not happened and may be repeated, because `apply` is idempotent.
    """

    def __init__(self, address: str) -> None:
        self._engine = open_engine(address)
        self.address = self._engine.url.render_as_string(hide_password=True)
        self._ahead = months.Ahead()

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

    @property
    def file(self) -> str:
        """The file of an SQLite catalog."""
        return str(self._engine.url.database)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the catalog; for the query modules of this folder."""
        with clear_errors(self.address), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sa.Connection]:
        """One write transaction; only leases, `apply`, a rebuild and a restore use it.

        What need not be `durable` may be gone after a power cut, with all that came later, until one that is
        has followed it; a killed process loses none of it.
        """
        with clear_errors(self.address), writing(self._engine, durable=durable) as connection:
            yield connection

    def apply(
        self, entry: Entry, texts: Mapping[str, str], read: Callable[[str], Entry] | None = None
    ) -> bool:
        """Put an entry's rows in one transaction; False if this entry was in already.

        The catalog is then what a replay in order gives, also if entries that come after this one are in.

        Args:
            entry: as it was put into the journal.
            texts: the clean text for the sha256 of every text row of the entry.
            read: gives the journal entry under a key; asked for entries that have overtaken this one.

        Raises CatalogUnfinished while a rebuild is not done, ValueError if `read` is needed and not given.
        """
        # Also after a connection that was cut at the commit: what went through is not applied twice.
        return once_more_if_cut(lambda: self._apply(entry, texts, read))

    def _apply(self, entry: Entry, texts: Mapping[str, str], read: Callable[[str], Entry] | None) -> bool:
        if self.backend == "postgresql":
            with clear_errors(self.address):
                self._ahead.look(self._engine, entry.rows)
        with self.write() as connection:
            lock_journal(connection)
            refuse_unfinished(connection, self.address)
            return apply_entry(connection, entry, texts, read)

    def compact(self) -> None:
        """Leave nothing of deleted rows in the file of an SQLite catalog; PostgreSQL has its own vacuum."""
        search_index.compact(self)
        with clear_errors(self.address):
            compact(self._engine)

    def clear(self) -> None:
        """Forget everything but live leases; `rebuild` does this before it replays the journal."""
        with self.write() as connection:
            search_index.forget(connection)
            for table in schema.metadata.sorted_tables:
                if table is not schema.lease:
                    connection.execute(sa.delete(table))


def lock_journal(connection: sa.Connection) -> None:
    """Be the only one who applies entries until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def refuse_unfinished(connection: sa.Connection, address: str) -> None:
    """Raise CatalogUnfinished if a rebuild has begun and is not done."""
    if connection.execute(sa.select(schema.rebuilding.c.store).limit(1)).first() is not None:
        raise CatalogUnfinished(
            f"catalog {address} is being rebuilt and is not whole yet; `dateline rebuild` goes on with it"
        )


def apply_entry(
    connection: sa.Connection,
    entry: Entry,
    texts: Mapping[str, str],
    read: Callable[[str], Entry] | None,
) -> bool:
    """Put an entry's rows within a transaction; False if it was in already. What `Catalog.apply` does."""
    if not mark_applied(connection, entry):
        return False
    later = overtaking(connection, entry) if entry.rows else []
    if not later:
        put_rows(connection, entry.rows)
    elif read is None:
        raise ValueError(f"{entry.key} was overtaken by {later[0]}: `read` must give journal entries")
    else:
        put_overtaken(connection, entry, later, read)
    brought = {row.sha256 for row in entry.rows if isinstance(row, TextRow) and row.sha256 in texts}
    if later:  # which may have taken the text out again
        brought = set(texts_there(connection, sorted(brought)))
    bodies = [{"sha256": digest, "zstd": compress(texts[digest])} for digest in sorted(brought)]
    if bodies:
        connection.execute(insert_new(connection.dialect.name, schema.text_body), bodies)
    return True


def mark_applied(connection: sa.Connection, entry: Entry) -> bool:
    """Enter that a journal entry is in; False if it was."""
    mark = {
        "writer": entry.writer,
        "number": entry.number,
        "at": entry.at,
        "key": entry.key,
        "digest": entry.digest or digest_of(encode(entry)),
    }
    # Asked for by RETURNING: the row count of an INSERT is not there on every driver.
    insert = insert_new(connection.dialect.name, schema.journal_entry)
    return connection.execute(insert.returning(schema.journal_entry.c.number), mark).first() is not None
