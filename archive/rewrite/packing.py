"""Packs the records of a new segment: a task of a pool, which needs nothing but the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.opening import Archive
from archive.warc import as_gzip
from archive.zstd_frames import Packer
from archive.zstd_training import Member, best_dictionary


@dataclass(frozen=True, slots=True)
class Regrouping:
    """How segments are packed.

    Attributes:
        to: the encoding.
        level: of zstd.
        dictionary: bytes of a dictionary, at most; 0 for none.
        segment_bytes: of records in a segment, about, before they are packed. They are held in memory.
    """

    to: Literal["zst", "gzip"]
    level: int
    dictionary: int
    segment_bytes: int


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The records of a new segment, in their order, each with its group; None for a warcinfo.

    The dictionary is made of those with a group: states of one page have the same.
    """

    records: tuple[tuple[str | None, bytes], ...]
    how: Regrouping

    def __str__(self) -> str:
        return f"{len(self.records)} records"


@dataclass(frozen=True, slots=True)
class Packed:
    """The same records as gzip members, or as zstd frames that need the dictionary, if there is one."""

    records: tuple[bytes, ...]
    dictionary: bytes | None = None


def pack_records(_archive: Archive, unpacked: Unpacked) -> Packed:
    """Pack records, with the dictionary that is best for them."""
    how = unpacked.how
    if how.to == "gzip":
        return Packed(tuple(as_gzip(data) for _, data in unpacked.records))
    tried = [Member(group, data) for group, data in unpacked.records if group is not None]
    dictionary = best_dictionary(tried, how.dictionary, how.level)
    packer = Packer(dictionary, how.level)
    packed = tuple(packer.pack(data) for _, data in unpacked.records)
    return Packed(packed, None if dictionary is None else dictionary.data)
