"""Hits as rows: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from archive.clock import isoformat_z
from archive.views.search import Hit

MOST_ROWS = 10_000
FIELDS = (
    *("url", "source", "captured_at", "version", "events", "title", "snippet", "language", "published_at"),
    *("byline", "now", "removed", "article_id"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so (OWASP)


def row(hit: Hit) -> dict[str, object]:
    """A hit as one flat row."""
    line = hit.line
    return {
        "url": line.url,
        "source": line.source,
        "captured_at": isoformat_z(line.captured_at),
        "version": line.number,
        "events": list(line.kinds),
        "title": line.title,
        "snippet": "".join(piece.text for piece in hit.snippet),
        "language": line.language,
        "published_at": isoformat_z(line.published_at) if line.published_at else None,
        "byline": list(line.byline),
        "now": hit.now,
        "removed": hit.gone,
        "article_id": line.article_id,
    }


def json_lines(hits: Iterable[Hit]) -> Iterator[bytes]:
    """A JSON document a line."""
    for hit in hits:
        yield json.dumps(row(hit), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def comma_separated(hits: Iterable[Hit]) -> Iterator[bytes]:
    """RFC 4180 with a header line; what a spreadsheet would take for a formula begins with an apostrophe."""
    yield _line(FIELDS)
    for hit in hits:
        yield _line([_cell(value) for value in row(hit).values()])


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    text = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
