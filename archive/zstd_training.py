"""The dictionary that makes a segment smallest: its pages themselves, or what zstd finds typical of them.

Recaptures of a page are near copies, so its newest capture is the best dictionary for the others. The pages
stand behind a small trained dictionary, whose tables they use: a dictionary in the format of RFC 8878, 5, as
others read it. Where pages do not recur, a trained one may be smaller. What is smaller is tried on a sample.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import zstandard

from archive.zstd_frames import BadFrame, Dictionary, Packer

_TABLES: Final = 8 << 10  # bytes of the trained dictionary before the pages
_TRAINED: Final = 1 << 20  # bytes of one that is trained alone: more is slow and gains little
_SAMPLE: Final = 2 << 20  # bytes of records that candidates are tried on
_FEWEST: Final = 8  # records: zstd trains on no fewer
_LONGEST: Final = 128 << 10  # bytes of a record that are trained on
_TRIED_AT: Final = 3  # level at which a dictionary's own size is estimated
_PACKED_ALREADY: Final = 0.8  # of its size at level 1: pictures, and pages that came compressed
_FIRST_ID, _LAST_ID = 32_768, (1 << 31) - 1  # ids for private use (RFC 8878, 5)


@dataclass(frozen=True, slots=True)
class Member:
    """A record of the segment that is to be.

    Attributes:
        group: what it is a state of: its address and kind.
        data: the whole record.
    """

    group: str
    data: bytes


def best_dictionary(records: Sequence[Member], most: int, level: int) -> Dictionary | None:
    """The dictionary with which the records and it take the fewest bytes; None where none helps.

    Args:
        records: in the order of the segment; the last of a group is its newest.
        most: bytes of the dictionary.
        level: of zstd, at which records will be packed.
    """
    tried = list(_spread([one.data for one in records], _SAMPLE))
    scale = sum(len(one.data) for one in records) / max(1, sum(map(len, tried)))
    best, fewest = None, scale * _packed(tried, None, level)
    for candidate in _candidates(records, tried, most):
        own = len(zstandard.compress(candidate.data, _TRIED_AT))
        size = own + scale * _packed(tried, candidate, level)
        if size < fewest:
            best, fewest = candidate, size
    return best


def _packed(records: Sequence[bytes], dictionary: Dictionary | None, level: int) -> int:
    packer = Packer(dictionary, level)
    return sum(len(packer.pack(record)) for record in records)


def _candidates(records: Sequence[Member], tried: Sequence[bytes], most: int) -> Iterator[Dictionary]:
    tables = _trained(tried, min(_TABLES, most))
    if tables is None:
        return
    pages = b"".join(newest_pages(records, most - len(tables)))
    if pages:
        yield _identified(tables + pages)
    trained = _trained(tried, min(_TRAINED, most))
    if trained is not None:
        yield _identified(trained)


def _trained(records: Sequence[bytes], size: int) -> bytes | None:
    """A trained dictionary of at most `size` bytes; None where records are too few or too small."""
    if len(records) < _FEWEST:
        return None
    try:
        samples: list[bytes | bytearray | memoryview] = [record[:_LONGEST] for record in records]
        return zstandard.train_dictionary(size, samples, level=_TRIED_AT).as_bytes()
    except zstandard.ZstdError:  # too little to learn from
        return None


def _identified(data: bytes) -> Dictionary:
    """A dictionary under an id made from its content, so that no frame is unpacked with another one."""
    digest = int.from_bytes(hashlib.sha256(data[:4] + data[8:]).digest()[:8], "big")
    number = _FIRST_ID + digest % (_LAST_ID - _FIRST_ID)
    try:
        return Dictionary(data[:4] + struct.pack("<I", number) + data[8:])
    except BadFrame as error:
        raise AssertionError(f"zstd does not take the dictionary that it trained: {error}") from error


def newest_pages(records: Sequence[Member], most: int) -> list[bytes]:
    """The last record of each group in their order, of at most `most` bytes together.

    Where not all have room: those of which there are most captures, and of equal ones some from everywhere.
    What was compressed before it came is left out, since nothing resembles it.
    """
    newest: dict[str, bytes] = {}
    captures: dict[str, int] = {}
    for one in records:
        newest[one.group] = one.data
        captures[one.group] = captures.get(one.group, 0) + 1
    useful = [group for group, data in newest.items() if _is_plain(data)]
    total = sum(len(newest[group]) for group in useful)
    stride = max(1, -(-total // max(1, most)))
    order = sorted(range(len(useful)), key=lambda n: (-captures[useful[n]], n % stride, n))
    chosen, room = set(), most
    for number in order:
        if (size := len(newest[useful[number]])) <= room:
            chosen.add(number)
            room -= size
    return [newest[useful[number]] for number in sorted(chosen)]


def _is_plain(data: bytes) -> bool:
    start = data[:_LONGEST]
    return len(zstandard.compress(start, 1)) < _PACKED_ALREADY * len(start)


def _spread(records: Sequence[bytes], most: int) -> Iterator[bytes]:
    """Records from everywhere, of at most about `most` bytes."""
    stride = max(1, -(-sum(map(len, records)) // most))
    yield from records[::stride]
