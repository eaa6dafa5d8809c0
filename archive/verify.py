"""Holds everything against everything: objects, digests, indexes, journal and catalog, both ways."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile

from archive.catalog import integrity, journal_state, segments
from archive.catalog.catalog import Catalog
from archive.commit import index_key
from archive.digest import sha256_hex, warc_sha1
from archive.journal import PREFIX, Entry, JournalError, decode, is_entry_key
from archive.listing import listed_faults
from archive.open_batch import capture_index
from archive.rows import CaptureRow, SegmentRow
from archive.sample import WHOLE, Slice
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.warc import ReadRecord, WarcError, gzip_members, read_one

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as promised: what kind, at which object or row, and how it differs."""

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found."""

    segments: int
    records: int
    journal_entries: int
    problems: tuple[Problem, ...]


def verify(
    store: ObjectStore, catalog: Catalog, progress: Callable[[int, int], None], part: Slice = WHOLE
) -> Report:
    """Read every object once and check it against the catalog; `progress(done, total)` counts objects.

    Of a `part`, objects and kept texts outside it are not read; listings and references are always whole.

    Checked: sizes, sha256, record counts, gzip and WARC framing, block and payload digests, CDXJ files,
    capture and text rows against records and back, the places of payloads, kept texts, journal entries and
    their chain, references between rows, and objects that nothing names.
    """
    rows = segments.every(catalog)
    chosen = [row for row in rows if part.has(row.sha256)]
    keys = [info.key for info in store.list(PREFIX)]
    entries = [key for key in keys if part.has_entry(key)]
    total, problems, records = len(chosen) + len(entries), [], 0
    for done, row in enumerate(chosen, 1):
        records += row.records
        problems += list(_check_segment(store, catalog, row))
        progress(done, total)
    problems += list(_check_journal(store, entries, lambda n: progress(len(chosen) + n, total)))
    problems += list(_check_applied(catalog, keys))
    problems += [Problem("dangling", where, what) for where, what in integrity.dangling(catalog)]
    problems += [Problem("payload", where, what) for where, what in integrity.lost_payloads(catalog)]
    altered_texts = integrity.altered_texts(catalog, part.first, part.end)
    problems += [Problem("text", where, what) for where, what in altered_texts]
    problems += [Problem(*fault) for fault in listed_faults(store, rows, part)]
    return Report(len(chosen), records, len(entries), tuple(problems))


def _check_segment(store: ObjectStore, catalog: Catalog, row: SegmentRow) -> Iterator[Problem]:
    with TemporaryFile() as copy:
        try:
            with store.open(row.key) as stream:
                while piece := stream.read(_CHUNK):
                    copy.write(piece)
        except ObjectNotFound:
            yield Problem("missing", row.key, "the catalog names this segment, the store does not have it")
            return
        if copy.tell() != row.size:
            yield Problem("size", row.key, f"{copy.tell()} bytes, expected {row.size}")
        members: dict[int, tuple[int, ReadRecord]] = {}
        copy.seek(0)
        if (found := hashlib.file_digest(copy, "sha256").hexdigest()) != row.sha256:
            yield Problem("digest", row.key, f"sha256 {found}, expected {row.sha256}")
        copy.seek(0)
        try:
            for offset, length, _ in gzip_members(copy):
                here = copy.tell()
                copy.seek(offset)
                members[offset] = (length, read_one(copy.read(length)))
                copy.seek(here)
        except WarcError as error:
            yield Problem("record", row.key, str(error))
    if len(members) != row.records:
        yield Problem("records", row.key, f"{len(members)} whole records, expected {row.records}")
    check = _check_captures if row.kind == "captures" else _check_texts
    yield from check(store, catalog, row.key, members)


def _check_captures(
    store: ObjectStore, catalog: Catalog, key: str, members: dict[int, tuple[int, ReadRecord]]
) -> Iterator[Problem]:
    rows = segments.captures_in(catalog, key)
    for row in rows:
        length, record = members.get(row.offset, (0, None))
        if record is None:
            yield Problem("capture", f"{key} at {row.offset}", f"no record for the capture of {row.url}")
        else:
            yield from _check_capture(row, length, record, f"{key} at {row.offset}")
    named = {row.offset for row in rows}
    for offset, (_, record) in members.items():
        if record.kind in {"response", "revisit"} and offset not in named:
            yield Problem("capture", f"{key} at {offset}", "the catalog does not know this record")
    try:
        if store.read(index_key(key)) != capture_index(tuple(rows)):
            yield Problem("index", index_key(key), "the CDXJ differs from the captures of its segment")
    except ObjectNotFound:
        return  # the listing tells


def _check_capture(row: CaptureRow, length: int, record: ReadRecord, where: str) -> Iterator[Problem]:
    if (record.id, record.kind, record.headers.get("WARC-Target-URI")) != (row.id, row.kind, row.url):
        yield Problem(
            "capture", where, f"the record is {record.kind} {record.id}, expected {row.kind} {row.id}"
        )
    if length != row.length:
        yield Problem("capture", where, f"the record has {length} bytes, expected {row.length}")
    if row.kind == "response":
        if sha256_hex(record.payload) != row.payload_sha256:
            yield Problem("payload", where, f"sha256 of the payload differs for {row.url}")
        if warc_sha1(record.payload) != record.headers.get("WARC-Payload-Digest"):
            yield Problem("payload", where, f"WARC-Payload-Digest differs for {row.url}")


def _check_texts(
    store: ObjectStore, catalog: Catalog, key: str, members: dict[int, tuple[int, ReadRecord]]
) -> Iterator[Problem]:
    del store
    for row in segments.texts_in(catalog, key):
        _, record = members.get(row.offset, (0, None))
        if record is None or sha256_hex(record.block) != row.sha256:
            yield Problem("text", f"{key} at {row.offset}", f"text {row.sha256} is not what lies there")


def _check_journal(store: ObjectStore, keys: list[str], progress: Callable[[int], None]) -> Iterator[Problem]:
    last: dict[str, tuple[int, str]] = {}  # by writer: number and digest of its newest entry
    for done, key in enumerate(sorted(keys, key=lambda key: key.rpartition("/")[2]), 1):
        progress(done)
        data = store.read(key)
        try:
            entry = decode(data, key)
        except (JournalError, UnicodeDecodeError) as error:
            yield Problem("journal", key, str(error))
            continue
        yield from _check_entry(entry, key, last.get(entry.writer, (0, None)))
        last[entry.writer] = (entry.number, sha256_hex(data))


def _check_applied(catalog: Catalog, keys: list[str]) -> Iterator[Problem]:
    there, applied = set(keys), set(journal_state.keys(catalog))
    for key in sorted(there - applied):
        if is_entry_key(key):
            yield Problem("journal", key, "the catalog has not applied this entry; the next start will")
    for key in sorted(applied - there):
        yield Problem("missing", key, "the catalog applied this journal entry, the store does not have it")


def _check_entry(entry: Entry, key: str, before: tuple[int, str | None]) -> Iterator[Problem]:
    number, digest = before
    if entry.key != key:
        yield Problem("journal", key, f"the entry says that its key is {entry.key}")
    if entry.number != number + 1:
        yield Problem("journal", key, f"entry {entry.number} follows entry {number}")
    elif entry.previous != digest:
        yield Problem(
            "journal", key, f"the entry before has sha256 {digest}, this one expects {entry.previous}"
        )
