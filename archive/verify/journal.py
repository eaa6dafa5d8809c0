"""Holds the journal against its own chain, and against what the catalog remembers of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from archive.catalog.replayed import Said
from archive.journal import is_entry_key
from archive.pools.pool import Pool
from archive.stores.store import ObjectInfo
from archive.verify.entry import Known, Link, Piece, check_piece
from archive.verify.findings import Problem

_BYTES, _ENTRIES = 512 << 10, 64  # of a piece, about


def check_journal(
    pool: Pool,
    objects: Sequence[ObjectInfo],
    known: Known,
    read: Callable[[Said], None] | None,
    progress: Callable[[], None],
    *,
    of_replica: bool = False,
) -> Iterator[Problem]:
    """Read journal objects and check each, and the chain of each writer; a day is in memory at a time.

    What each whole entry says that the catalog has applied is handed to `read`, in replay order; None if
    nobody wants it. `progress` is told of each object.
    """
    pieces = (
        Piece(tuple(keys), known.of(keys), of_replica, replayed=read is not None)
        for keys in _pieces(_by_day(objects))
    )
    found = (checked for piece in pool.map(check_piece, pieces) for checked in piece)
    last: dict[str, Link] = {}
    for _, day in groupby(found, lambda checked: _day(checked.key)):
        links: list[tuple[str, Link]] = []
        said: list[Said] = []
        for checked in day:
            progress()
            yield from checked.problems
            if checked.link is not None:
                links.append((checked.key, checked.link))
            if checked.said is not None:
                said.append(checked.said)
        for key, link in sorted(links, key=lambda each: (each[1].writer, each[1].number)):
            yield from _chain_faults(key, link, last.get(link.writer))
            last[link.writer] = link
        if read is not None:
            for entry in sorted(said, key=lambda each: each.order):
                read(entry)


def _chain_faults(key: str, link: Link, before: Link | None) -> Iterator[Problem]:
    if link.number != (before.number if before else 0) + 1:
        yield Problem("journal", key, f"entry {link.number} follows entry {before.number if before else 0}")
        return
    if not link.whole or (before is not None and before.digest is None):
        return  # told already
    expected = before.digest if before else None
    if link.previous != expected:
        what = f"the entry before has digest {expected}, this one expects {link.previous}"
        yield Problem("journal", key, what)


def _day(key: str) -> str:
    return key.split("/")[1]


def _by_day(objects: Sequence[ObjectInfo]) -> list[ObjectInfo]:
    return sorted(objects, key=lambda info: _day(info.key))


def _pieces(objects: Iterable[ObjectInfo]) -> Iterator[list[str]]:
    keys: list[str] = []
    size = 0
    for info in objects:
        keys.append(info.key)
        size += info.size
        if size >= _BYTES or len(keys) >= _ENTRIES:
            yield keys
            keys, size = [], 0
    if keys:
        yield keys


def check_applied(known: Known, there: Sequence[str]) -> Iterator[Problem]:
    """Compare which entries are in the store with which the catalog has applied."""
    listed = set(there)
    for key in sorted(listed - known.applied.keys()):
        if is_entry_key(key):
            yield Problem("journal", key, "the catalog has not applied this entry; the next start will")
    for key in sorted(known.applied.keys() - listed):
        what = "the catalog applied this journal entry, the store does not have it"
        yield Problem("missing", key, what, key)
