"""Records as they lie in the store: whole gzip members, and which of them stand on which."""

from __future__ import annotations

import io
from collections.abc import Iterable

from archive.catalog import export_reads
from archive.catalog.catalog import Catalog
from archive.place import Place
from archive.reader import ArchiveDamaged
from archive.rows import CaptureRow
from archive.stores.store import ObjectStore
from archive.warc import WarcError, gzip_members, read_one

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
    """The gzip member at a place, byte for byte; raises ArchiveDamaged unless a whole record is in it."""
    member = store.read(place.segment, place.offset, place.length)
    try:
        read_one(member)
    except WarcError as error:
        raise ArchiveDamaged(f"{place.segment} at {place.offset}: {error}; run `dateline verify`") from error
    return member


def warcinfo_place(store: ObjectStore, segment: str) -> Place:
    """Where the first record of a segment lies, its warcinfo."""
    start = store.read(segment, 0, _WARCINFO_BYTES)
    try:
        offset, length, _ = next(gzip_members(io.BytesIO(start)))
    except (WarcError, StopIteration) as error:
        raise ArchiveDamaged(f"{segment} does not begin with a record; run `dateline verify`") from error
    return Place(segment, offset, length)
