"""Zstandard frames (RFC 8878) as WARC files have them: the IIPC's "Zstandard Compression for WARC Files 1.0".

One frame a record, with its content's size, a checksum and the dictionary's id; the dictionary is a skippable
frame at the file's start, compressed itself. A frame's length is read off its block headers and its content
is unpacked into a buffer of the size that it states, so that no frame can grow beyond what it says.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

import zstandard

ZSTD, DICTIONARY = b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"  # first bytes of a frame, and of the dictionary's
MAX_DICTIONARY: Final = 8 << 20  # bytes, packed and unpacked: more than this readers need not take
MAX_RECORD: Final = 1 << 30  # bytes of a record: what states more is not unpacked
_HEADER: Final = 18  # bytes of a frame's header at most
_MAX_BLOCK: Final = 128 << 10
_RLE, _RESERVED = 1, 3  # types of blocks
_CHECKSUM: Final = 4
_DICTIONARY_LEVEL: Final = 16  # 19 takes twice as long for a sixtieth
_WINDOW_LOG: Final = 23  # 8 MiB, more than which readers need not take
_CHUNK: Final = 1 << 20


class Readable(Protocol):
    """A stream of bytes, which a reader takes from the front."""

    def read(self, size: int = ..., /) -> bytes:
        """Up to so many bytes; none at the end."""


class BadFrame(ValueError):  # noqa: N818 - named for what it says
    """Bytes are no frame as this format has them, or are damaged; the message has no offset."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary in the format of RFC 8878, 5. Raises BadFrame if it is none."""

    data: bytes
    _parsed: zstandard.ZstdCompressionDict = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            parsed = zstandard.ZstdCompressionDict(self.data, dict_type=zstandard.DICT_TYPE_FULLDICT)
            zstandard.ZstdDecompressor(dict_data=parsed)  # says if its tables are damaged
        except (zstandard.ZstdError, MemoryError, ValueError) as error:
            raise BadFrame(f"the dictionary is damaged: {error}") from error
        object.__setattr__(self, "_parsed", parsed)

    @property
    def id(self) -> int:
        """What each frame must name."""
        return self._parsed.dict_id()

    @property
    def parsed(self) -> zstandard.ZstdCompressionDict:
        """For a compressor or a decompressor of one thread."""
        return self._parsed


def dictionary_frame(dictionary: Dictionary) -> bytes:
    """The first frame of a file. Raises BadFrame for a dictionary that readers need not take."""
    if len(dictionary.data) > MAX_DICTIONARY:
        raise BadFrame(f"a dictionary of {len(dictionary.data)} bytes; {MAX_DICTIONARY} are allowed")
    settings = zstandard.ZstdCompressionParameters.from_level(
        _DICTIONARY_LEVEL,
        source_size=len(dictionary.data),
        window_log=_WINDOW_LOG,
        enable_ldm=True,
        write_checksum=True,
        write_content_size=True,
    )
    packed = zstandard.ZstdCompressor(compression_params=settings).compress(dictionary.data)
    return DICTIONARY + struct.pack("<I", len(packed)) + packed


def dictionary_length(head: bytes) -> int:
    """Bytes of the dictionary's frame at the start of a file, of which `head` is at least the first eight.

    0 for a file without one. Raises BadFrame for one that is larger than readers need to take.
    """
    if not head.startswith(DICTIONARY):
        return 0
    (size,) = struct.unpack_from("<I", head.ljust(8, b"\0"), 4)
    if size > MAX_DICTIONARY:
        raise BadFrame(f"the dictionary has {size} bytes; {MAX_DICTIONARY} are allowed")
    return int(size) + 8


def read_dictionary(frame: bytes) -> Dictionary:
    """The dictionary in its whole frame, packed or not. Raises BadFrame if there is none."""
    if len(frame) < max(dictionary_length(frame), 9):
        raise BadFrame("the dictionary's frame is cut short")
    content = frame[8 : dictionary_length(frame)]
    if content.startswith(ZSTD):
        if len(content) < _HEADER or _content_size(content) > MAX_DICTIONARY:
            raise BadFrame(f"the dictionary is cut short, or has more than {MAX_DICTIONARY} bytes")
        content = unpack(content, None)
    return Dictionary(content)


def dictionary_at_start(file: BinaryIO) -> Dictionary | None:
    """The dictionary of a file that can be sought in; None without one. Raises BadFrame."""
    file.seek(0)
    length = dictionary_length(file.read(8))
    file.seek(0)
    return read_dictionary(file.read(length)) if length else None


class Packer:
    """Packs records, one frame each. Used by one thread.

    Args:
        dictionary: for all of them; None for none.
        level: of zstd, up to 19.
    """

    def __init__(self, dictionary: Dictionary | None, level: int) -> None:
        own = None
        if dictionary is not None:
            own = zstandard.ZstdCompressionDict(dictionary.data, dict_type=zstandard.DICT_TYPE_FULLDICT)
            own.precompute_compress(level=level)
        self._compressor = zstandard.ZstdCompressor(
            level=level, dict_data=own, write_checksum=True, write_content_size=True, write_dict_id=True
        )

    def pack(self, record: bytes) -> bytes:
        """A record as one frame."""
        return self._compressor.compress(record)


def unpack(frame: bytes, dictionary: Dictionary | None) -> bytes:
    """What is in exactly one whole frame.

    Raises BadFrame if it is damaged, names another dictionary, or lacks its size or its checksum.
    """
    parameters = _parameters(frame)
    size = _content_size(frame)
    if not parameters.has_checksum:
        raise BadFrame("the frame has no checksum")
    expected = dictionary.id if dictionary else 0
    if parameters.dict_id != expected:
        raise BadFrame(f"the frame names dictionary {parameters.dict_id}, the file has {expected or 'none'}")
    if frame_length(frame) != len(frame):
        raise BadFrame("the frame is cut short, or more follows it")
    try:
        decoder = zstandard.ZstdDecompressor(dict_data=dictionary.parsed if dictionary else None)
        content = decoder.decompress(frame) if size else b""
    except (zstandard.ZstdError, MemoryError) as error:
        raise BadFrame(f"the frame is damaged: {error}") from error
    if len(content) != size:
        raise BadFrame(f"the frame has {len(content)} bytes, it says {size}")
    return content


def frames(stream: Readable, start: bytes = b"") -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, content) of each frame of a file, of which `start` was read already.

    The dictionary and other skippable frames are passed over. Raises BadFrame at the first broken one.
    """
    for offset, frame, dictionary in _raw_frames(stream, start):
        try:
            yield offset, len(frame), unpack(frame, dictionary)
        except BadFrame as error:
            raise BadFrame(f"at offset {offset}: {error}") from error


def _raw_frames(stream: Readable, start: bytes) -> Iterator[tuple[int, bytes, Dictionary | None]]:
    source, offset, dictionary = _Buffer(stream, start), 0, None
    while source.at_least(1):
        try:
            skippable = source.at_least(8) and _is_skippable(source.data)
            frame = source.take(_skippable_length(source, offset) if skippable else _length_of(source))
            if skippable and frame.startswith(DICTIONARY):
                dictionary = read_dictionary(frame)
        except BadFrame as error:
            raise BadFrame(f"at offset {offset}: {error}") from error
        if not skippable:
            yield offset, frame, dictionary
        offset += len(frame)


def _skippable_length(source: _Buffer, offset: int) -> int:
    (size,) = struct.unpack_from("<I", source.data, 4)
    if source.data.startswith(DICTIONARY):
        if offset:
            raise BadFrame("a second dictionary")
        size = dictionary_length(bytes(source.data[:8])) - 8
    if not source.at_least(8 + size):
        raise BadFrame("the skippable frame is cut short")
    return int(size) + 8


def _is_skippable(data: bytes | bytearray) -> bool:
    return data[1:4] == b"\x2a\x4d\x18" and data[0] & 0xF0 == 0x50  # noqa: PLR2004 - RFC 8878, 3.1.2


class _Buffer:
    """What was read of a stream and not yet taken."""

    def __init__(self, stream: Readable, start: bytes) -> None:
        self._stream, self.data = stream, bytearray(start)

    def at_least(self, size: int) -> bool:
        """Read until `size` bytes are there; False if the stream ends before."""
        while len(self.data) < size:
            piece = self._stream.read(max(_CHUNK, size - len(self.data)))
            if not piece:
                return False
            self.data += piece
        return True

    def take(self, size: int) -> bytes:
        """The next `size` bytes, which are there."""
        taken = bytes(self.data[:size])
        del self.data[:size]
        return taken


def _length_of(source: _Buffer) -> int:
    source.at_least(_HEADER)
    return _walk(source.data, source.at_least)


def frame_length(data: bytes) -> int:
    """Length of the frame at the start of `data`. Raises BadFrame if none is there, or not all of it."""
    return _walk(data, lambda size: len(data) >= size)


def _walk(data: bytes | bytearray, at_least: Callable[[int], bool]) -> int:
    """Length of the frame at the start of `data`, read off its block headers (RFC 8878, 3.1.1.2)."""
    parameters = _parameters(bytes(data[:_HEADER]))
    end = zstandard.frame_header_size(bytes(data[:_HEADER]))
    unpacked, last = 0, False
    while not last:
        if not at_least(end + 3):
            raise BadFrame("the frame is cut short")
        header = int.from_bytes(data[end : end + 3], "little")
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        unpacked += size if kind != 2 else 1  # noqa: PLR2004 - a compressed block holds a byte at least
        if kind == _RESERVED or size > _MAX_BLOCK or unpacked > max(parameters.content_size, 0) + _MAX_BLOCK:
            raise BadFrame("the frame is damaged: it has a block that cannot be")
        end += 3 + (1 if kind == _RLE else size)
    end += _CHECKSUM if parameters.has_checksum else 0
    if not at_least(end):
        raise BadFrame("the frame is cut short")
    return end


def _parameters(data: bytes) -> zstandard.FrameParameters:
    if not data.startswith(ZSTD):
        raise BadFrame("these bytes begin no zstd frame")
    try:
        return zstandard.get_frame_parameters(data[:_HEADER])
    except zstandard.ZstdError as error:
        raise BadFrame(f"the frame's header is damaged: {error}") from error


def _content_size(frame: bytes) -> int:
    size = _parameters(frame).content_size
    if size in {zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR}:
        raise BadFrame("the frame does not say how large its content is")
    if size > MAX_RECORD:
        raise BadFrame(f"the frame says that it holds {size} bytes; {MAX_RECORD} are allowed")
    return int(size)
