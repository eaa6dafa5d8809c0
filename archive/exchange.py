"""One HTTP exchange as it went over the wire, before anything has interpreted it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from archive.clock import require_utc

_MIME_END = re.compile(r"[;\s]")  # servers also write `text/html charset=utf-8`


class Truncation(StrEnum):
    """Why a body is not whole; the values of `WARC-Truncated` (WARC 1.1, 5.13)."""

    LENGTH = "length"  # our cap on size
    TIME = "time"  # our deadline
    DISCONNECT = "disconnect"  # the server hung up, or the framing was broken
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True)
class Exchange:
    """A request that was sent and the response that came back.

    Attributes:
        url: the target URI of this hop, exactly as requested (no fragment).
        at: when the request was sent, UTC.
        request_head: the request line and header lines as sent, each ended by CRLF, with the empty line;
            empty if nobody kept them, and then no request record is written.
        response_head: the status line and header lines as received: order, case and reason kept.
            `Transfer-Encoding` appears as `X-Archive-Orig-Transfer-Encoding`, because the body is
            stored without its chunk framing and the record must be a valid HTTP message.
        status: the status code.
        body: the payload, still content-encoded, transfer coding removed.
        ip: the address that answered; the proxy's is never given, so None behind a proxy.
        truncated: why the body is not whole, or None if it is.
        provenance: WARC extension fields (name, value) that say who captured it, if it was not us.
    """

    url: str
    at: datetime
    request_head: bytes
    response_head: bytes
    status: int
    body: bytes
    ip: str | None = None
    truncated: Truncation | None = None
    provenance: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        require_utc(self.at)

    @cached_property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Response header fields as (name, value), in order, case kept, bytes read as Latin-1."""
        lines = self.response_head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return tuple((name, value.strip()) for name, _, value in pairs)

    def header(self, name: str) -> str | None:
        """The first value of a response header field, by name without case; None if absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def mime(self) -> str:
        """The media type without parameters, in lower case; empty if none was sent."""
        media, *_ = _MIME_END.split((self.header("Content-Type") or "").strip(), maxsplit=1)
        return media.lower()
