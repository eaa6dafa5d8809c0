"""HTTP messages out of foreign records, made what the archive keeps: CRLF heads, no transfer coding."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.imports.framing import Refused

MAX_HEAD = 256 << 10  # bytes
_END = re.compile(rb"\r*\n\r*\n")
_LINE_END = re.compile(rb"\r*\n")
_FORBIDDEN = re.compile(rb"[\x00\r]")
_STATUS = re.compile(rb"(HTTP/\d(?:\.\d)?) +([1-9]\d\d)(?: *$| (.*))", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_CODING = b"transfer-encoding"


@dataclass(frozen=True, slots=True)
class Message:
    """A response.

    Attributes:
        head: status line and fields, each ended by CRLF, with the empty line.
        raw: the body as the record has it.
        body: the same without chunk framing.
        whole: whether the framing came to its end, and the body is as long as the head says.
    """

    head: bytes
    status: int
    raw: bytes
    body: bytes
    whole: bool


def read_response(block: bytes) -> Message | Refused:
    """Take a response apart.

    Line ends become CRLF, folded lines are joined (RFC 9112, 5.2), more than one space before the status
    becomes one, and `Transfer-Encoding` is spelled `X-Archive-Orig-Transfer-Encoding`. Some writers removed
    the chunk framing and left that field in place: a body that is not chunked is taken as it is.
    """
    split = split_head(block)
    if isinstance(split, Refused):
        return split
    lines, raw = split
    status = _STATUS.fullmatch(lines[0])
    if status is None:
        return Refused(f"its block begins with {lines[0][:40]!r}, no status line of HTTP/1")
    lines[0] = b" ".join(part for part in status.groups() if part is not None)
    coding = length = None
    for number, line in enumerate(lines[1:], 1):
        name, _, value = line.partition(b":")
        if name.strip().lower() == _CODING:
            coding = value.strip().lower()
            lines[number] = b"X-Archive-Orig-" + line
        elif name.strip().lower() == b"content-length":
            length = value.strip()
    if coding and coding not in {b"identity", b"chunked"}:
        return Refused(f"its transfer coding is {coding[:40]!r}; chunked is the one that is undone")
    head = b"\r\n".join([*lines, b"", b""])
    code = int(status[2])
    if coding == b"chunked" and (dechunked := dechunk(raw)) is not None:
        body, whole = dechunked
        return Message(head, code, raw, body, whole)
    short = code == 200 and length is not None and length.isdigit() and len(raw) < int(length[:15])  # noqa: PLR2004
    return Message(head, code, raw, raw, not (short and coding is None))


def request_head(block: bytes) -> bytes:
    """The head of a request with CRLF line ends; empty if it is none."""
    split = split_head(block)
    return b"" if isinstance(split, Refused) else b"\r\n".join([*split[0], b"", b""])


def split_head(block: bytes) -> tuple[list[bytes], bytes] | Refused:
    """The lines of a head, and what follows it; a block without an empty line is a head alone."""
    block = block.lstrip(b"\r\n")
    end = _END.search(block, 0, MAX_HEAD)
    if end is None and len(block) >= MAX_HEAD:
        return Refused(f"its HTTP head has no end in {MAX_HEAD} bytes")
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    lines: list[bytes] = []
    for line in _LINE_END.split(head.rstrip(b"\r\n")):
        if line[:1] in {b" ", b"\t"} and len(lines) > 1:
            lines[-1] = lines[-1].rstrip(b" \t") + b" " + line.strip(b" \t")
        else:
            lines.append(line)
    if any(_FORBIDDEN.search(line) for line in lines):
        return Refused("a NUL or a bare CR stands in its HTTP head")
    return lines, body


def dechunk(body: bytes) -> tuple[bytes, bool] | None:
    """The body without chunk framing (RFC 9112, 7.1), and whether its end was there; None if not chunked."""
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK_SIZE.match(body, at):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts), True
        data = body[found.end() : found.end() + size]
        parts.append(data)
        at = found.end() + size
        if len(data) < size:
            break
        if body[at : at + 2] == b"\r\n":
            at += 2
        elif body[at : at + 1] == b"\n":
            at += 1
        else:
            break
    return (b"".join(parts), False) if parts else None
