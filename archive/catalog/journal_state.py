"""Which journal entries the catalog has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import raw
from archive.catalog.schema import journal_entry, purged


@dataclass(frozen=True, slots=True)
class AppliedEntry:
    """What the catalog remembers of a journal entry; the digest is None for entries of old releases."""

    writer: str
    number: int
    at: datetime
    digest: str | None


def newest(catalog: Catalog) -> datetime | None:
    """The moment of the newest entry that is in, or None for an empty catalog."""
    query = sa.select(sa.func.max(journal_entry.c.at, type_=journal_entry.c.at.type))
    moment: datetime | None = raw(catalog, query)[0][0]
    return moment


def has(catalog: Catalog, key: str) -> bool:
    """Whether the entry under this object key is in."""
    writer, _, number = key.rpartition("/")[2].removesuffix(".jsonl").rpartition("-")
    query = sa.select(journal_entry.c.key).where(
        journal_entry.c.writer == writer, journal_entry.c.number == int(number)
    )
    return bool(raw(catalog, query))


def keys(catalog: Catalog) -> list[str]:
    """Object keys of all entries that are in."""
    return [key for (key,) in raw(catalog, sa.select(journal_entry.c.key).order_by(journal_entry.c.key))]


def applied(catalog: Catalog) -> dict[str, AppliedEntry]:
    """Every entry that is in, by object key."""
    entry = journal_entry.c
    query = sa.select(entry.key, entry.writer, entry.number, entry.at, entry.digest)
    return {key: AppliedEntry(*rest) for key, *rest in map(tuple, raw(catalog, query))}


def heads(catalog: Catalog) -> dict[str, AppliedEntry]:
    """The newest entry of each writer, by object key."""
    entry = journal_entry.c
    newest_of = (
        sa.select(entry.writer, sa.func.max(entry.number).label("number")).group_by(entry.writer).subquery()
    )
    query = sa.select(entry.key, entry.writer, entry.number, entry.at, entry.digest).join(
        newest_of, sa.and_(entry.writer == newest_of.c.writer, entry.number == newest_of.c.number)
    )
    return {key: AppliedEntry(*rest) for key, *rest in map(tuple, raw(catalog, query))}


def head_of(catalog: Catalog, writer: str) -> str | None:
    """Object key of the newest entry of one writer that is in."""
    entry = journal_entry.c
    newest_of = sa.select(entry.key).where(entry.writer == writer).order_by(entry.number.desc()).limit(1)
    found = raw(catalog, newest_of)
    return str(found[0][0]) if found else None


def since(catalog: Catalog, at: datetime) -> list[str]:
    """Object keys of the entries of a moment or later, in replay order."""
    entry = journal_entry.c
    query = sa.select(entry.at, entry.writer, entry.number, entry.key).where(entry.at >= at)
    return [key for *_, key in sorted(tuple(row) for row in raw(catalog, query))]


def keys_of(catalog: Catalog, writer: str, first: int, last: int) -> list[str]:
    """Object keys of a writer's entries from one number to another, in order."""
    entry = journal_entry.c
    chosen = sa.and_(entry.writer == writer, entry.number.between(first, last))
    return [key for (key,) in raw(catalog, sa.select(entry.key).where(chosen).order_by(entry.number))]


def purged_from(catalog: Catalog) -> dict[str, frozenset[str]]:
    """The digests of rows that were purged, by the key of the entry that had them."""
    found: dict[str, set[str]] = {}
    for entry, digest in map(tuple, raw(catalog, sa.select(purged.c.entry, purged.c.digest))):
        found.setdefault(entry, set()).add(digest)
    return {entry: frozenset(digests) for entry, digests in found.items()}


def entered_twice(catalog: Catalog) -> list[str]:
    """Object keys of entries that the catalog has under more than one number."""
    entry = journal_entry.c
    query = sa.select(entry.key).group_by(entry.key).having(sa.func.count() > 1).order_by(entry.key)
    return [key for (key,) in raw(catalog, query)]
