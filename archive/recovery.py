"""What a start does for writers that died: nothing acknowledged is missing, nothing half-done stays.

1. Journal entries that were put but not applied are applied (`rebuild.catch_up`).
2. Spools of dead writers: capture segments are cut at their last whole record, sealed, put and entered as
   captures, so that bytes that were fetched are kept; their URLs are still waiting in the ledger and are
   fetched again. Derived segments that no transaction names are removed: extraction runs again anyway.
   What a purged address has in them goes, and segments that were being written again are removed.
   A file that is damaged otherwise than at its tail is set aside, for a person to look at.
3. Leases of dead writers are freed.
4. Uploads that a dead writer began and never completed are aborted.
5. What is still to be erased is erased (`archive.erasure.everywhere`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from archive.catalog import leases, segments
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import Committer, put_index, put_segment
from archive.erasure.everywhere import finish_erasures
from archive.journal import JournalWriter, new_writer
from archive.open_batch import CAPTURES, capture_index
from archive.rebuild.run import catch_up
from archive.recorded import recorded_in
from archive.retention import parse_class
from archive.rewrite.copying import REWRITTEN
from archive.rows import CaptureRow
from archive.segment import SealedSegment, seal_file
from archive.spool import Spool, abandoned
from archive.spool_leftovers import drop_purged, drop_records, forget_rewritten
from archive.stores.store import ObjectLocked, ObjectStore, StoreUnreachable
from archive.torn_tail import cut_torn_tail
from archive.warc import WarcError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found and mended.

    Attributes:
        entries: of the journal, that were applied.
        captures: that were kept from spools.
        spools: of dead writers.
        damaged: spool files that could not be read and were set aside, by their new paths.
    """

    entries: int = 0
    captures: int = 0
    spools: int = 0
    damaged: tuple[str, ...] = ()


def recover(
    store: ObjectStore,
    catalog: Catalog,
    spool_root: Path,
    clock: Clock,
    *,
    replica: ObjectStore | None = None,
) -> Recovered:
    """Mend what dead writers left; safe to run while other writers live."""
    _abort_unfinished(store)
    entries = catch_up(store, catalog)
    spools = captures = 0
    damaged: list[str] = []
    for spool in abandoned(spool_root):
        with spool:
            captures += _adopt(store, catalog, spool, clock, damaged)
            leases.release(catalog, spool.writer, clock)
            spool.remove()
            spools += 1
    _finish_erasures(store, replica, catalog, clock)
    return Recovered(entries, captures, spools, tuple(damaged))


def _finish_erasures(store: ObjectStore, replica: ObjectStore | None, catalog: Catalog, clock: Clock) -> None:
    try:
        finish_erasures(store, replica, catalog, clock)
    except (ObjectLocked, StoreUnreachable) as error:  # no reason not to begin; it stays to be done
        log.warning("not everything could be erased yet; the next start tries again", problem=str(error))


def _abort_unfinished(store: ObjectStore, key: str | None = None) -> None:
    try:
        store.abort_unfinished(key)
    except StoreUnreachable as error:  # whoever may put need not have the right to list uploads
        log.warning("what unfinished puts have left cannot be removed", problem=str(error))


def _adopt(store: ObjectStore, catalog: Catalog, spool: Spool, clock: Clock, damaged: list[str]) -> int:
    adopted = 0
    committer = Committer(store, catalog, JournalWriter(store, new_writer(clock.now()), clock), clock)
    for path in spool.files():
        if not cut_torn_tail(path):
            continue  # not even its first record is whole
        if REWRITTEN in path.name:
            forget_rewritten(store, catalog, path)
            continue
        try:
            found = _read(catalog, path)
        except (WarcError, KeyError, IndexError, ValueError) as error:  # what no writer of ours has written
            damaged.append(_set_aside(spool, path, error))
            continue
        if found is None:
            continue  # its transaction went through; only this file was left
        sealed, rows = found
        _abort_unfinished(store, sealed.key)  # whoever began to send it is dead
        if sealed.kind == CAPTURES:
            adopted += _enter(store, committer, sealed, rows)
        else:
            store.delete(sealed.key)
    return adopted


def _read(catalog: Catalog, path: Path) -> tuple[SealedSegment, tuple[CaptureRow, ...]] | None:
    """A spool file less what must not be entered, and its captures; None if its transaction went through."""
    drop_purged(catalog, path)
    sealed = _seal(path)
    if segments.has(catalog, sealed.key):
        return None
    if sealed.kind != CAPTURES:
        return sealed, ()
    recorded = recorded_in(sealed, catalog)
    if recorded.orphans:  # the file with their originals was set aside
        drop_records(path, lambda record: record.kind == "revisit" and record.id in recorded.orphans)
        sealed = _seal(path)
        recorded = recorded_in(sealed, catalog)
    return sealed, recorded.rows


def _seal(path: Path) -> SealedSegment:
    kind, keep_days = parse_class(path.name.partition("-")[2].removesuffix(".warc.gz"))
    return replace(seal_file(path, kind), keep_days=keep_days)


def _set_aside(spool: Spool, path: Path, error: Exception) -> str:
    where = str(spool.set_aside(path))
    log.error(
        "a spool file is damaged and was set aside; `dateline import` keeps the records of it that are whole",
        file=where,
        problem=f"{type(error).__name__}: {error}",
    )
    return where


def _enter(
    store: ObjectStore, committer: Committer, sealed: SealedSegment, rows: tuple[CaptureRow, ...]
) -> int:
    if not rows:
        return 0
    put_segment(store, sealed)
    put_index(store, sealed.key, capture_index(rows))
    committer.commit_rows([committer.segment_row(sealed), *rows])
    return len(rows)
