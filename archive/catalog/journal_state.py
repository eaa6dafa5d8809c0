"""Which journal entries the catalog has."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.schema import journal_entry


def newest(catalog: Catalog) -> datetime | None:
    """The moment of the newest entry that is in, or None for an empty catalog."""
    with catalog.read() as connection:
        return connection.execute(
            sa.select(sa.func.max(journal_entry.c.at, type_=journal_entry.c.at.type))
        ).scalar()


def has(catalog: Catalog, key: str) -> bool:
    """Whether the entry under this object key is in."""
    writer, _, number = key.rpartition("/")[2].removesuffix(".jsonl").rpartition("-")
    query = sa.select(journal_entry.c.key).where(
        journal_entry.c.writer == writer, journal_entry.c.number == int(number)
    )
    with catalog.read() as connection:
        return connection.execute(query).first() is not None


def keys(catalog: Catalog) -> list[str]:
    """Object keys of all entries that are in."""
    with catalog.read() as connection:
        return list(
            connection.execute(sa.select(journal_entry.c.key).order_by(journal_entry.c.key)).scalars()
        )
