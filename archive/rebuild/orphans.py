"""Objects that no journal entry names: a commit was cut after it had put them.

Captures are adopted, so that bytes that were fetched are kept. Derived segments are removed, because their
pages are fetched or read again, and so are copies of captures that lie elsewhere: a purge that was cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.catalog import journal_state, rebuilding, takedowns
from archive.clock import Clock
from archive.commit import put_segment
from archive.digest import sha256_hex
from archive.journal import JournalWriter, new_writer, read_entry
from archive.memory_objects import is_memory_key
from archive.open_batch import CAPTURES, DERIVED
from archive.place import INDEX_END, SEGMENT_ENDS, index_key, segment_of
from archive.rebuild.bucket import Bucket
from archive.rebuild.damage import Damage
from archive.recorded import captures_in, retention_of
from archive.rows import CaptureRow, SegmentRow
from archive.segment import SealedSegment, seal_file
from archive.torn_tail import cut_torn_tail
from archive.verify.segment import digest_in
from archive.warc import WarcError

_CHUNK = 1 << 20


@dataclass(slots=True)
class Mended:
    """Captures that were adopted, objects that were removed, and what was left as it is."""

    adopted: int = 0
    collected: int = 0
    damage: list[Damage] = field(default_factory=list)


def mend_orphans(bucket: Bucket, clock: Clock, *, journal_is_whole: bool) -> Mended:
    """Adopt or remove what no journal entry names.

    While a part of the journal is missing nothing is removed: the missing part may have named it.
    """
    mended = Mended()
    journal = JournalWriter(bucket.store, new_writer(clock.now()), clock)
    for key in bucket.orphans():
        if key.startswith(f"{CAPTURES}/") and key.endswith(SEGMENT_ENDS):
            _adopt(bucket, key, journal, clock, mended, may_remove=journal_is_whole)
        elif key.startswith(f"{DERIVED}/") and key.endswith(SEGMENT_ENDS):
            if journal_is_whole:
                _remove(bucket, [key], mended)
            else:
                mended.damage.append(
                    Damage(key, "no journal entry that is there names it; it is left", lost=False)
                )
        elif is_memory_key(key):
            if journal_is_whole:
                _remove(bucket, [key], mended)
        elif key.endswith(INDEX_END) and journal_is_whole and segment_of(key) not in bucket.sizes:
            _remove(bucket, [key], mended)
    return mended


def _remove(bucket: Bucket, keys: Sequence[str], mended: Mended) -> None:
    for key in keys:
        if bucket.sizes.pop(key, None) is not None:
            bucket.store.delete(key)
            mended.collected += 1


def _adopt(
    bucket: Bucket, key: str, journal: JournalWriter, clock: Clock, mended: Mended, *, may_remove: bool
) -> None:
    with TemporaryDirectory(prefix="dateline-rebuild-") as folder:
        path = Path(folder) / key.rpartition("/")[2]
        with bucket.store.open(key) as stream, path.open("wb") as copy:
            while piece := stream.read(_CHUNK):
                copy.write(piece)
        torn = not _whole(path, key)
        sealed = _sealed(path)
        rows = () if sealed is None else captures_in(sealed, bucket.catalog)
        fresh = _fresh(bucket, rows)
        if torn:
            what = (
                f"it is torn and no journal entry names it; {len(fresh)} whole captures of it were taken over"
            )
            mended.damage.append(Damage(key, what, lost=False))
        if sealed is not None and fresh:
            _enter(bucket, sealed, fresh, journal, clock)
            mended.adopted += len(fresh)
        elif not torn and may_remove:
            _remove(bucket, [key, index_key(key)], mended)


def _whole(path: Path, key: str) -> bool:
    return sha256_hex(path.read_bytes()) == digest_in(key)


def _sealed(path: Path) -> SealedSegment | None:
    """The whole records of a file under the name that their content gives them; None if there is none."""
    if not cut_torn_tail(path):
        return None
    try:
        return replace(seal_file(path, CAPTURES), keep_days=retention_of(path))
    except (WarcError, ValueError, KeyError):
        return None  # packed, but no records of ours


def _fresh(bucket: Bucket, rows: Sequence[CaptureRow]) -> list[CaptureRow]:
    """The captures that the catalog does not know, without those of purged addresses."""
    known = rebuilding.known_captures(bucket.catalog, [row.id for row in rows])
    down = takedowns.among(bucket.catalog, [row.url_key for row in rows])
    purged = {key for key, row in down.items() if row.purged_at is not None}
    return [row for row in rows if row.id not in known and row.url_key not in purged]


def _enter(
    bucket: Bucket, sealed: SealedSegment, rows: list[CaptureRow], journal: JournalWriter, clock: Clock
) -> None:
    put_segment(bucket.store, sealed)
    bucket.sizes[sealed.key] = sealed.size  # its index is made with those of the others
    segment = SegmentRow(
        key=sealed.key,
        kind=sealed.kind,
        sha256=sealed.sha256,
        size=sealed.size,
        records=sealed.records,
        sealed_at=clock.now(),
        keep_days=sealed.keep_days,
    )
    entry = journal.put((segment, *rows), after=journal_state.newest(bucket.catalog))
    rebuilding.apply_unfinished(bucket.catalog, entry, partial(read_entry, bucket.store))
