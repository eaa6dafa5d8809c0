"""Undo `Content-Encoding` (RFC 9110, 8.4) without ever holding more than a cap of decoded bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

from config.errors import DatelineError

MAX_CHAIN = 2  # honest servers send one coding; a longer chain than two is an attack
MAX_GZIP_MEMBERS = 1000
ZSTD_WINDOW = 8 << 20  # RFC 9659: a zstd content coding needs no larger window
_PIECE = 256 << 10
_ZSTD_STEP = 64  # bytes, whose blocks hold 2 MiB at most (RFC 8878, 3.1.1.2)
_GZIP_MAGIC = b"\x1f\x8b"


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


def is_cut_off(body: bytes, coding: str, cap: int) -> bool:
    """Whether a stream of one content coding ends before its end.

    Holds a small part of what it unpacks; beyond `cap` bytes, and where the data is corrupt or the coding
    unknown, it does not look further and says no.
    """
    unpack = _PIECES.get(coding.strip().lower())
    if unpack is None or not body or body.lstrip()[:1] == b"<":  # named gzip and sent as it is, see `_gunzip`
        return False
    size, cut = 0, False
    try:
        for piece, whole in unpack(body):
            size, cut = size + piece, not whole
            if size > cap:
                return False
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return False
    return cut


def _zlib_pieces(body: bytes, window: int = 16 + zlib.MAX_WBITS) -> Iterator[tuple[int, bool]]:
    for _ in range(MAX_GZIP_MEMBERS):
        stream = zlib.decompressobj(window)
        while not stream.eof:
            piece = stream.decompress(body, _PIECE)
            body = stream.unconsumed_tail
            yield len(piece), stream.eof
            if not piece and not body and not stream.eof:
                return
        body = stream.unused_data.lstrip(b"\0")
        if not body.startswith(_GZIP_MAGIC):  # padding, or nothing
            return


def _deflate_pieces(body: bytes) -> Iterator[tuple[int, bool]]:
    bare = (body[0] & 0x0F) != zlib.DEFLATED or int.from_bytes(body[:2]) % 31 != 0  # RFC 1950, 2.2
    return _zlib_pieces(body, -zlib.MAX_WBITS if bare else zlib.MAX_WBITS)


def _brotli_pieces(body: bytes) -> Iterator[tuple[int, bool]]:
    stream = brotli.Decompressor()
    size = _PIECE
    while size >= _PIECE or not stream.can_accept_more_data():  # what it gives may be more than the limit
        size = len(stream.process(body, output_buffer_limit=_PIECE))
        body = b""
        yield size, stream.is_finished()


def _zstd_pieces(body: bytes) -> Iterator[tuple[int, bool]]:
    """The reader tells sizes and no ends; the decoder of chunks tells ends, given few bytes at a time."""
    decoder = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    with decoder.stream_reader(body, read_across_frames=True) as reader:
        while piece := reader.read(_PIECE):
            yield len(piece), True
    frame = decoder.decompressobj()
    rest = memoryview(body)
    while rest:
        frame.decompress(rest[:_ZSTD_STEP])
        rest = rest[_ZSTD_STEP:]
        if frame.eof and (frame.unused_data or rest):
            rest = memoryview(frame.unused_data + bytes(rest))
            frame = decoder.decompressobj()
    yield 0, frame.eof


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
    pieces: list[bytes] = []  # joined at the end: of one piece, as nearly always, nothing is copied
    size = 0
    for _ in range(MAX_GZIP_MEMBERS):
        member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            pieces.append(member.decompress(body, cap + 1 - size))
        except zlib.error as error:
            if size:  # bytes after a complete member that are no member: padding, as gzip(1) treats it
                return b"".join(pieces)
            raise _corrupt("gzip", error) from error
        size += len(pieces[-1])
        if size > cap:
            raise _too_large(cap)
        if not member.eof:
            raise _truncated("gzip")
        body = member.unused_data.lstrip(b"\0")
        if not body:
            return b"".join(pieces)
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
    try:
        pieces = [stream.process(body, output_buffer_limit=cap + 1)]
        size = len(pieces[0])
        while size <= cap and not stream.can_accept_more_data():
            pieces.append(stream.process(b"", output_buffer_limit=cap + 1 - size))
            size += len(pieces[-1])
    except brotli.error as error:
        raise _corrupt("br", error) from error
    if size > cap:
        raise _too_large(cap)
    if not stream.is_finished():
        raise _truncated("br")
    return b"".join(pieces)


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
_PIECES: dict[str, Callable[[bytes], Iterator[tuple[int, bool]]]] = {
    "gzip": _zlib_pieces,
    "x-gzip": _zlib_pieces,
    "deflate": _deflate_pieces,
    "br": _brotli_pieces,
    "zstd": _zstd_pieces,
}
"""What unpacks in pieces: the size of each, and whether the stream is whole after it."""
