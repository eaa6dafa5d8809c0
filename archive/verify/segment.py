"""Holds one segment against its name, its index and the catalog's rows, one record in memory at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex, warc_sha1
from archive.open_batch import CAPTURES, capture_index
from archive.place import index_key
from archive.recorded import row_of
from archive.rows import CaptureRow, RenderedRow, SegmentRow, TextRow
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.verify.findings import Problem
from archive.warc import ReadRecord, WarcError, read_members

_CHUNK: Final = 1 << 20
# What a record says of its capture; of its payload only a response does.
_FACTS: Final = ("id", "kind", "url", "at", "source", "status", "mime", "truncated", "length")
_OF_RESPONSE: Final = ("payload_size",)
_OF_REVISIT: Final = ("refers_to_url", "refers_to_at")


def check_segment(store: ObjectStore, catalog: Catalog, row: SegmentRow) -> Iterator[Problem]:
    """Read a segment and its index from the store and compare both with the catalog."""
    captures = segments.captures_in(catalog, row.key)
    found: list[Problem] = []
    with TemporaryFile() as copy:
        try:
            with store.open(row.key) as stream:
                while piece := stream.read(_CHUNK):
                    copy.write(piece)
        except ObjectNotFound:
            what = "the catalog names this segment, the store does not have it"
            found.append(Problem("missing", row.key, what, row.key))
        else:
            texts, rendered = segments.texts_in(catalog, row.key), segments.rendered_in(catalog, row.key)
            found += segment_faults(copy, row, captures, texts, rendered)
    yield from found
    if row.kind == CAPTURES:
        damaged = any(problem.object for problem in found)
        sound = damaged or not any(problem.kind in {"capture", "payload"} for problem in found)
        yield from check_index(store, row.key, captures, sound=sound)


def check_index(
    store: ObjectStore, key: str, captures: Sequence[CaptureRow], *, sound: bool = True
) -> Iterator[Problem]:
    """Compare the CDXJ file of a segment with its captures. An absent one is told by the listing.

    Where the captures are not `sound`, the index may be right and they are wrong.
    """
    index = index_key(key)
    try:
        found = store.read(index)
    except ObjectNotFound:
        return
    if found != capture_index(tuple(captures)):
        what = "the CDXJ differs from the captures of its segment"
        yield Problem("index", index, what, index if sound else None)


def digest_in(key: str) -> str:
    """The SHA-256 that the name of a segment promises."""
    return PurePosixPath(key).name.partition(".")[0]


def segment_faults(
    copy: BinaryIO,
    row: SegmentRow,
    captures: Sequence[CaptureRow],
    texts: Sequence[TextRow],
    rendered: Sequence[RenderedRow] = (),
) -> Iterator[Problem]:
    """What is wrong with the bytes of a segment, and with the rows about it.

    Args:
        copy: the whole segment, seekable.
        row: what the catalog says of it.
        captures: the catalog's captures in it.
        texts: the catalog's texts in it.
        rendered: what of it a browser made of pages.
    """
    copy.seek(0)
    content = hashlib.sha256()
    while piece := copy.read(_CHUNK):
        content.update(piece)
    found, size = content.hexdigest(), copy.tell()
    damaged = row.key if found != digest_in(row.key) else None
    if size != row.size:
        yield Problem("size", row.key, f"{size} bytes, expected {row.size}", damaged)
    if damaged or found != row.sha256:
        expected = digest_in(row.key) if damaged else row.sha256
        yield Problem("digest", row.key, f"sha256 {found}, expected {expected}", damaged)
    copy.seek(0)
    check = _Captures(row.key, captures) if row.kind == CAPTURES else _Derived(row.key, texts, rendered)
    records = 0
    try:
        for record, length in read_members(copy):
            records += 1
            yield from check.record(record, length)
    except WarcError as error:
        yield Problem("record", row.key, str(error), damaged)
    yield from check.missed()
    if records != row.records:
        yield Problem("records", row.key, f"{records} whole records, expected {row.records}", damaged)


class _Captures:
    """Compares the records of a segment with the catalog's captures, both ways."""

    def __init__(self, key: str, rows: Sequence[CaptureRow]) -> None:
        self._key = key
        self._left: dict[int, list[CaptureRow]] = {}
        for row in rows:
            self._left.setdefault(row.offset, []).append(row)

    def record(self, record: ReadRecord, length: int) -> Iterator[Problem]:
        where = f"{self._key} at {record.offset}"
        rows = self._left.pop(record.offset, [])
        if not rows and record.kind in {"response", "revisit"}:
            yield Problem("capture", where, "the catalog does not know this record")
        for row in rows:
            yield from _capture_faults(row, record, length, where)

    def missed(self) -> Iterator[Problem]:
        for offset, rows in self._left.items():
            for row in rows:
                yield Problem(
                    "capture", f"{self._key} at {offset}", f"no record for the capture of {row.url}"
                )


def _capture_faults(row: CaptureRow, record: ReadRecord, length: int, where: str) -> Iterator[Problem]:
    try:
        said = row_of(record, length, row.segment, row.run_id)
    except (KeyError, IndexError, ValueError):
        yield Problem("capture", where, f"a {record.kind} record, expected {row.kind} {row.id}")
        return
    facts = _FACTS + (_OF_RESPONSE if row.kind == "response" else _OF_REVISIT)
    for name in facts:
        if getattr(said, name) != getattr(row, name):
            what = f"{name} of the record is {getattr(said, name)}, expected {getattr(row, name)}"
            yield Problem("capture", where, what)
    if row.kind == "response":
        if said.payload_sha256 != row.payload_sha256:
            yield Problem("payload", where, f"sha256 of the payload differs for {row.url}")
        if not said.payload_sha1 == warc_sha1(record.payload) == row.payload_sha1:
            yield Problem("payload", where, f"WARC-Payload-Digest differs for {row.url}")


class _Derived:
    """Compares the records of a derived segment with the catalog's texts and renderings.

    Only that way: the same text read out of another capture has a record and no row of its own.
    """

    def __init__(self, key: str, texts: Sequence[TextRow], rendered: Sequence[RenderedRow]) -> None:
        self._key, self._left = key, {row.offset: row for row in texts}
        self._rendered = {row.offset: row for row in rendered}

    def record(self, record: ReadRecord, length: int) -> Iterator[Problem]:
        if (made := self._rendered.pop(record.offset, None)) is not None:
            yield from _rendering_faults(made, record, length, f"{self._key} at {record.offset}")
        row = self._left.pop(record.offset, None)
        if row is None:
            return
        where = f"{self._key} at {record.offset}"
        if sha256_hex(record.block) != row.sha256:
            yield Problem("text", where, f"text {row.sha256} is not what lies there")
        elif (length, _characters(record.block)) != (row.length, row.characters):
            what = f"text {row.sha256} has {length} bytes and {_characters(record.block)} characters there"
            yield Problem("text", where, f"{what}, expected {row.length} and {row.characters}")

    def missed(self) -> Iterator[Problem]:
        for offset, row in self._left.items():
            yield Problem("text", f"{self._key} at {offset}", f"text {row.sha256} is not what lies there")
        for offset, made in self._rendered.items():
            where = f"{self._key} at {offset}"
            yield Problem("rendered", where, f"{made.part} of {made.capture_id} is not what lies there")


def _rendering_faults(row: RenderedRow, record: ReadRecord, length: int, where: str) -> Iterator[Problem]:
    said = (record.reference("WARC-Refers-To"), sha256_hex(record.block), len(record.block), length)
    if said != (row.capture_id, row.sha256, row.size, row.length):
        yield Problem("rendered", where, f"{row.part} of {row.capture_id} is not what lies there")


def _characters(block: bytes) -> int:
    return len(block.decode("utf-8", "surrogatepass"))
