"""The payload as far as it came, and why it came no further."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp

from archive.content_coding import is_cut_off
from archive.exchange import Truncation
from crawler.fetch.wire import Tap

_NO_BODY = frozenset({204, 304})
_MOST_DECODED = 32 << 20  # beyond it nobody reads, so that nobody asks whether it is whole


async def read_body(
    content: aiohttp.StreamReader, *, limit: int, deadline: float
) -> tuple[bytes, Truncation | None]:
    """Read up to `limit` bytes until `deadline` (event loop time).

    What had come when the reading ended is always kept: LENGTH if there was more than `limit`, TIME at the
    deadline, DISCONNECT for a hang-up, a bad chunk, or fewer bytes than were announced.
    """
    chunks: list[bytes] = []
    size = 0
    truncated: Truncation | None = None
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in content.iter_any():
                chunks.append(chunk)
                size += len(chunk)
                if size > limit:
                    break
    except TimeoutError:
        truncated = Truncation.TIME
    except (aiohttp.ClientError, OSError):
        truncated = Truncation.DISCONNECT
        chunks.append(_rest(content))
    body = b"".join(chunks)
    if len(body) > limit:
        return body[:limit], Truncation.LENGTH
    return body, truncated


def _rest(content: aiohttp.StreamReader) -> bytes:
    """What had arrived before an error: aiohttp raises the error first and keeps the bytes to itself."""
    content._exception = None  # noqa: SLF001 - the only way to the buffer; a test over a socket holds it down
    return content.read_nowait()


def framing_fault(tap: Tap, status: int, headers: Mapping[str, str]) -> Truncation | None:
    """What a body that looks whole to the parser still lacks.

    A body that ends with the connection is not whole if the connection broke. More bytes than announced mean
    that the length was wrong and the page was cut at it: as browsers do, but here it is said.
    """
    if status in _NO_BODY or "chunked" in headers.get("Transfer-Encoding", "").lower():
        return None
    announced = headers.get("Content-Length")
    if announced is None:
        return Truncation.DISCONNECT if tap.lost is not None else None
    if announced.isdecimal() and tap.body_bytes > int(announced):
        return Truncation.UNSPECIFIED
    return None


def coding_fault(body: bytes, codings: str) -> Truncation | None:
    """Whether a body ends within its content coding: whoever cut it gave the length of what was left.

    Only the last coding is looked at, since that is what goes over the wire. Blocks.
    """
    return Truncation.DISCONNECT if is_cut_off(body, codings.rpartition(",")[2], _MOST_DECODED) else None
