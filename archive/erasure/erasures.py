"""Carries erasures out: objects leave every store, journal entries lose the lines that were purged.

What is to go was acknowledged first, with rows that say so (`ErasureRow`), and is marked as done last. So a
crash at any moment leaves work that the next start, or the same command again, finishes: erasing what is gone
already, and purging a line twice, change nothing. Journal entries come after all objects and in order of
replay, since the entry that says what goes loses its own telling lines when nothing needs them any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from archive.catalog import erasures, journal_state, segments
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.digest import sha256_hex
from archive.journal import PREFIX, JournalWriter, new_writer, read_entry
from archive.journal_lines import line_digest, purged_line, split_lines
from archive.rows import ErasureRow
from archive.stores.store import ObjectLocked, ObjectNotFound, ObjectStore

JOURNAL_TYPE = "application/jsonl"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many objects were erased, and from how many journal entries lines."""

    objects: int = 0
    entries: int = 0


def erase(stores: Sequence[ObjectStore], catalog: Catalog) -> Erased:
    """Erase what is still to be erased, in every store, and leave it noted.

    Raises StoreUnreachable or ObjectLocked.
    """
    objects, entries = _waiting(catalog)
    for row in objects:
        if not segments.has(catalog, row.key):
            for store in stores:
                store.erase(row.key)
    for row in entries:
        lines = erasures.purged_lines(catalog, row.key)
        for store in stores:
            redact(store, row.key, lines)
    return Erased(len(objects), len(entries))


def finish(
    stores: Sequence[ObjectStore], catalog: Catalog, clock: Clock, journal: JournalWriter | None = None
) -> Erased:
    """Erase what is still to be erased, in every store, and mark it as done.

    Raises StoreUnreachable or ObjectLocked; what was not reached stays pending.
    """
    objects, entries = _waiting(catalog)
    erased = erase(stores, catalog)
    if objects or entries:
        now = clock.now()
        journal = journal or JournalWriter(stores[0], new_writer(now), clock)
        done = tuple(replace(row, done_at=now) for row in (*objects, *entries))
        read = partial(read_entry, stores[0])
        catalog.apply(journal.put(done, after=journal_state.newest(catalog)), {}, read)
    return erased


def _waiting(catalog: Catalog) -> tuple[list[ErasureRow], list[ErasureRow]]:
    """Objects that are to go, and journal entries that are to lose lines, these in order of replay."""
    waiting = erasures.pending(catalog)
    order = {key: n for n, key in enumerate(erasures.entries_in_order(catalog))}
    entries = sorted((row for row in waiting if row.key in order), key=lambda row: order[row.key])
    return [row for row in waiting if not row.key.startswith(PREFIX)], entries


def redact(store: ObjectStore, key: str, digests: frozenset[str]) -> bool:
    """Put the digest of each purged line in its place; False if the store has no such line (any more)."""
    try:
        data = store.read(key)
    except ObjectNotFound:
        return False  # not replicated yet, or lost: `verify` tells
    header, *lines = split_lines(data)
    digests_here = [line_digest(line) for line in lines]
    kept = [
        purged_line(digest) if digest in digests else line
        for digest, line in zip(digests_here, lines, strict=True)
    ]
    changed = b"".join(line + b"\n" for line in (header, *kept))
    if changed == data:
        return False
    store.replace(key, changed, sha256=sha256_hex(changed), content_type=JOURNAL_TYPE)
    return True


def check_unlocked(stores: Sequence[ObjectStore], keys: Sequence[str]) -> None:
    """Raise ObjectLocked, with the longest lock, if one of these objects cannot be erased now."""
    locks = [
        (until, key, store.address)
        for store in stores
        for key in keys
        if (until := store.locked_until(key)) is not None
    ]
    if locks:
        until, key, address = max(locks)
        raise ObjectLocked(key, address, until)
