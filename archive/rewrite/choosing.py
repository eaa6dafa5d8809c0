"""Which records of a segment stay, from the rows that will be there afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from archive.rewrite.copying import Change, Choose, Kept, Target
from archive.rewrite.local import Head
from archive.rewrite.records import as_response, referring_to
from archive.rows import CaptureRow, SegmentRow
from archive.stores.store import ObjectStore
from archive.warc import Original


def same_class(segment: SegmentRow) -> Target:
    """A segment in place of one other: of its class, with what is left of its time."""
    return Target(segment.kind, segment.keep_days, segment.sealed_at, segment.key)


def capture_chooser(
    store: ObjectStore,
    before: Mapping[str, CaptureRow],
    after: Mapping[str, CaptureRow],
    target_of: Callable[[SegmentRow, CaptureRow], Target],
) -> Choose:
    """Captures that have a row afterwards stay; what the catalog never knew goes.

    Args:
        store: where payloads are read from that a revisit has to take over.
        before: rows by id that change.
        after: rows by id of all that stays, with the places from before.
        target_of: where a capture of a segment goes to.
    """

    def choose(segment: SegmentRow, heads: Sequence[Head]) -> Mapping[int, Kept]:
        kept: dict[int, Kept] = {}
        for head in heads:
            row = after.get(head.id)
            if row is not None and head.kind in {"response", "revisit"}:
                change = _change(store, before.get(head.id, row), row)
                kept[head.offset] = Kept(target_of(segment, row), change)
        return kept

    return choose


def _change(store: ObjectStore, before: CaptureRow, after: CaptureRow) -> Change | None:
    if before.kind != after.kind:
        return as_response(store, before)
    if (before.refers_to_url, before.refers_to_at) == (after.refers_to_url, after.refers_to_at):
        return None
    if after.refers_to_url is None or after.refers_to_at is None:
        raise ValueError(f"revisit {after.id} of {after.url} would refer to nothing")
    return referring_to(Original(after.refers_to_url, after.refers_to_at))


def by_kind(captures: Choose, derived: Choose) -> Choose:
    """One for segments of captures, one for what was derived."""

    def choose(segment: SegmentRow, heads: Sequence[Head]) -> Mapping[int, Kept]:
        return (captures if segment.kind == "captures" else derived)(segment, heads)

    return choose
