"""What is still to be erased, and which journal lines were purged."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.catalog.schema import erasure, journal_entry, purged
from archive.rows import ErasureRow


def pending(catalog: Catalog) -> list[ErasureRow]:
    """Objects that are to be in no store any more, and may still be, by key."""
    return fetch(
        catalog, ErasureRow, select(ErasureRow).where(erasure.c.done_at.is_(None)).order_by(erasure.c.key)
    )


def every(catalog: Catalog) -> list[ErasureRow]:
    """Everything that was erased or is to be, by key."""
    return fetch(catalog, ErasureRow, select(ErasureRow).order_by(erasure.c.key))


def entries_in_order(catalog: Catalog) -> list[str]:
    """Keys of the journal entries that still have to lose lines, in order of replay."""
    query = (
        sa.select(erasure.c.key)
        .join(journal_entry, journal_entry.c.key == erasure.c.key)
        .where(erasure.c.done_at.is_(None))
        .order_by(journal_entry.c.at, journal_entry.c.writer, journal_entry.c.number)
    )
    with catalog.read() as connection:
        return list(connection.execute(query).scalars())


def purged_lines(catalog: Catalog, entry: str) -> frozenset[str]:
    """Digests of the lines of a journal entry (by its object key) that are to be purged, or were."""
    with catalog.read() as connection:
        return frozenset(
            connection.execute(sa.select(purged.c.digest).where(purged.c.entry == entry)).scalars()
        )
