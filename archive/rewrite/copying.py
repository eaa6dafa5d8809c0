"""Copies the records that stay into new segments, each gzip member byte for byte as it was.

Records of compacted segments become gzip members: their dictionary may hold what must go.

What stays is decided segment by segment from the heads of its records. A request goes where its answer goes,
and before the first record that names a warcinfo stands a copy of that. What was written here is no spool of
captures: a start removes it, and what was put of it, unless its transaction went through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from archive.clock import Clock
from archive.place import GZIP_END, Place
from archive.rewrite.local import Head, LocalSegment, local_segment
from archive.rows import SegmentRow
from archive.segment import OpenSegment, SealedSegment
from archive.stores.store import ObjectStore
from archive.warc import EncodedRecord, ReadRecord, read_one

REWRITTEN = "-rewritten"  # how a file in a spool is called that holds no new captures, before its ending


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
        with local_segment(self.store, segment, self.folder) as here:
            heads = here.heads()
            kept = dict(choose(segment, heads))
            answers = {head.id: kept[head.offset] for head in heads if head.offset in kept}
            infos = {head.id: head for head in heads if head.kind == "warcinfo"}
            for head in heads:
                chosen = kept.get(head.offset)
                if head.kind == "request" and head.about in answers:
                    chosen = Kept(answers[head.about].target)
                if chosen is not None:
                    self._introduce(here, infos.get(head.info), chosen.target)
                    self._append(here, head, chosen)

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

    def _introduce(self, here: LocalSegment, info: Head | None, target: Target) -> None:
        written = self._infos.setdefault(target, set())
        if info is not None and info.id not in written:
            written.add(info.id)
            self._segment(target).append(EncodedRecord(info.id, info.kind, here.member(info)))

    def _append(self, here: LocalSegment, head: Head, kept: Kept) -> None:
        member = here.member(head)
        record = kept.change(read_one(member)) if kept.change else EncodedRecord(head.id, head.kind, member)
        into = self._segment(kept.target)
        offset, length = into.append(record)
        self._places[here.row.key, head.offset] = Place(str(into.path), offset, length)

    def _segment(self, target: Target) -> OpenSegment:
        if target not in self._open:
            path = self.folder / f"{next(self._numbers):06d}-{target.kind}{REWRITTEN}{GZIP_END}"
            self._open[target] = OpenSegment(path, target.kind, self.clock.now(), self.info, target.keep_days)
        return self._open[target]


def heads_of(store: ObjectStore, segment: SegmentRow, folder: Path) -> list[Head]:
    """What the records of a segment are; raises ArchiveDamaged if it is not what the catalog says."""
    with local_segment(store, segment, folder) as here:
        return here.heads()
