"""Reads capture rows back out of a segment, for recovery: what the WARC headers say is enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.clock import parse_z
from archive.digest import sha256_hex, url_key
from archive.exchange import Exchange, Truncation
from archive.retention import INFO_FIELD
from archive.rows import CaptureRow
from archive.segment import SealedSegment
from archive.warc import SOURCE_FIELD, ReadRecord, read_members

UNKNOWN_RUN = "recovered"
NOT_GIVEN = ""  # the digest of a 304, which has no payload of its own


@dataclass(frozen=True, slots=True)
class Recorded:
    """The captures of a segment, and the ids of its revisits that refer to nothing that is there."""

    rows: tuple[CaptureRow, ...]
    orphans: frozenset[str]


def captures_in(sealed: SealedSegment, catalog: Catalog) -> tuple[CaptureRow, ...]:
    """The rows of `recorded_in`; orphans have none."""
    return recorded_in(sealed, catalog).rows


def recorded_in(sealed: SealedSegment, catalog: Catalog) -> Recorded:
    """Rows for every response and revisit of a sealed segment that lies on disk.

    Source and run stand in the segment's warcinfo. A revisit whose original is neither in the segment nor
    in the catalog is an orphan: its payload was never acknowledged.

    Raises WarcError, KeyError, IndexError or ValueError for a segment that no crawl or import of ours wrote.
    """
    rows: dict[str, CaptureRow] = {}
    infos: dict[str, dict[str, str]] = {}
    last: dict[str, str] = {}
    for record, length in _members(sealed):
        if record.kind == "warcinfo":
            infos[record.id] = last = _fields(record.block)
        elif record.kind in {"response", "revisit"}:
            info = infos.get(record.reference("WARC-Warcinfo-ID"), last)
            rows[record.id] = row_of(record, length, sealed.key, info.get("run", UNKNOWN_RUN))
    orphans: set[str] = set()
    there = {key: row for key, row in rows.items() if row.kind == "response"}
    for row in list(rows.values()):  # in a segment that was written again, an original may stand behind
        if row.kind != "response":
            found = _resolve(row, there, catalog)
            if found:
                rows[row.id] = there[row.id] = found
            else:
                orphans.add(row.id)
                del rows[row.id]
    return Recorded(tuple(rows.values()), frozenset(orphans))


def retention_of(path: Path) -> int | None:
    """Retention class of a segment on disk, as its first record says; raises ValueError, WarcError."""
    with path.open("rb") as stream:
        record, _ = next(read_members(stream))
    days = _fields(record.block).get(INFO_FIELD)
    return int(days) if days else None


def _members(sealed: SealedSegment) -> Iterator[tuple[ReadRecord, int]]:
    with sealed.path.open("rb") as stream:
        yield from read_members(stream)


def _fields(block: bytes) -> dict[str, str]:
    lines = block.decode().split("\r\n")
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines if line)}


def row_of(record: ReadRecord, length: int, segment: str, run_id: str) -> CaptureRow:
    """What a response or revisit record of `length` bytes says by itself; a revisit names no payload yet.

    Raises KeyError, IndexError or ValueError for a record that no crawl or import of ours wrote.
    """
    headers = record.headers
    head, _, body = record.block.partition(b"\r\n\r\n")
    at = parse_z(headers["WARC-Date"])
    status = int(head.split(b"\r\n", 1)[0].split(b" ")[1])  # a status line may have no reason
    truncated = headers.get("WARC-Truncated")
    exchange = Exchange(
        headers["WARC-Target-URI"], at, b"", head + b"\r\n\r\n", status, body,
        truncated=Truncation(truncated) if truncated else None,
    )  # fmt: skip
    return CaptureRow(
        id=record.id,
        url_key=url_key(exchange.url),
        url=exchange.url,
        at=at,
        source=headers.get(SOURCE_FIELD, ""),
        run_id=run_id,
        kind=record.kind,
        status=status,
        mime=exchange.mime,
        payload_sha256=sha256_hex(body),
        payload_sha1=headers.get("WARC-Payload-Digest", NOT_GIVEN),
        payload_size=len(body),
        truncated=truncated,
        segment=segment,
        offset=record.offset,
        length=length,
        payload_segment=segment,
        payload_offset=record.offset,
        payload_length=length,
        refers_to_url=headers.get("WARC-Refers-To-Target-URI"),
        refers_to_at=parse_z(headers["WARC-Refers-To-Date"]) if "WARC-Refers-To-Date" in headers else None,
    )


def _resolve(row: CaptureRow, here: dict[str, CaptureRow], catalog: Catalog) -> CaptureRow | None:
    original = next(
        (o for o in here.values() if o.url == row.refers_to_url and o.payload_sha1 == row.payload_sha1), None
    )
    if original is None and row.refers_to_url and row.refers_to_at:
        # Several captures of an address may lie in one second: a redirect to itself, for one.
        those = lookup.captures_at(catalog, row.refers_to_url, row.refers_to_at)
        original = next((o for o in those if row.payload_sha1 in {o.payload_sha1, NOT_GIVEN}), None)
    if original is None:
        return None
    return replace(
        row,
        payload_sha256=original.payload_sha256,
        payload_sha1=original.payload_sha1,
        payload_size=original.payload_size,
        payload_segment=original.payload_segment,
        payload_offset=original.payload_offset,
        payload_length=original.payload_length,
    )
