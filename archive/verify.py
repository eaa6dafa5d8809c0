"""Holds everything against everything: objects, digests, indexes, journal and catalog, both ways."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from archive.catalog import erasures, integrity, journal_state, segments
from archive.catalog.catalog import Catalog
from archive.catalog.replayed import Replayed
from archive.findings import Problem, Report
from archive.journal import PREFIX, Entry, is_entry_key, read_entry
from archive.listing import listed_faults
from archive.memory_objects import memory_problems
from archive.opening import FORMAT_KEY, note_for
from archive.rows import SegmentRow
from archive.sample import WHOLE, Slice
from archive.stamping import stamp_problems
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.verify_journal import Known, check_applied, check_journal
from archive.verify_segment import check_segment

__all__ = ["Problem", "Report", "verify"]


def verify(
    store: ObjectStore,
    catalog: Catalog,
    progress: Callable[[int, int], None],
    part: Slice = WHOLE,
    *,
    only: Collection[str] | None = None,
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
    """

    def is_read(row: SegmentRow) -> bool:
        return part.has(row.sha256) and (only is None or row.key in only)

    rows = segments.every(catalog)
    chosen = [row for row in rows if is_read(row)]
    keys = [info.key for info in store.list(PREFIX)]
    entries = [key for key in keys if part.has_entry(key)]
    total, problems, records = len(chosen) + len(entries), list(_check_format(store, catalog)), 0
    for done, row in enumerate(chosen, 1):
        records += row.records
        problems += check_segment(store, catalog, row)
        progress(done, total)
    known = Known(journal_state.applied(catalog), journal_state.purged_from(catalog))
    with Replayed() as replay:

        def read(entry: Entry) -> None:
            if part == WHOLE:
                replay.add(entry)

        problems += check_journal(store, entries, known, read, lambda n: progress(len(chosen) + n, total))
        problems += check_applied(known, keys)
        if part == WHOLE and replay.entries >= known.applied.keys():
            differences = replay.differences(catalog, lambda key: read_entry(store, key))
            problems += [Problem("row", where, what) for where, what in differences]
    problems += _check_rows(catalog, part)
    problems += listed_faults(store, rows, is_read, erasures.every(catalog))
    problems += memory_problems(store, catalog, part.has)
    problems += stamp_problems(store, catalog)
    return Report(len(chosen), records, len([key for key in entries if is_entry_key(key)]), tuple(problems))


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
