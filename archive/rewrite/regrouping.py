"""Writes the records of many segments into new ones, like beside like, packed anew.

Records come in order of source, address and time, so that captures of one page lie together, each request
behind its answer. A new segment begins where the one before is full, and for another source unless there is
little of the one before. Every new segment is read back, and each record in it must be byte for byte what it
was made from. A pool packs them, which takes most of the time; files are written here, one after the other.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from archive.clock import Clock
from archive.place import GZIP_END, ZSTD_END, Place
from archive.pools.pool import Pool
from archive.rewrite.copying import REWRITTEN, Choose, Copied, Kept, Target
from archive.rewrite.local import Head, LocalSegment, local_segment
from archive.rewrite.packing import Packed, Regrouping, Unpacked, pack_records
from archive.rows import SegmentRow
from archive.segment import OpenSegment, Packing, SealedSegment, SealError, SpoolError
from archive.stores.store import ObjectStore
from archive.warc import EncodedRecord, WarcError, members, read_one, unpack_one
from archive.zstd_frames import Dictionary, Packer, dictionary_frame

_SMALL: Final = 8  # a segment less than an eighth full goes on with the next source
_PAGES: Final = (
    4  # times the dictionary: a segment whose pages fill that is full if they take a quarter of it
)
_MADE_OF: Final = ("urn:dom:", "urn:view:")
_INFO_LEVEL: Final = 3  # of one small record, for which a dictionary is not made ready at a high level
_Order = tuple[str, str, str, int, int, int]
_Infos = dict[str, tuple[LocalSegment, Head]]


@dataclass(frozen=True, slots=True)
class _Item:
    """A record that stays.

    Attributes:
        order: source, address, moment, number of the segment, offset (of its answer), 1 for a request.
    """

    here: LocalSegment
    head: Head
    kept: Kept
    order: _Order

    @property
    def group(self) -> str:
        return f"{self.head.kind} {self.order[1]}"

    def record(self) -> bytes:
        if self.kept.change is None:
            return self.here.record(self.head)
        return unpack_one(self.kept.change(read_one(self.here.member(self.head))).data)


@dataclass(frozen=True, slots=True)
class _Part:
    """What goes into one new segment."""

    target: Target
    items: list[_Item]
    records: list[bytes]


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of a new segment; `of` is the segment and offset that it had, None for a copied warcinfo."""

    head: Head
    of: tuple[str, int] | None
    group: str
    data: bytes


@dataclass(slots=True)
class Regrouper:
    """Writes new segments into `folder`, which is a spool's. Used by one thread.

    `renew` is called before each new segment and each that is read.
    """

    store: ObjectStore
    folder: Path
    clock: Clock
    info: dict[str, str]
    how: Regrouping
    renew: Callable[[], None]
    pool: Pool

    def copy(self, segments: Sequence[SegmentRow], choose: Choose) -> Copied:
        """All that stays of the segments, in new ones.

        Raises ArchiveDamaged if one is not what the catalog says, SealError, SpoolError.
        """
        places: dict[tuple[str, int], Place] = {}
        sealed: list[tuple[Target, SealedSegment]] = []
        numbers = count(1)
        with ExitStack() as files:
            items: dict[Target, list[_Item]] = {}
            infos: _Infos = {}
            for number, row in enumerate(segments):
                self.renew()
                here = files.enter_context(local_segment(self.store, row, self.folder))
                heads = here.heads()
                infos |= {head.id: (here, head) for head in heads if head.kind == "warcinfo"}
                for item in _staying(here, heads, choose, number):
                    items.setdefault(item.kept.target, []).append(item)
            for target, records, packed in self._packed(items, infos):
                self.renew()
                sealed.append((target, self._write(target, records, packed, next(numbers), places)))
        return Copied(tuple(sealed), places)

    def _packed(
        self, items: dict[Target, list[_Item]], infos: _Infos
    ) -> Iterator[tuple[Target, list[_Record], Packed]]:
        """The records of each new segment, and what they are packed; a few segments are in memory."""
        in_turn = deque[tuple[Target, list[_Record]]]()

        def unpacked() -> Iterator[Unpacked]:
            for target, those in items.items():
                for part in self._parts(target, those):
                    records = list(_with_infos(part, infos))
                    in_turn.append((target, records))
                    named = tuple((None if one.of is None else one.group, one.data) for one in records)
                    yield Unpacked(named, self.how)

        for packed in self.pool.map(pack_records, unpacked(), waiting=1):
            yield *in_turn.popleft(), packed

    def _parts(self, target: Target, items: list[_Item]) -> Iterator[_Part]:
        items.sort(key=lambda item: item.order)
        part, size, pages, seen = _Part(target, [], []), 0, 0, set[str]()
        for item in items:
            if part.items and self._is_full(size, pages, part.items[-1].order, item.order):
                yield part
                part, size, pages, seen = _Part(target, [], []), 0, 0, set()
            record = item.record()
            pages += len(record) if item.group not in seen else 0
            seen.add(item.group)
            size += len(record)
            part.items.append(item)
            part.records.append(record)
        yield part

    def _is_full(self, size: int, pages: int, before: _Order, after: _Order) -> bool:
        """Whether a new segment begins before a record; `pages`: bytes of a record of each address so far."""
        most = self.how.segment_bytes
        if before[:2] == after[:2]:
            return size >= most and not after[-1]  # a request stays with its answer
        room = self.how.dictionary if self.how.to == "zst" else 0
        recurring = 0 < room <= pages and size >= _PAGES * room
        return size >= most or recurring or (before[0] != after[0] and size >= most // _SMALL)

    def _write(
        self,
        target: Target,
        records: Sequence[_Record],
        packed: Packed,
        number: int,
        places: dict[tuple[str, int], Place],
    ) -> SealedSegment:
        packing = self._packing(packed)
        end = GZIP_END if packing is None else ZSTD_END
        path = self.folder / f"{number:06d}-{target.kind}{REWRITTEN}{end}"
        out = OpenSegment(path, target.kind, self.clock.now(), self.info, target.keep_days, packing=packing)
        try:
            found = {}
            for record, data in zip(records, packed.records, strict=True):
                place = out.append(EncodedRecord(record.head.id, record.head.kind, data))
                if record.of is not None:
                    found[record.of] = place
            sealed = out.seal()
        except BaseException:
            out.close()
            raise
        _compare(path, [_digest(record.data) for record in records])
        places |= {old: Place(sealed.key, *place) for old, place in found.items()}
        return sealed

    def _packing(self, packed: Packed) -> Packing | None:
        """For the warcinfo that the segment begins with."""
        if self.how.to == "gzip":
            return None
        dictionary = None if packed.dictionary is None else Dictionary(packed.dictionary)
        head = b"" if dictionary is None else dictionary_frame(dictionary)
        return Packing(head, Packer(dictionary, _INFO_LEVEL))


def _with_infos(part: _Part, infos: _Infos) -> Iterator[_Record]:
    """The records of a part, with warcinfos before the first that names them."""
    written: set[str] = set()
    for item, data in zip(part.items, part.records, strict=True):
        if item.head.info in infos and item.head.info not in written:
            written.add(item.head.info)
            here, head = infos[item.head.info]
            yield _Record(head, None, "", here.record(head))
        yield _Record(item.head, (item.here.row.key, item.head.offset), item.group, data)


def _staying(here: LocalSegment, heads: Sequence[Head], choose: Choose, number: int) -> Iterable[_Item]:
    kept = dict(choose(here.row, heads))
    answers = {head.id: head for head in heads if head.offset in kept}
    for head in heads:
        answer = answers.get(head.about) if head.kind == "request" else None
        if answer is not None:
            order = _order(answer, number)
            yield _Item(here, head, Kept(kept[answer.offset].target), (*order[:-1], 1))
        elif head.offset in kept:
            yield _Item(here, head, kept[head.offset], _order(head, number))


def _order(head: Head, number: int) -> _Order:
    url = head.url
    for made in _MADE_OF:
        url = url.removeprefix(made)
    return head.source, url, head.date, number, head.offset, 0


def _digest(record: bytes) -> bytes:
    return hashlib.sha256(record).digest()


def _compare(path: Path, digests: Sequence[bytes]) -> None:
    """Read a sealed file once more: every record behind its own warcinfo must be what it was made from."""
    try:
        with path.open("rb") as stream:
            found = [_digest(record) for _, _, record in members(stream)]
    except OSError as error:
        raise SpoolError(f"cannot read {path} back: {error.strerror}; check the disk") from error
    except WarcError as error:
        raise SealError(f"{path} does not read back as it was written: {error}; check the disk") from error
    if found[1:] != list(digests):
        wrong = next(
            (n for n, pair in enumerate(zip(found[1:], digests, strict=False)) if pair[0] != pair[1]), 0
        )
        raise SealError(
            f"{path}: record {wrong + 2} of {len(found)} is not byte for byte what it was made from; "
            "nothing was changed in the archive. Check memory and disk"
        )
