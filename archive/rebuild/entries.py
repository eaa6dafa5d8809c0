"""The journal in the pieces that a rebuild puts, in replay order, each made ready by whoever is free."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from operator import itemgetter

from archive.catalog.replay_batch import Batch, batch_of
from archive.catalog.row_values import values_in
from archive.journal import JournalError, number_of, order_in, read_lines
from archive.opening import Archive
from archive.pools.pool import Pool
from archive.stores.store import ObjectInfo

_BYTES = 4 << 20  # of journal a piece, which is one transaction
_HEAD = 4096  # bytes: a header has some 300
_HEADS = 200  # objects whose beginnings are read in one task

_Order = tuple[datetime, str, int]
_FIRST = (datetime.min.replace(tzinfo=UTC), "", 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """Entries that follow each other.

    Attributes:
        batch: those that are whole, ready to be put; None if there is none.
        not_whole: key of each other one, and what is wrong with it.
    """

    batch: Batch | None
    not_whole: tuple[tuple[str, str], ...]


def pieces_of(pool: Pool, infos: Iterable[ObjectInfo], most: int) -> Iterator[Piece]:
    """The entries under these keys in replay order, up to `most` a piece; a few pieces are in memory at once.

    Raises StoreUnreachable, and ObjectNotFound for one that has gone meanwhile.
    """
    return pool.map(_piece, _cut(_in_order(pool, infos), most))


def _piece(archive: Archive, keys: Sequence[str]) -> Piece:
    whole, broken = [], []
    for key in keys:
        try:
            whole.append(read_lines(archive.store.read(key), key, values_in))
        except JournalError as error:
            broken.append((key, str(error)))
    return Piece(batch_of(archive.catalog.backend, whole) if whole else None, tuple(broken))


def _cut(infos: Iterable[ObjectInfo], most: int) -> Iterator[tuple[str, ...]]:
    keys: list[str] = []
    size = 0
    for info in infos:
        if keys and (size + info.size > _BYTES or len(keys) >= most):
            yield tuple(keys)
            keys, size = [], 0
        keys.append(info.key)
        size += info.size
    if keys:
        yield tuple(keys)


def _in_order(pool: Pool, infos: Iterable[ObjectInfo]) -> Iterator[ObjectInfo]:
    """Replay order, as `journal.in_order` has it: by day, and within a day by moment, writer and number.

    The entries of one writer are in order of their numbers. Only where several wrote on a day, the order
    between them is read from the beginnings of the objects first.
    """
    days: defaultdict[str, defaultdict[str, list[ObjectInfo]]] = defaultdict(lambda: defaultdict(list))
    for info in infos:
        _, day, name = info.key.split("/")
        days[day][name.rpartition("-")[0]].append(info)
    for day in sorted(days):
        writers = [sorted(some, key=lambda info: number_of(info.key)) for some in days[day].values()]
        if len(writers) == 1:
            yield from writers[0]
        else:
            yield from _merged(pool, writers)


def _merged(pool: Pool, writers: Sequence[Sequence[ObjectInfo]]) -> Iterator[ObjectInfo]:
    keys = iter([info.key for writer in writers for info in writer])
    groups = iter(lambda: tuple(islice(keys, _HEADS)), ())
    orders = chain.from_iterable(pool.map(_orders, groups))
    placed = [list(_placed(zip(writer, orders, strict=False))) for writer in writers]
    return (info for _, info in heapq.merge(*placed, key=itemgetter(0)))


def _placed(entries: Iterable[tuple[ObjectInfo, _Order | None]]) -> Iterator[tuple[_Order, ObjectInfo]]:
    """Entries of a writer with their orders; one that states none goes with the one before."""
    last = _FIRST
    for info, order in entries:
        last = order or last
        yield last, info


def _orders(archive: Archive, keys: Sequence[str]) -> list[_Order | None]:
    return [order_in(archive.store.read(key, 0, _HEAD)) for key in keys]
