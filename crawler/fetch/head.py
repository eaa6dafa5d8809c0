"""Heads for the record: the request's as sent, the response's as received, both valid HTTP/1 messages."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORBIDDEN = re.compile(rb"[\x00\r\n]")
_FIELD_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token, RFC 9110, 5.6.2
_STATUS_LINE = re.compile(rb"HTTP/\d\.\d [1-9]\d\d( .*)?", re.DOTALL)
_TRANSFER_ENCODING = b"transfer-encoding"


class HeadError(ValueError):
    """The head cannot be kept as a valid HTTP message without changing what it says."""


def request_head(method: str, target: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """The head of a request to the origin: never with what was meant for our proxy alone."""
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in fields if name.lower() != "proxy-authorization"]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("utf-8")


def response_head(received: bytes) -> bytes:
    """The head as it came, made fit for a record whose body has no transfer coding any more.

    Names, values, order and case are the server's. Changed are: line ends (always CRLF), folded lines (joined
    by one space, RFC 9112, 5.2), and the name `Transfer-Encoding`, to `X-Archive-Orig-Transfer-Encoding`.

    Raises:
        HeadError: a status line or field line that is none, or a NUL or bare CR inside one.
    """
    status, *lines = [line.removesuffix(b"\r") for line in received.rstrip(b"\r\n").split(b"\n")]
    if not _STATUS_LINE.fullmatch(status) or _FORBIDDEN.search(status):
        raise HeadError(f"status line {status[:100]!r} is not HTTP/1")
    fields: list[bytes] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1] = fields[-1].rstrip(b" \t") + b" " + line.strip(b" \t")
        else:
            fields.append(line)
    return b"\r\n".join([status, *(_field(line) for line in fields), b"", b""])


def _field(line: bytes) -> bytes:
    name, colon, value = line.partition(b":")
    if _FORBIDDEN.search(line) or not colon or not _FIELD_NAME.fullmatch(name):
        raise HeadError(f"header line {line[:100]!r} is none, or has a NUL or bare CR")
    if name.lower() == _TRANSFER_ENCODING:
        name = b"X-Archive-Orig-" + name
    return name + colon + value
