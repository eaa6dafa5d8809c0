"""A segment that is written again, in a file here: what its records are, and each of them on its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from archive.place import ZSTD_END
from archive.reader import ArchiveDamaged
from archive.rows import SegmentRow
from archive.stores.store import ObjectStore
from archive.warc import SOURCE_FIELD, WarcError, as_gzip, read_members, unpack_one
from archive.zstd_frames import BadFrame, Dictionary, dictionary_at_start

_CHUNK = 1 << 20
_ABOUT = {"request": "WARC-Concurrent-To", "conversion": "WARC-Refers-To", "metadata": "WARC-Refers-To"}


@dataclass(frozen=True, slots=True)
class Head:
    """What the headers of a record say.

    Attributes:
        offset, length: of its gzip member or zstd frame.
        url: its target; empty for a warcinfo.
        info: id of the warcinfo that it names.
        about: id of the record that it belongs to; empty for records of their own.
        source: on whose behalf it was captured; only captures say so.
        date: its WARC-Date.
    """

    offset: int
    length: int
    id: str
    kind: str
    url: str
    info: str
    about: str
    source: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class LocalSegment:
    """A segment, held against its digest; its file goes with the block that opened it."""

    row: SegmentRow
    file: BinaryIO
    dictionary: Dictionary | None

    def heads(self) -> list[Head]:
        """What its records are; raises ArchiveDamaged if it is not whole records."""
        self.file.seek(0)
        try:
            return [
                Head(
                    record.offset,
                    length,
                    record.id,
                    record.kind,
                    record.headers.get("WARC-Target-URI", ""),
                    record.reference("WARC-Warcinfo-ID"),
                    record.reference(_ABOUT.get(record.kind, "")),
                    record.headers.get(SOURCE_FIELD, ""),
                    record.headers.get("WARC-Date", ""),
                )
                for record, length in read_members(self.file)
            ]
        except WarcError as error:
            raise ArchiveDamaged(f"{self.row.key}: {error}; run `dateline verify`") from error

    def record(self, head: Head) -> bytes:
        """A record with its headers, unpacked."""
        self.file.seek(head.offset)
        return unpack_one(self.file.read(head.length), self.dictionary)

    def member(self, head: Head) -> bytes:
        """A record as a gzip member: byte for byte as it lies there, if it lies there so."""
        if self.row.key.endswith(ZSTD_END):
            return as_gzip(self.record(head))
        self.file.seek(head.offset)
        return self.file.read(head.length)


@contextmanager
def local_segment(store: ObjectStore, segment: SegmentRow, folder: Path) -> Iterator[LocalSegment]:
    """A segment in a file without a name. Raises ArchiveDamaged if it is not what the catalog says."""
    with TemporaryFile(dir=folder) as copy:
        with store.open(segment.key) as stream:
            while piece := stream.read(_CHUNK):
                copy.write(piece)
        copy.seek(0)
        if hashlib.file_digest(copy, "sha256").hexdigest() != segment.sha256:
            raise ArchiveDamaged(
                f"{segment.key} is not what its name says, so nothing was written again; "
                "`dateline verify --repair` puts it right from the replica"
            )
        yield LocalSegment(segment, copy, _dictionary(segment, copy))


def _dictionary(segment: SegmentRow, copy: BinaryIO) -> Dictionary | None:
    try:
        return dictionary_at_start(copy)
    except BadFrame as error:
        raise ArchiveDamaged(f"{segment.key}: {error}; run `dateline verify`") from error
