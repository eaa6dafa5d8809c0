"""What rows say after their records have moved (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archive.place import Place
from archive.rewrite.copying import Places, Target
from archive.rows import CaptureRow, RenderedRow, SegmentRow, TextRow
from archive.segment import SealedSegment


def moved_captures(rows: Iterable[CaptureRow], places: Places) -> list[CaptureRow]:
    """Captures with the new places of their records and of their payloads, in their order."""
    return [_moved(row, places) for row in rows]


def _moved(row: CaptureRow, places: Places) -> CaptureRow:
    here = places.get((row.segment, row.offset), Place(row.segment, row.offset, row.length))
    payload = places.get(
        (row.payload_segment, row.payload_offset),
        Place(row.payload_segment, row.payload_offset, row.payload_length),
    )
    return replace(
        row,
        segment=here.segment,
        offset=here.offset,
        length=here.length,
        payload_segment=payload.segment,
        payload_offset=payload.offset,
        payload_length=payload.length,
    )


def moved_texts(rows: Iterable[TextRow], places: Places) -> list[TextRow]:
    """Texts with the new places of their records; raises KeyError for one that was not copied."""
    moved = []
    for row in rows:
        place = places[row.segment, row.offset]
        moved.append(replace(row, segment=place.segment, offset=place.offset, length=place.length))
    return moved


def moved_renderings(rows: Iterable[RenderedRow], places: Places) -> list[RenderedRow]:
    """What a browser made of pages, with new places; raises KeyError for one that was not copied."""
    moved = []
    for row in rows:
        place = places[row.segment, row.offset]
        moved.append(replace(row, segment=place.segment, offset=place.offset, length=place.length))
    return moved


def segment_row(target: Target, sealed: SealedSegment) -> SegmentRow:
    """The row of a new segment; its retention goes on from when that of its records began."""
    return SegmentRow(
        key=sealed.key,
        kind=sealed.kind,
        sha256=sealed.sha256,
        size=sealed.size,
        records=sealed.records,
        sealed_at=target.sealed_at,
        keep_days=target.keep_days,
    )
