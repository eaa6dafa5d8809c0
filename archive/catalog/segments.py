"""What the catalog knows of segments: for recovery and verification."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, raw, select
from archive.catalog.schema import capture, segment, text
from archive.catalog.schema_rendered import rendered
from archive.rows import CaptureRow, RenderedRow, SegmentRow, TextRow


def has(catalog: Catalog, key: str) -> bool:
    """Whether a transaction names this segment."""
    return first(catalog, SegmentRow, select(SegmentRow).where(segment.c.key == key)) is not None


def every(catalog: Catalog) -> list[SegmentRow]:
    """All segments, by key."""
    return fetch(catalog, SegmentRow, select(SegmentRow).order_by(segment.c.key))


def any_like(catalog: Catalog, end: str) -> bool:
    """Whether there is a segment whose key ends so."""
    query = select(SegmentRow).where(segment.c.key.endswith(end, autoescape=True)).limit(1)
    return first(catalog, SegmentRow, query) is not None


def of_sources(catalog: Catalog, names: Collection[str]) -> list[str]:
    """Keys of the segments with captures of these sources."""
    query = sa.select(capture.c.segment).where(capture.c.source.in_(sorted(names))).distinct()
    return sorted(str(key) for (key,) in map(tuple, raw(catalog, query)))


def captures_in(catalog: Catalog, key: str) -> list[CaptureRow]:
    """The captures whose records lie in a segment, by offset."""
    query = select(CaptureRow).where(capture.c.segment == key).order_by(capture.c.offset)
    return fetch(catalog, CaptureRow, query)


def texts_in(catalog: Catalog, key: str) -> list[TextRow]:
    """The texts whose records lie in a segment, by offset."""
    return fetch(catalog, TextRow, select(TextRow).where(text.c.segment == key).order_by(text.c.offset))


def rendered_in(catalog: Catalog, key: str) -> list[RenderedRow]:
    """What a browser made of pages, of which the records lie in a segment, by offset."""
    query = select(RenderedRow).where(rendered.c.segment == key).order_by(rendered.c.offset)
    return fetch(catalog, RenderedRow, query)


def rendered_of(catalog: Catalog, capture_id: str, part: str) -> RenderedRow | None:
    """What a browser made of a capture (`dom` or `screenshot`); None if nothing."""
    query = select(RenderedRow).where(rendered.c.capture_id == capture_id, rendered.c.part == part)
    return first(catalog, RenderedRow, query)


def text_of(catalog: Catalog, sha256: str) -> TextRow | None:
    """Where a text lies."""
    return first(catalog, TextRow, select(TextRow).where(text.c.sha256 == sha256))


def by_key(catalog: Catalog, key: str) -> SegmentRow | None:
    """One segment."""
    return first(catalog, SegmentRow, select(SegmentRow).where(segment.c.key == key))


def totals(catalog: Catalog) -> tuple[dict[str, int], dict[str, int]]:
    """How many segments there are, and how many bytes they have, by kind."""
    query = sa.select(segment.c.kind, sa.func.count(), sa.func.sum(segment.c.size)).group_by(segment.c.kind)
    rows = [(str(kind), int(count), int(size)) for kind, count, size in map(tuple, raw(catalog, query))]
    return {kind: count for kind, count, _ in rows}, {kind: size for kind, _, size in rows}


def newest_sealed(catalog: Catalog) -> dict[str, datetime]:
    """When the newest segment of each kind was sealed."""
    query = sa.select(segment.c.kind, sa.func.max(segment.c.sealed_at)).group_by(segment.c.kind)
    return {str(kind): sealed for kind, sealed in map(tuple, raw(catalog, query))}
