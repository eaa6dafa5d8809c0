"""The archive as JSON Lines: one object a version, tombstones included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.catalog import export_reads
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import Key, Selection, SharedText
from archive.clock import isoformat_z
from archive.opening import Archive
from archive.rows import CaptureRow, EventRow, ImageRow, PictureRow, VersionRow

Line = dict[str, Any]  # JSON-simple


@dataclass(frozen=True, slots=True)
class Context:
    """All that the lines of some versions need beside the versions themselves."""

    events: dict[Key, list[EventRow]]
    pictures: dict[Key, list[PictureRow]]
    images: dict[str, ImageRow]
    captures: dict[str, CaptureRow]
    texts: dict[str, str]
    shared: dict[str, SharedText]


def export_lines(
    archive: Archive,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Line]:
    """One line a version, by time of capture, address and number; `until` itself is not included.

    The same catalog gives the same lines, whatever database it is in. What a run commits meanwhile may
    or may not be among them, each version whole.
    """
    for versions in export_reads.pages_of_versions(archive.catalog, Selection(source, since, until)):
        yield from lines_of(archive.catalog, versions)


def lines_of(catalog: Catalog, versions: Sequence[VersionRow]) -> list[Line]:
    """The lines of these versions (up to some hundreds), in their order."""
    context = _context(catalog, versions)
    return [as_line(version, context) for version in versions]


def encode_line(line: Line) -> bytes:
    """A line of the file, with its end; UTF-8, but for halves of surrogate pairs, which stay escaped."""
    try:
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(line).encode() + b"\n"


def as_line(version: VersionRow, context: Context) -> Line:
    """One version as an export gives it.

    Moments are RFC 3339 in UTC. `outcome` is `archived`, or `removed` for a tombstone, which has no text and
    whose evidence is `last_seen_at`, `first_missing_at` and `missing_how`. `cluster` is `text:<sha256>` where
    at least two articles have shown this text; `duplicate_of` then names the version that showed it first,
    and is null in the lines of that version's article.
    """
    key = (version.article_id, version.number)
    shared = context.shared.get(version.text_sha256 or "")
    return {
        "url": version.url,
        "source": version.source,
        "captured_at": isoformat_z(version.captured_at),
        "version": version.number,
        "events": [_event(row) for row in context.events.get(key, [])],
        "outcome": "removed" if version.removed else "archived",
        "title": version.title,
        "text": context.texts.get(version.text_sha256 or ""),
        "text_sha256": version.text_sha256,
        "byline": list(version.byline),
        "published_at": _moment(version.published_at),
        "published_raw": version.published_raw,
        "modified_at": _moment(version.modified_at),
        "language": version.language,
        "canonical_url": version.canonical_url,
        "site_name": version.site_name,
        "description": version.description,
        "cluster": f"text:{version.text_sha256}" if shared else None,
        "duplicate_of": _original(shared, version),
        "images": [_image(row, context.images) for row in context.pictures.get(key, [])],
        "capture": _capture(context.captures.get(version.capture_id)),
        "article": version.article_id,
        "run": version.run_id,
        "extractor": version.extractor,
        "last_seen_at": _moment(version.last_seen_at),
        "first_missing_at": _moment(version.first_missing_at),
        "missing_how": version.missing_how,
    }


def _context(catalog: Catalog, versions: Sequence[VersionRow]) -> Context:
    keys = [(version.article_id, version.number) for version in versions]
    digests = list({version.text_sha256 for version in versions if version.text_sha256})
    pictures = export_reads.pictures_of_versions(catalog, keys)
    of_bytes = {row.sha256 for rows in pictures.values() for row in rows if row.sha256}
    return Context(
        events=export_reads.events_of_versions(catalog, keys),
        pictures=pictures,
        images=export_reads.images_by_sha256(catalog, list(of_bytes)),
        captures=export_reads.captures_by_id(catalog, [version.capture_id for version in versions]),
        texts=export_reads.texts_by_sha256(catalog, digests),
        shared=export_reads.shared_texts(catalog, digests),
    )


def _event(row: EventRow) -> Line:
    """What changed; of a text, the digests: the texts themselves stand in this line and an earlier one."""
    return {"kind": row.kind, "before": row.before, "after": row.after}


def _original(shared: SharedText | None, version: VersionRow) -> Line | None:
    """The first version of the same text, unless it is this article's own."""
    if shared is None or shared.article_id == version.article_id:
        return None
    return {"url": shared.url, "captured_at": isoformat_z(shared.captured_at), "source": shared.source}


def _image(row: PictureRow, images: dict[str, ImageRow]) -> Line:
    stored = images.get(row.sha256 or "")
    return {
        "url": row.url,
        "caption": row.caption,
        "credit": row.credit,
        "alt": row.alt,
        "sha256": row.sha256,
        "phash": stored.phash if stored else None,
        "width": stored.width if stored else None,
        "height": stored.height if stored else None,
        "mime": stored.mime if stored else None,
    }


def _capture(row: CaptureRow | None) -> Line | None:
    """Where the record lies; `payload` says where its bytes are, elsewhere for a revisit."""
    if row is None:
        return None
    return {
        "segment": row.segment,
        "offset": row.offset,
        "length": row.length,
        "sha256": row.payload_sha256,
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "payload": {
            "segment": row.payload_segment,
            "offset": row.payload_offset,
            "length": row.payload_length,
        },
    }


def _moment(moment: datetime | None) -> str | None:
    return isoformat_z(moment) if moment else None
