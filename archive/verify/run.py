"""Holds everything against everything: objects, digests, indexes, journal and catalog, both ways."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from threading import Lock

from archive.catalog import erasures, integrity, journal_state, segments
from archive.catalog.catalog import Catalog
from archive.catalog.replayed import Replayed
from archive.journal import PREFIX, is_entry_key, read_entry
from archive.memory_objects import memory_problems
from archive.opening import FORMAT_KEY, Archive, note_for
from archive.pools.pool import Alone, Pool, meanwhile
from archive.rows import SegmentRow
from archive.stamps.stamping import stamp_problems
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.verify.entry import Known
from archive.verify.findings import Problem, Report
from archive.verify.journal import check_applied, check_journal
from archive.verify.listing import listed_faults
from archive.verify.sample import WHOLE, Slice
from archive.verify.segment import check_segment

__all__ = ["Problem", "Report", "verify"]


def verify(
    store: ObjectStore,
    catalog: Catalog,
    progress: Callable[[int, int], None],
    part: Slice = WHOLE,
    *,
    only: Collection[str] | None = None,
    pool: Pool | None = None,
    of_replica: bool = False,
) -> Report:
    """Read every object once and check it against the catalog; `progress(done, total)` counts objects.

    Checked: sizes, sha256, record counts, gzip and WARC framing, block and payload digests, CDXJ files,
    capture and text rows against records and back, the places of payloads and their retention classes, kept
    texts, journal entries, their chain and what was purged from them, references between rows, objects that
    nothing names and such as were erased. If all of the journal is read and is whole, each row of the
    catalog is compared with the one that a rebuild would make.

    Args:
        store: the archive's, or a replica.
        catalog: what it is compared with.
        progress: told after each object.
        part: objects and kept texts outside it are not read; listings and references are always whole.
        only: of the segments in `part`, those to read (by key); None for all.
        pool: who reads segments and journal; None for this process alone.
        of_replica: whether `store` is the replica of the pool's archive.
    """

    def is_read(row: SegmentRow) -> bool:
        return part.has(row.sha256) and (only is None or row.key in only)

    pool = pool or Alone(Archive(store, catalog, store))
    rows = segments.every(catalog)
    chosen = [row for row in rows if is_read(row)]
    objects = list(store.list(PREFIX))
    entries = [info for info in objects if part.has_entry(info.key)]
    seen = _Seen(progress, len(chosen) + len(entries))
    known = Known(journal_state.applied(catalog), journal_state.purged_from(catalog))
    whole = part == WHOLE
    with Replayed() as replay:
        read = replay.add if whole else None
        of_journal = list(check_journal(pool, entries, known, read, seen.one_more, of_replica=of_replica))
        of_journal += check_applied(known, [info.key for info in objects])
        # The largest first, so that nobody is left alone with it at the end.
        order = sorted(chosen, key=lambda row: row.size, reverse=True)
        with meanwhile(pool, partial(_check_segment, of_replica=of_replica), order, seen.segment):
            if whole and replay.entries >= known.applied.keys():
                of_journal += _check_replayed(replay, store, catalog)
            others = [
                *_check_rows(catalog, part),
                *listed_faults(store, rows, is_read, erasures.every(catalog)),
                *memory_problems(store, catalog, part.has),
                *stamp_problems(store, catalog),
            ]
    of_segments = [problem for row in chosen for problem in seen.problems[row.key]]
    problems = (*_check_format(store, catalog), *of_segments, *of_journal, *others)
    records = sum(row.records for row in chosen)
    return Report(len(chosen), records, sum(is_entry_key(info.key) for info in entries), problems)


class _Seen:
    """How many objects are done, whoever did them, and what is wrong with segments, by key."""

    def __init__(self, progress: Callable[[int, int], None], total: int) -> None:
        self._progress, self._total = progress, total
        self._done, self._lock = 0, Lock()
        self.problems: dict[str, tuple[Problem, ...]] = {}

    def one_more(self) -> None:
        with self._lock:
            self._done += 1
            self._progress(self._done, self._total)

    def segment(self, checked: tuple[str, tuple[Problem, ...]]) -> None:
        self.problems[checked[0]] = checked[1]
        self.one_more()


def _check_segment(archive: Archive, row: SegmentRow, *, of_replica: bool) -> tuple[str, tuple[Problem, ...]]:
    """The key of a segment, and what is wrong with it; a task of a `Pool`."""
    store = archive.to_read(replica=of_replica)
    return row.key, tuple(check_segment(store, archive.catalog, row))


def _check_replayed(replay: Replayed, store: ObjectStore, catalog: Catalog) -> Iterator[Problem]:
    for where, what in replay.differences(catalog, lambda key: read_entry(store, key)):
        yield Problem("row", where, what)


def _check_format(store: ObjectStore, catalog: Catalog) -> Iterator[Problem]:
    """An absent note is told by whoever opens the archive; one of another version is refused there."""
    try:
        if store.read(FORMAT_KEY) != note_for(store, catalog):
            yield Problem(
                "format", FORMAT_KEY, "it is not what this release writes into an archive", FORMAT_KEY
            )
    except ObjectNotFound:
        return


def _check_rows(catalog: Catalog, part: Slice) -> Iterator[Problem]:
    """What the catalog tells without any object."""
    for key in journal_state.entered_twice(catalog):
        yield Problem("journal", key, "the catalog has applied this entry under two numbers")
    for where, what in integrity.dangling(catalog):
        yield Problem("dangling", where, what)
    for digest in integrity.missing_texts(catalog):
        yield Problem("dangling", f"text.sha256 {digest}", "no text_body has this sha256", text=digest)
    for where, what in integrity.lost_payloads(catalog):
        yield Problem("payload", where, what)
    for where, what in integrity.shorter_classes(catalog):
        yield Problem("class", where, what)
    for digest, what in integrity.altered_texts(catalog, part.first, part.end):
        yield Problem("text", f"text_body {digest}", what, text=digest)
