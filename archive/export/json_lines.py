"""The archive as JSON Lines: one object a version, tombstones included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.catalog import export_reads
from archive.catalog.catalog import Catalog
from archive.catalog.clusters import Cluster, clusters_of, shares
from archive.catalog.export_reads import EVERYTHING, Key, Selection
from archive.catalog.picture_uses import PictureUse, uses_of
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
    clusters: dict[str, Cluster]  # by article
    uses: dict[str, list[PictureUse]]  # by digest of the picture


def export_lines(archive: Archive, chosen: Selection = EVERYTHING) -> Iterator[Line]:
    """One line a version, by time of capture, address and number.

    The same catalog gives the same lines, whatever database it is in. What a run commits meanwhile may
    or may not be among them, each version whole.
    """
    for versions in export_reads.pages_of_versions(archive.catalog, chosen):
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
    whose evidence is `last_seen_at`, `first_missing_at` and `missing_how`. `cluster` is the id of the article
    that was seen first among those that are copies of each other, where there are two or more;
    `duplicate_of` names that article, and is null in its own lines. `likeness` says by what the article was
    linked to the closest of them: exact, near or part, and the shares of shingles in common.
    """
    key = (version.article_id, version.number)
    cluster = context.clusters.get(version.article_id)
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
        "agency": list(version.agency),
        "published_at": _moment(version.published_at),
        "published_raw": version.published_raw,
        "published_confidence": version.published_confidence,
        "modified_at": _moment(version.modified_at),
        "language": version.language,
        "canonical_url": version.canonical_url,
        "site_name": version.site_name,
        "description": version.description,
        "standfirst": version.standfirst,
        "section": version.section,
        "tags": list(version.tags),
        "paywalled": version.paywalled,
        "notes": list(version.notes),
        "asides": list(version.asides),
        "variant": version.variant,
        "amp_url": version.amp_url,
        "charset": version.charset,
        "cluster": cluster.first.id if cluster else None,
        "duplicate_of": _original(cluster, version),
        "likeness": _likeness(cluster, version),
        "images": [_image(row, context) for row in context.pictures.get(key, [])],
        "capture": _capture(context.captures.get(version.capture_id)),
        "parts": list(version.parts),
        "article": version.article_id,
        "run": version.run_id,
        "extractor": version.extractor,
        "edit": version.edit,
        "words_added": version.words_added,
        "words_removed": version.words_removed,
        "sentences_moved": version.sentences_moved,
        "silent": version.silent,
        "returns_to": version.returns_to,
        "walled": version.walled,
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
        uses=uses_of(catalog, of_bytes, most=1),
        clusters=clusters_of(catalog, [version.article_id for version in versions]),
    )


def _event(row: EventRow) -> Line:
    """What changed; of a text, the digests: the texts themselves stand in this line and an earlier one."""
    return {"kind": row.kind, "before": row.before, "after": row.after}


def _original(cluster: Cluster | None, version: VersionRow) -> Line | None:
    """The article of the cluster that was seen first, unless it is this one."""
    if cluster is None or cluster.first.id == version.article_id:
        return None
    first = cluster.first
    return {"url": first.url, "captured_at": isoformat_z(first.first_captured_at), "source": first.source}


def _likeness(cluster: Cluster | None, version: VersionRow) -> Line | None:
    if cluster is None or cluster.first.id == version.article_id:
        return None
    row = next(member.row for member in cluster.members if member.article.id == version.article_id)
    return {"kind": row.kind, **shares(row)} if row.kind else None


def _image(row: PictureRow, context: Context) -> Line:
    stored = context.images.get(row.sha256 or "")
    first = next(iter(context.uses.get(row.sha256 or "", [])), None)
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
        "first_use": first_use(first if first and first.article_id != row.article_id else None),
        "embedded_caption": row.embedded_caption,
        "embedded_credit": row.embedded_credit,
    }


def first_use(use: PictureUse | None) -> Line | None:
    """The article in which a picture ran first, in these bytes or in others; None: in this one."""
    if use is None:
        return None
    kind = use.link.kind if use.link else None
    return {
        "url": use.url,
        "captured_at": isoformat_z(use.captured_at),
        "source": use.source,
        "picture": use.picture_url,
        "sha256": use.sha256,
        "kind": kind,
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
