"""WARC records cut out of unpacked bytes (WARC 1.1, 4), each one whole or refused with its offset and reason.

Lenient where writers differ and nothing is lost by it: line ends, folded fields, versions 0.17 to 1.1, blank
lines between records. Strict where bytes would be guessed: a block ends where its Content-Length says.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipelines.imports.pieces import Damage, pieces

MAX_BLOCK = 64 << 20  # bytes; more than any page or picture that a crawl would keep
MAX_HEAD = 64 << 10  # bytes of WARC header fields
_VERSION = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])")
_BEGIN = re.compile(rb"\n(?=WARC/[01]\.\d{1,2}\r?\n)")
_BEGIN_LONGEST = len(b"\nWARC/0.18\r\n")
_HEAD_END = re.compile(rb"\n\r?\n")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_VERSION_LINE = len(b"WARC/0.18\n")
_SKIP = 1 << 16
_TAIL = 16  # bytes looked at behind a record: its two line ends, and what comes then


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a record, or all of a file from there on, was not taken."""

    reason: str


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as found: header fields by lower-case name (the first of each), and its block."""

    headers: dict[str, str]
    block: bytes


class _Broken(Exception):  # noqa: N818 - leaves this module never
    def __init__(self, damage: Damage) -> None:
        self.damage = damage


class _Buffer:
    """Bytes to come, and at which offset of the file they were found."""

    def __init__(self, stream: BinaryIO) -> None:
        self._source = pieces(stream)
        self._data = bytearray()
        self._at = 0  # position of `_data` in all unpacked bytes
        self._marks: deque[tuple[int, int, bool]] = deque()  # (position, offset, linear)
        self._damage: Damage | None = None  # waits until the bytes before it are used
        self._over = False

    @property
    def offset(self) -> int:
        """Where in the file the next byte was found."""
        while len(self._marks) > 1 and self._marks[1][0] <= self._at:
            self._marks.popleft()
        if not self._marks:
            return self._damage.offset if self._damage else 0
        position, offset, linear = self._marks[0]
        return offset + (self._at - position if linear else 0)

    def peek(self, size: int) -> bytes:
        """Up to `size` bytes, fewer only at the end or before damage."""
        self._fill(size)
        return bytes(self._data[:size])

    def search(self, pattern: re.Pattern[bytes], limit: int) -> re.Match[bytes] | None:
        """The first match in the next `limit` bytes; reads no further than it has to."""
        size = 4096
        while True:
            self._fill(min(size, limit))
            found = pattern.search(self._data, 0, limit)
            if found or size >= limit or len(self._data) < size:
                return found
            size *= 4

    def take(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end of the file; raises _Broken if damage lies in them."""
        self._fill(size)
        if len(self._data) < size and self._damage is not None:
            raise _Broken(self._damage)
        data = bytes(self._data[:size])
        self.drop(len(data))
        return data

    def drop(self, size: int) -> None:
        del self._data[:size]
        self._at += size

    def check(self) -> None:
        """Raise _Broken if the bytes end in damage."""
        if self._damage is not None:
            raise _Broken(self._damage)

    def put_back(self, data: bytes) -> None:
        """Undo a `take`; only for what was taken since the last look at `offset`."""
        self._data[:0] = data
        self._at -= len(data)

    def damage_next(self) -> Damage | None:
        """The damage that comes next, with nothing but line ends before it."""
        self._fill(_TAIL)
        return self._damage if not self._data.strip(b"\r\n") else None

    def pass_damage(self) -> Damage:
        """Forget what is left before the damage, and go on behind it."""
        if self._damage is None:
            raise RuntimeError("there is no damage to pass")
        damage, self._damage = self._damage, None
        self.drop(len(self._data))
        self._marks.clear()
        return damage

    def skip_lines(self) -> None:
        """Pass over the line ends between records."""
        while (data := self.peek(_TAIL)) and data[:1] in b"\r\n":
            self.drop(len(data) - len(data.lstrip(b"\r\n")))

    def next_member(self) -> int | None:
        """How many bytes on the next member begins, as far as can be seen."""
        return next((position - self._at for position, *_ in self._marks if position > self._at), None)

    def find_record(self) -> None:
        """Go on to where a record may begin: at a line that says so, or with the next member."""
        while True:
            self._fill(_SKIP)
            member = self.next_member()
            found = _BEGIN.search(self._data, 0, member or len(self._data))
            if found or member is not None:
                self.drop(found.end() if found else member or 0)
                return
            if len(self._data) < _SKIP:  # the end, or damage
                self.drop(len(self._data))
                return
            self.drop(len(self._data) - _BEGIN_LONGEST)

    def _fill(self, size: int) -> None:
        while len(self._data) < size and self._damage is None and not self._over:
            piece = next(self._source, None)
            if piece is None:
                self._over = True
            elif isinstance(piece, Damage):
                self._damage = piece
            else:
                if piece.first or not self._marks:
                    self._marks.append((self._at + len(self._data), piece.offset, piece.linear))
                self._data += piece.data


def raw_records(stream: BinaryIO) -> Iterator[tuple[int, RawRecord | Refused]]:
    """Every record of a file with its offset; what cannot be read is refused, and the next one looked for.

    The offset of a record is that of its gzip member or zstd frame, or its own in a plain file. Raises
    OSError where the file itself cannot be read.
    """
    buffer = _Buffer(stream)
    refused_at = None  # a member that gave nonsense is often damaged too, and is told of once
    while True:
        buffer.skip_lines()
        if buffer.damage_next():
            damage = buffer.pass_damage()
            if damage.offset != refused_at:
                yield damage.offset, Refused(damage.reason)
        elif not buffer.peek(1):
            return
        else:
            offset = buffer.offset
            try:
                found = _record(buffer, offset)
            except _Broken as error:
                buffer.pass_damage()
                found = Refused(error.damage.reason)
            refused_at = offset if isinstance(found, Refused) else None
            yield offset, found


def _record(buffer: _Buffer, offset: int) -> RawRecord | Refused:
    head = _head(buffer)
    if isinstance(head, Refused):
        buffer.drop(1)
        buffer.find_record()
        return head
    size = _content_length(head)
    if isinstance(size, Refused):
        buffer.find_record()
        return size
    if size > MAX_BLOCK:
        _skip(buffer, size)
        return Refused(f"the block has {size} bytes; at most {MAX_BLOCK} are read")
    block = buffer.take(size)
    damage = buffer.damage_next()
    if damage is not None and damage.offset == offset:  # the checksum at the end of its own member
        raise _Broken(damage)
    after = buffer.peek(_TAIL)
    if len(block) == size and (not after or after[:1] in b"\r\n" or after.startswith(b"WARC/")):
        return RawRecord(head, block)
    buffer.put_back(block)
    buffer.find_record()
    if len(block) < size:
        return Refused(f"the file ends after {len(block)} of the {size} bytes of its block")
    return Refused(f"its block does not end after the {size} bytes of its Content-Length")


def _skip(buffer: _Buffer, size: int) -> None:
    """Pass over a block, but never over the end of its member: there a record begins."""
    while size and buffer.peek(min(size, _SKIP)):
        member = buffer.next_member()
        taken = len(buffer.take(min(size, _SKIP, member or _SKIP)))
        size = 0 if taken in {0, member} else size - taken


def _head(buffer: _Buffer) -> dict[str, str] | Refused:
    """The header fields, taken out of the buffer; what is refused stays in it."""
    if len(buffer.peek(_VERSION_LINE)) < _VERSION_LINE:
        buffer.check()
    if not _VERSION.fullmatch(buffer.peek(_VERSION_LINE).split(b"\n")[0].rstrip(b"\r ")):
        return Refused("no WARC record begins here")
    found = buffer.search(_HEAD_END, MAX_HEAD)
    if found is None:
        if len(buffer.peek(MAX_HEAD)) < MAX_HEAD:
            buffer.check()
            return Refused("the file ends inside the header of a record")
        return Refused(f"the header has more than {MAX_HEAD} bytes")
    fields = _fields(buffer.peek(found.end()))
    if not isinstance(fields, Refused):
        buffer.drop(found.end())
    return fields


def _fields(head: bytes) -> dict[str, str] | Refused:
    lines: list[str] = []
    for line in _text(head).split("\n")[1:]:
        plain = line.removesuffix("\r")
        if plain[:1] in {" ", "\t"} and lines:  # folded, as WARC 1.0 allows
            lines[-1] += " " + plain.strip()
        elif plain:
            lines.append(plain)
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if _CONTROL.search(line):
            return Refused(f"a control character stands in its header field {name[:40]!r}")
        fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _text(head: bytes) -> str:
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _content_length(fields: dict[str, str]) -> int | Refused:
    value = fields.get("content-length", "")
    if not (value.isascii() and value.isdecimal() and len(value) < 16):  # noqa: PLR2004 - petabytes
        return Refused(f"its Content-Length is {value[:40]!r}, no number of bytes")
    return int(value)
