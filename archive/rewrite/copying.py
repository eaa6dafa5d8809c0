"""Copies the records that stay into new segments, each gzip member byte for byte as it was.

What stays is decided segment by segment from the heads of its records. A request goes where its answer goes,
and before the first record that names a warcinfo stands a copy of that. What was written here is no spool of
captures: a start removes it, and what was put of it, unless its transaction went through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from archive.clock import Clock
from archive.place import Place
from archive.reader import ArchiveDamaged
from archive.rows import SegmentRow
from archive.segment import OpenSegment, SealedSegment
from archive.stores.store import ObjectStore
from archive.warc import EncodedRecord, ReadRecord, WarcError, gzip_members, read_one

REWRITTEN = "-rewritten.warc.gz"  # how a file in a spool ends that holds no new captures
_CHUNK = 1 << 20
_ABOUT = {"request": "WARC-Concurrent-To", "conversion": "WARC-Refers-To", "metadata": "WARC-Refers-To"}


@dataclass(frozen=True, slots=True)
class Target:
    """One segment to be written.

    Attributes:
        kind: captures or derived.
        keep_days, sealed_at: its retention class, and from when on that counts.
        label: tells apart targets that are otherwise the same.
    """

    kind: str
    keep_days: int | None
    sealed_at: datetime
    label: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What the headers of a record say.

    Attributes:
        offset, length: of its gzip member.
        url: its target; empty for a warcinfo.
        info: id of the warcinfo that it names.
        about: id of the record that it belongs to; empty for records of their own.
    """

    offset: int
    length: int
    id: str
    kind: str
    url: str
    info: str
    about: str


Change = Callable[[ReadRecord], EncodedRecord]


@dataclass(frozen=True, slots=True)
class Kept:
    """A record stays: where to, and what it is from now on if not the same."""

    target: Target
    change: Change | None = None


# What stays of a segment, by offset of the record; requests and warcinfos need not be named.
Choose = Callable[[SegmentRow, Sequence[Head]], Mapping[int, Kept]]
Places = dict[tuple[str, int], Place]  # (segment, offset) before → place after


@dataclass(frozen=True, slots=True)
class Copied:
    """The new segments, sealed and not yet put, and where in them each record lies."""

    segments: tuple[tuple[Target, SealedSegment], ...]
    places: Places


@dataclass(slots=True)
class Copier:
    """Writes new segments into `folder`, which is a spool's. Used by one thread."""

    store: ObjectStore
    folder: Path
    clock: Clock
    info: dict[str, str]
    _open: dict[Target, OpenSegment] = field(default_factory=dict)
    _infos: dict[Target, set[str]] = field(default_factory=dict)
    _places: Places = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def copy(self, segment: SegmentRow, choose: Choose) -> None:
        """Copy what stays of one segment.

        Raises ArchiveDamaged if it is not what the catalog says: rot is repaired, not copied.
        """
        with _local(self.store, segment, self.folder) as file:
            heads = _heads(file, segment)
            kept = dict(choose(segment, heads))
            answers = {head.id: kept[head.offset] for head in heads if head.offset in kept}
            infos = {head.id: head for head in heads if head.kind == "warcinfo"}
            for head in heads:
                chosen = kept.get(head.offset)
                if head.kind == "request" and head.about in answers:
                    chosen = Kept(answers[head.about].target)
                if chosen is not None:
                    self._introduce(file, infos.get(head.info), chosen.target)
                    self._append(file, segment, head, chosen)

    def seal(self) -> Copied:
        """Close the new segments and read them back; raises SealError, SpoolError."""
        sealed = tuple((target, segment.seal()) for target, segment in self._open.items())
        names = {str(segment.path): segment.key for _, segment in sealed}
        places = {
            old: Place(names[place.segment], place.offset, place.length)
            for old, place in self._places.items()
        }
        return Copied(sealed, places)

    def close(self) -> None:
        """Let go of what is open; a start removes it."""
        for segment in self._open.values():
            segment.close()

    def _introduce(self, file: BinaryIO, info: Head | None, target: Target) -> None:
        written = self._infos.setdefault(target, set())
        if info is not None and info.id not in written:
            written.add(info.id)
            self._segment(target).append(EncodedRecord(info.id, info.kind, _member(file, info)))

    def _append(self, file: BinaryIO, segment: SegmentRow, head: Head, kept: Kept) -> None:
        member = _member(file, head)
        record = kept.change(read_one(member)) if kept.change else EncodedRecord(head.id, head.kind, member)
        into = self._segment(kept.target)
        offset, length = into.append(record)
        self._places[segment.key, head.offset] = Place(str(into.path), offset, length)

    def _segment(self, target: Target) -> OpenSegment:
        if target not in self._open:
            path = self.folder / f"{next(self._numbers):06d}-{target.kind}{REWRITTEN}"
            self._open[target] = OpenSegment(path, target.kind, self.clock.now(), self.info, target.keep_days)
        return self._open[target]


def heads_of(store: ObjectStore, segment: SegmentRow, folder: Path) -> list[Head]:
    """What the records of a segment are; raises ArchiveDamaged if it is not what the catalog says."""
    with _local(store, segment, folder) as file:
        return _heads(file, segment)


@contextmanager
def _local(store: ObjectStore, segment: SegmentRow, folder: Path) -> Iterator[BinaryIO]:
    """The segment in a file without a name, held against its digest."""
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
        yield copy


def _heads(file: BinaryIO, segment: SegmentRow) -> list[Head]:
    heads, members = [], []
    file.seek(0)
    try:
        for offset, length, _ in gzip_members(file):
            members.append((offset, length))
        for offset, length in members:
            file.seek(offset)
            record = read_one(file.read(length))
            heads.append(
                Head(
                    offset,
                    length,
                    record.id,
                    record.kind,
                    record.headers.get("WARC-Target-URI", ""),
                    record.reference("WARC-Warcinfo-ID"),
                    record.reference(_ABOUT.get(record.kind, "")),
                )
            )
    except WarcError as error:
        raise ArchiveDamaged(f"{segment.key}: {error}; run `dateline verify`") from error
    return heads


def _member(file: BinaryIO, head: Head) -> bytes:
    file.seek(head.offset)
    return file.read(head.length)
