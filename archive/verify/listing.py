"""What a listing of the store tells by itself: objects that are missing, cut, or should not be there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from archive.open_batch import CAPTURES
from archive.place import index_key
from archive.rows import ErasureRow, SegmentRow
from archive.stores.store import ObjectStore
from archive.verify.findings import Problem


def listed_faults(
    store: ObjectStore,
    rows: Sequence[SegmentRow],
    read: Callable[[SegmentRow], bool],
    erased: Collection[ErasureRow],
) -> Iterator[Problem]:
    """What a listing shows of the segments `rows`, and of objects that are none of theirs.

    Segments that are `read` are left to whoever reads them; their indexes are not. `erased` are the objects
    that must not be there any more.
    """
    listed = {info.key: info.size for prefix in ("captures/", "derived/") for info in store.list(prefix)}
    for row in rows:
        size = listed.pop(row.key, None)
        if row.kind == CAPTURES and listed.pop(index_key(row.key), None) is None:
            index = index_key(row.key)
            yield Problem("missing", index, "the CDXJ of a segment is not in the store", index)
        if read(row):
            continue
        if size is None:
            what = "the catalog names this segment, the store does not have it"
            yield Problem("missing", row.key, what, row.key)
        elif size != row.size:
            yield Problem("size", row.key, f"{size} bytes, expected {row.size}", row.key)
    for one in erased:
        if listed.pop(one.key, None) is not None:
            since = one.done_at or one.at
            done = "was erased" if one.done_at else "is to be erased"
            yield Problem(
                "erased", one.key, f"it {done} ({one.why}, {since:%Y-%m-%d %H:%M}) and is still there"
            )
    for key in sorted(listed):
        yield Problem("stranger", key, "nothing in the catalog names this object")
