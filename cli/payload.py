"""What a capture shows, its content codings undone."""

from __future__ import annotations

from archive.content_coding import ContentCodingError, decode_body
from archive.opening import Archive
from archive.reader import read_original
from archive.rows import CaptureRow
from config.errors import DatelineError


def read_decoded(archive: Archive, capture: CaptureRow, cap: int) -> bytes:
    """The payload of a capture without its content codings, at most `cap` bytes; its charset stays.

    One range request. Raises ArchiveDamaged if it cannot be read back, DatelineError if it cannot be decoded.
    """
    exchange = read_original(archive.store, capture)
    try:
        return decode_body(exchange.body, exchange.header("Content-Encoding"), cap)
    except ContentCodingError as error:
        raise DatelineError(
            f"the capture of {capture.url} cannot be decoded: {error}; `--as warc` gives it as it came"
        ) from error
