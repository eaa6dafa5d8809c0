"""What a purge has to know: every row that tells something of some addresses, and what stands on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from archive.catalog import schema
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.catalog.schema import capture, document
from archive.rows import ROW_TYPES, CaptureRow, DocumentRow, Row

R = TypeVar("R", bound=Row)
_PAIRS = 100  # conditions a query


def rows_under(catalog: Catalog, table: str, keys: Iterable[tuple[Any, ...]]) -> list[Row]:
    """The rows of a table that have these primary keys."""
    columns = list(schema.metadata.tables[table].primary_key)
    return _with_all(catalog, ROW_TYPES[table], columns, sorted(set(keys)))


def standing_on(catalog: Catalog, originals: Iterable[CaptureRow]) -> list[CaptureRow]:
    """Captures whose payload lies in the record of another one of these, by time."""
    places = sorted({(row.segment, row.offset) for row in originals})
    columns = [capture.c.payload_segment, capture.c.payload_offset]
    found = _with_all(catalog, CaptureRow, columns, places)
    others = [row for row in found if (row.segment, row.offset) != (row.payload_segment, row.payload_offset)]
    return sorted(others, key=lambda row: (row.at, row.id))


def documents_noting(catalog: Catalog, words: Iterable[str]) -> list[DocumentRow]:
    """Discovery documents in whose notes one of these addresses stands."""
    notes = sa.cast(document.c.notes, sa.Text)
    found: list[DocumentRow] = []
    for word in words:
        found += fetch(catalog, DocumentRow, select(DocumentRow).where(notes.contains(word, autoescape=True)))
    return found


def _with_all(
    catalog: Catalog,
    kind: type[R],
    columns: Sequence[sa.ColumnElement[Any]],
    wanted: Sequence[tuple[Any, ...]],
) -> list[R]:
    found: list[R] = []
    for start in range(0, len(wanted), _PAIRS):
        # Not `(a, b) IN (…)`: SQLite uses no index for that.
        each = (
            sa.and_(*(column == value for column, value in zip(columns, values, strict=True)))
            for values in wanted[start : start + _PAIRS]
        )
        found += fetch(catalog, kind, select(kind).where(sa.or_(*each)))
    return found
