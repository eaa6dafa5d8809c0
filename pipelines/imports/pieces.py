"""The unpacked bytes of a WARC file, piece by piece, whatever it was packed with; never much at once.

Plain files, gzip (RFC 1952; one member a record, or one for the whole file) and zstd (RFC 8878; with the
dictionary frame of the IIPC's WARC-zstd convention). What is damaged is told, and reading goes on at the
next member that begins a record.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import zstandard

GZIP, ZSTD, ZSTD_DICTIONARY = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_GZIP_MEMBER = b"\x1f\x8b\x08"
_CHUNK = 1 << 16  # bytes, of input and of output
_ZSTD_FEED = 1 << 10  # bytes of input at a time: zstd has no bound of its own on what one call gives
_ZSTD_WINDOW = 128 << 20
_MAX_DICTIONARY = 16 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Some unpacked bytes.

    Attributes:
        offset: in the file, of the member that they came from; of the first of them in a plain file.
        linear: the file is plain, so that offsets go on with the bytes.
        first: they begin a member.
    """

    offset: int
    data: bytes
    linear: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Damage:
    """What begins at `offset` cannot be unpacked; the pieces of its member are not whole."""

    offset: int
    reason: str


def pieces(stream: BinaryIO) -> Iterator[Piece | Damage]:
    """Everything in a file that can be sought in; raises OSError where it cannot be read."""
    magic = stream.read(4)
    stream.seek(0)
    if magic.startswith(GZIP):
        yield from _gunzipped(stream)
    elif magic in {ZSTD, ZSTD_DICTIONARY}:
        yield from _unzstd(stream)
    else:
        yield from _plain(stream)


def _plain(stream: BinaryIO) -> Iterator[Piece]:
    offset = 0
    while data := stream.read(_CHUNK):
        yield Piece(offset, data, linear=True, first=offset == 0)
        offset += len(data)


def _gunzipped(stream: BinaryIO) -> Iterator[Piece | Damage]:
    start: int | None = 0
    while start is not None:
        stream.seek(start)
        damaged = yield from _gzip_members(stream, start)
        start = None if damaged is None else _next_member(stream, damaged + 1)


def _gzip_members(stream: BinaryIO, offset: int) -> Generator[Piece | Damage, None, int | None]:
    """Members from `offset` on, up to the first damaged one, whose offset is the generator's value."""
    pending = b""
    while pending := pending or stream.read(_CHUNK):
        unpack, first, used = zlib.decompressobj(wbits=31), True, 0
        while not unpack.eof:
            pending = pending or stream.read(_CHUNK)  # empty at the end: what was held back still comes
            try:
                data = unpack.decompress(pending, _CHUNK)
            except zlib.error as error:
                yield Damage(offset, f"the gzip member is damaged: {error}")
                return offset
            if not pending and not data:
                yield Damage(offset, "the gzip member is cut short")
                return offset
            left = unpack.unused_data or unpack.unconsumed_tail  # never both
            used += len(pending) - len(left)
            pending = left
            if data:
                yield Piece(offset, data, first=first)
                first = False
        offset += used
    return None


def _next_member(stream: BinaryIO, start: int) -> int | None:
    """Where the next gzip member that begins a record starts; None if there is none."""
    stream.seek(start)
    window = b""
    while data := stream.read(_CHUNK):
        window += data
        at = window.find(_GZIP_MEMBER)
        while at >= 0:
            found = start + at
            if _begins_record(stream, found):
                return found
            at = window.find(_GZIP_MEMBER, at + 1)
        keep = len(_GZIP_MEMBER) - 1
        start += len(window) - keep if len(window) > keep else 0
        window = window[-keep:]
        stream.seek(start + len(window))
    return None


def _begins_record(stream: BinaryIO, offset: int) -> bool:
    stream.seek(offset)
    try:
        return zlib.decompressobj(wbits=31).decompress(stream.read(1024), 5) == b"WARC/"
    except zlib.error:
        return False


def _unzstd(stream: BinaryIO) -> Iterator[Piece | Damage]:
    """Zstd frames; damage ends the file, because frames have no mark that could be looked for safely."""
    dictionary = None
    offset = 0
    if stream.read(4) == ZSTD_DICTIONARY:
        (size,) = struct.unpack("<I", stream.read(4).ljust(4, b"\0"))
        data = stream.read(min(size, _MAX_DICTIONARY))
        offset = 8 + size
        try:
            if data.startswith(ZSTD):
                data = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX_DICTIONARY)
            dictionary = zstandard.ZstdCompressionDict(data)
        except zstandard.ZstdError as error:
            yield Damage(0, f"the zstd dictionary is damaged: {error}")
            return
    decoder = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_ZSTD_WINDOW)
    stream.seek(offset)
    pending = b""
    while pending := pending or stream.read(_ZSTD_FEED):
        frame, first, used = decoder.decompressobj(), True, 0
        while not frame.eof:
            if not pending and not (pending := stream.read(_ZSTD_FEED)):
                yield Damage(offset, "the zstd frame is cut short")
                return
            try:
                data = frame.decompress(pending)
            except zstandard.ZstdError as error:
                yield Damage(offset, f"the zstd frame is damaged: {error}")
                return
            used += len(pending) - len(frame.unused_data)
            pending = frame.unused_data
            if data:
                yield Piece(offset, data, first=first)
                first = False
        offset += used
