"""What a start does for writers that died: nothing acknowledged is missing, nothing half-done stays.

1. Journal entries that were put but not applied are applied (`rebuild.catch_up`).
2. Spools of dead writers: capture segments are cut at their last whole record, sealed, put and entered as
   captures, so that bytes that were fetched are kept; their URLs are still waiting in the ledger and are
   fetched again. Derived segments that no transaction names are removed: extraction runs again anyway.
3. Leases of dead writers are freed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.catalog import leases, segments
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import Committer, put_index, put_segment
from archive.journal import JournalWriter, new_writer
from archive.open_batch import capture_index
from archive.rebuild import catch_up
from archive.recorded import captures_in
from archive.segment import SealedSegment, seal_file
from archive.spool import Spool, abandoned
from archive.stores.store import ObjectStore
from archive.warc import WarcError, gzip_members


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found and mended."""

    entries: int = 0
    captures: int = 0
    spools: int = 0


def recover(store: ObjectStore, catalog: Catalog, spool_root: Path, clock: Clock) -> Recovered:
    """Mend what dead writers left; safe to run while other writers live."""
    entries = catch_up(store, catalog)
    spools = captures = 0
    for spool in abandoned(spool_root):
        with spool:
            captures += _adopt(store, catalog, spool, clock)
            leases.release(catalog, spool.writer)
            spool.remove()
            spools += 1
    return Recovered(entries, captures, spools)


def _adopt(store: ObjectStore, catalog: Catalog, spool: Spool, clock: Clock) -> int:
    adopted = 0
    committer = Committer(store, catalog, JournalWriter(store, new_writer(clock.now()), clock), clock)
    for path in spool.files():
        if not cut_torn_tail(path):
            continue  # not even its first record is whole
        kind = path.name.partition("-")[2].removesuffix(".warc.gz")
        sealed = seal_file(path, kind)
        if segments.has(catalog, sealed.key):
            continue  # its transaction went through; only this file was left
        if kind == "captures":
            adopted += _enter(store, committer, catalog, sealed)
        else:
            store.delete(sealed.key)
    return adopted


def _enter(store: ObjectStore, committer: Committer, catalog: Catalog, sealed: SealedSegment) -> int:
    rows = captures_in(sealed, catalog)
    if not rows:
        return 0
    put_segment(store, sealed)
    put_index(store, sealed.key, capture_index(rows))
    committer.commit_rows([committer.segment_row(sealed), *rows])
    return len(rows)


def cut_torn_tail(path: Path) -> bool:
    """Cut a spool file after its last whole record; False if nothing whole is left."""
    whole = 0
    try:
        with path.open("rb") as stream:
            for offset, length, _ in gzip_members(stream):
                whole = offset + length
    except WarcError:
        with path.open("r+b") as stream:
            stream.truncate(whole)
    return whole > 0
