"""Records as others get them: whole gzip members, and which of them stand on which."""

from __future__ import annotations

import io
from collections.abc import Iterable

from archive.catalog import export_reads
from archive.catalog.catalog import Catalog
from archive.place import ZSTD_END, Place
from archive.reader import ArchiveDamaged, dictionary_of
from archive.rows import CaptureRow
from archive.stores.store import ObjectStore
from archive.warc import WarcError, as_gzip, members, read_one, unpack_one
from archive.zstd_frames import BadFrame, dictionary_length, frame_length

_WARCINFO_BYTES = 64 << 10  # the first record of a segment takes a few hundred bytes


def record_place(capture: CaptureRow) -> Place:
    """Where the record of a capture lies."""
    return Place(capture.segment, capture.offset, capture.length)


def payload_place(capture: CaptureRow) -> Place:
    """Where its payload lies: in the same record, or for a revisit in another."""
    return Place(capture.payload_segment, capture.payload_offset, capture.payload_length)


def originals(catalog: Catalog, captures: Iterable[CaptureRow]) -> dict[str, CaptureRow]:
    """By the id of each revisit among `captures`: the capture that brought its payload."""
    revisits = [row for row in captures if payload_place(row) != record_place(row)]
    places = list(dict.fromkeys(payload_place(row) for row in revisits))
    found = export_reads.captures_by_place(catalog, places)
    for row in revisits:
        if (row.payload_segment, row.payload_offset) not in found:
            raise ArchiveDamaged(
                f"revisit {row.id} of {row.url}: nothing in the catalog lies at {row.payload_segment} "
                f"{row.payload_offset}; run `dateline verify`"
            )
    return {row.id: found[row.payload_segment, row.payload_offset] for row in revisits}


def read_member(store: ObjectStore, place: Place) -> bytes:
    """The gzip member at a place, byte for byte; one of a compacted record, with all that it says.

    Raises ArchiveDamaged unless a whole record is there.
    """
    member = store.read(place.segment, place.offset, place.length)
    try:
        if place.segment.endswith(ZSTD_END):
            member = as_gzip(unpack_one(member, dictionary_of(store, place.segment)))
        read_one(member)
    except WarcError as error:
        raise ArchiveDamaged(f"{place.segment} at {place.offset}: {error}; run `dateline verify`") from error
    return member


def warcinfo_place(store: ObjectStore, segment: str) -> Place:
    """Where the first record of a segment lies, its warcinfo."""
    try:
        offset = dictionary_length(store.read(segment, 0, 8)) if segment.endswith(ZSTD_END) else 0
        start = store.read(segment, offset, _WARCINFO_BYTES)
        return Place(segment, offset, _length(segment, start))
    except (WarcError, BadFrame, StopIteration) as error:
        raise ArchiveDamaged(f"{segment} does not begin with a record; run `dateline verify`") from error


def member_after(store: ObjectStore, place: Place, most: int) -> bytes | None:
    """The record behind another one, as a gzip member; None for none, or one of more than `most` bytes."""
    start = place.offset + place.length
    behind = store.read(place.segment, start, most)
    try:
        length = _length(place.segment, behind)
        return read_member(store, Place(place.segment, start, length))
    except (WarcError, BadFrame, StopIteration, ArchiveDamaged):
        return None


def _length(segment: str, data: bytes) -> int:
    """Length of the member or frame at the start of `data`."""
    if segment.endswith(ZSTD_END):
        return frame_length(data)
    return next(members(io.BytesIO(data)))[1]
