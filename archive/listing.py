"""What a listing of the store tells by itself: objects that are missing, too short, or named by nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.commit import index_key
from archive.rows import SegmentRow
from archive.sample import Slice
from archive.stores.store import ObjectStore


def listed_faults(
    store: ObjectStore, rows: Sequence[SegmentRow], read: Slice
) -> Iterator[tuple[str, str, str]]:
    """(kind, object, complaint) for what a listing shows of the segments `rows`.

    Segments in `read` are left to whoever reads them; their indexes are not.
    """
    listed = {info.key: info.size for prefix in ("captures/", "derived/") for info in store.list(prefix)}
    for row in rows:
        size = listed.pop(row.key, None)
        index = listed.pop(index_key(row.key), None) if row.kind == "captures" else 0
        if index is None:
            yield "missing", index_key(row.key), "the CDXJ of a segment is not in the store"
        if read.has(row.sha256):
            continue
        if size is None:
            yield "missing", row.key, "the catalog names this segment, the store does not have it"
        elif size != row.size:
            yield "size", row.key, f"{size} bytes, expected {row.size}"
    for key in sorted(listed):
        yield "stranger", key, "nothing in the catalog names this object"
