"""A segment: a spool file that grows record by record, then is sealed under its content's name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from archive.place import GZIP_END, ZSTD_END
from archive.read_back import ReadBack
from archive.retention import INFO_FIELD
from archive.warc import EncodedRecord, WarcError, encode_warcinfo, unpack_one
from archive.zstd_frames import Packer
from config.errors import DatelineError, ServiceUnreachable

T = TypeVar("T")

CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


class SpoolError(ServiceUnreachable):
    """The spool's disk is full, read-only or broken; nothing after the last acknowledgement counts."""


class SealError(DatelineError):
    """A sealed segment does not read back as what was written to it."""


@dataclass(frozen=True, slots=True)
class SealedSegment:
    """A finished spool file and the name its content gives it."""

    path: Path
    key: str
    kind: str
    sha256: str
    size: int
    records: int
    keep_days: int | None = None  # its retention class


@dataclass(frozen=True, slots=True)
class Packing:
    """How zstd packs a segment: the file's first frame, with the dictionary, and what packs each record."""

    head: bytes
    packer: Packer


class OpenSegment:
    """One spool file, written by one thread. Layout: warcinfo, then whole records, each packed by itself.

    With a `packing` records are zstd frames and the file begins with their dictionary, else gzip members.
    """

    def __init__(
        self,
        path: Path,
        kind: str,
        opened_at: datetime,
        info: dict[str, str],
        keep_days: int | None = None,
        *,
        packing: Packing | None = None,
    ) -> None:
        self.path, self.kind, self.opened_at, self.keep_days = path, kind, opened_at, keep_days
        self.size = 0
        self.records = 0
        self._synced = 0
        try:
            self._file = path.open("xb")
            sync_folder(path.parent)
            self._back = None if packing else ReadBack(path)  # frames of a dictionary are read from the start
        except OSError as error:
            raise SpoolError(
                f"cannot write the spool at {path}: {error.strerror}; free space or fix rights"
            ) from error
        kept = {} if keep_days is None else {INFO_FIELD: str(keep_days)}
        first = encode_warcinfo(
            opened_at, {**info, **kept, "format": "WARC File Format 1.1", "conformsTo": CONFORMS_TO}
        )
        self.info_id = first.id
        if packing is not None:
            self._write(packing.head)
            first = EncodedRecord(first.id, first.kind, packing.packer.pack(unpack_one(first.data)))
        self.append(first)

    def append(self, record: EncodedRecord) -> tuple[int, int]:
        """Write a record; the result is its offset and length. It is durable only after `sync`."""
        offset = self.size
        self._write(record.data)
        self.records += 1
        return offset, len(record.data)

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise SpoolError(f"cannot write the spool at {self.path}: {error.strerror}") from error
        self.size += len(data)

    def sync(self) -> None:
        """Make every record so far durable; a failed fsync is final: the pages may be dropped by then."""
        if self._synced == self.size:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise SpoolError(f"cannot make the spool at {self.path} durable: {error.strerror}") from error
        self._synced = self.size

    def read_back(self) -> None:
        """Check the records that are durable by now; raises SealError if they are not what was written."""
        if self._back is not None and self._synced == self.size:
            self._checked(self._back.go_on)

    def seal(self) -> SealedSegment:
        """Close the file, and read back what was not; raises SealError if it is not what was written.

        What was read back before is held against the digest that it had then.
        """
        self.sync()
        self._file.close()
        sealed = self._checked(self._sealed)
        return replace(sealed, keep_days=self.keep_days)

    def _sealed(self) -> SealedSegment:
        if self._back is None:
            return seal_file(self.path, self.kind, expected_records=self.records)
        self._back.go_on()
        self._back.close()
        with self.path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != self._back.sha256:
                raise WarcError("it has changed since its records were checked")
        return _named(self._back, self.kind, self.records)

    def _checked(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except WarcError as error:
            raise SealError(
                f"{self.path} does not read back as it was written: {error}; check the disk"
            ) from error
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def close(self) -> None:
        """Let go of the file as it is, for a recovery to find."""
        with suppress(OSError):  # of bytes that a sync has reported as failed already
            self._file.close()
        if self._back is not None:
            self._back.close()


def seal_file(path: Path, kind: str, *, expected_records: int | None = None) -> SealedSegment:
    """Read a whole spool file back and name it by its content: `captures/2026/03/29/<sha256>.warc.gz`.

    It ends as the file does, `.warc.gz` or `.warc.zst`.

    The day is that of its warcinfo record, so that the name depends on the content alone. Raises WarcError
    where the file is not whole records, SealError if their number is another, SpoolError if reading fails.
    """
    try:
        back = ReadBack(path)
        try:
            back.go_on()
        finally:
            back.close()
    except OSError as error:
        raise _unreadable(path, error) from error
    return _named(back, kind, expected_records)


def _unreadable(path: Path, error: OSError) -> SpoolError:
    return SpoolError(f"cannot read the spool at {path} back: {error.strerror}; check the disk")


def _named(back: ReadBack, kind: str, expected_records: int | None) -> SealedSegment:
    """A file that was read back, under the name of its content."""
    if expected_records is not None and back.records != expected_records:
        raise SealError(f"{back.path} holds {back.records} records, {expected_records} were written")
    end = ZSTD_END if back.path.name.endswith(ZSTD_END) else GZIP_END
    key = f"{kind}/{back.day.replace('-', '/')}/{back.sha256}{end}"
    return SealedSegment(back.path, key, kind, back.sha256, back.size, back.records)


def sync_folder(folder: Path) -> None:
    """Make a created or renamed name in a folder durable (POSIX needs it beside the file's own fsync)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
