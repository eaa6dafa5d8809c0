"""Undo `Content-Encoding` (RFC 9110, 8.4) without ever holding more than a cap of decoded bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli
import zstandard

from config.errors import DatelineError

MAX_CHAIN = 2  # honest servers send one coding; a longer chain than two is an attack
MAX_GZIP_MEMBERS = 1000
ZSTD_WINDOW = 8 << 20  # RFC 9659: a zstd content coding needs no larger window


class ContentCodingError(DatelineError):
    """A body that can't be decoded.

    Attributes:
        reason: `truncated` (the stream ends early), `too_large` (the cap was reached) or
            `bad_content_encoding` (an unknown coding, too long a chain, or corrupt data).
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def decode_body(body: bytes, content_encoding: str | None, cap: int) -> bytes:
    """Return `body` with its content codings undone, the last one applied first.

    Args:
        body: the payload as received, transfer coding already removed.
        content_encoding: the `Content-Encoding` field value, e.g. `gzip` or `gzip, br`; None if absent.
        cap: the most bytes any stage may produce; the decoders stop there, also inside a chunk.

    Raises:
        ContentCodingError: with its reason, see there.
    """
    codings = [c.strip().lower() for c in (content_encoding or "").split(",")]
    codings = [c for c in codings if c and c != "identity"]
    if len(codings) > MAX_CHAIN:
        raise ContentCodingError(
            "bad_content_encoding", f"{len(codings)} content codings; at most {MAX_CHAIN} are undone"
        )
    for coding in reversed(codings):
        decoder = _DECODERS.get(coding)
        if decoder is None:
            raise ContentCodingError(
                "bad_content_encoding", f"content coding {coding[:40]!r}; known are {', '.join(_DECODERS)}"
            )
        body = decoder(body, cap) if body else body
    if len(body) > cap:
        raise _too_large(cap)
    return body


def _too_large(cap: int) -> ContentCodingError:
    return ContentCodingError("too_large", f"decoded body exceeds {cap} bytes")


def _truncated(coding: str) -> ContentCodingError:
    return ContentCodingError("truncated", f"the {coding} stream ends before it is complete")


def _corrupt(coding: str, error: Exception) -> ContentCodingError:
    return ContentCodingError("bad_content_encoding", f"the {coding} stream is corrupt: {error}")


def _gunzip(body: bytes, cap: int) -> bytes:
    # Some servers name gzip and send the page as it is: markup can't be mistaken for gzip's magic.
    if body.lstrip()[:1] == b"<":
        return body
    out = bytearray()
    for _ in range(MAX_GZIP_MEMBERS):
        member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            out += member.decompress(body, cap + 1 - len(out))
        except zlib.error as error:
            if out:  # bytes after a complete member that are no member: padding, as gzip(1) treats it
                return bytes(out)
            raise _corrupt("gzip", error) from error
        if len(out) > cap:
            raise _too_large(cap)
        if not member.eof:
            raise _truncated("gzip")
        body = member.unused_data.lstrip(b"\0")
        if not body:
            return bytes(out)
    raise ContentCodingError("bad_content_encoding", f"more than {MAX_GZIP_MEMBERS} gzip members")


def _inflate(body: bytes, cap: int) -> bytes:
    # RFC 9110 means the zlib format by "deflate"; many servers send the bare stream instead.
    failure: zlib.error | None = None
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        stream = zlib.decompressobj(window)
        try:
            out = stream.decompress(body, cap + 1)
        except zlib.error as error:
            failure = error
            continue
        if len(out) > cap:
            raise _too_large(cap)
        if not stream.eof:
            raise _truncated("deflate")
        return out
    assert failure is not None  # noqa: S101 - both windows failed, or we had returned
    raise _corrupt("deflate", failure)


def _unbrotli(body: bytes, cap: int) -> bytes:
    stream = brotli.Decompressor()
    out = bytearray()
    try:
        out += stream.process(body, output_buffer_limit=cap + 1)
        while len(out) <= cap and not stream.can_accept_more_data():
            out += stream.process(b"", output_buffer_limit=cap + 1 - len(out))
    except brotli.error as error:
        raise _corrupt("br", error) from error
    if len(out) > cap:
        raise _too_large(cap)
    if not stream.is_finished():
        raise _truncated("br")
    return bytes(out)


def _unzstd(body: bytes, cap: int) -> bytes:
    decoder = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    try:
        # The reader stops at the cap; only then is the whole-chunk decoder, which tells whether the
        # last frame is complete, safe to run.
        with decoder.stream_reader(body, read_across_frames=True) as reader:
            size = 0
            while piece := reader.read(1 << 20):
                size += len(piece)
                if size > cap:
                    raise _too_large(cap)
        out = bytearray()
        while body:
            frame = decoder.decompressobj()
            out += frame.decompress(body)
            if not frame.eof:
                raise _truncated("zstd")
            body = frame.unused_data
    except zstandard.ZstdError as error:
        raise _corrupt("zstd", error) from error
    return bytes(out)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
