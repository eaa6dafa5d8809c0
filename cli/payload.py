"""What a capture shows, its content codings undone."""

from __future__ import annotations

from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from archive.members import originals
from archive.opening import Archive
from archive.reader import read_head, read_payload
from archive.rows import CaptureRow
from config.errors import DatelineError


def read_decoded(archive: Archive, capture: CaptureRow, cap: int) -> bytes:
    """The payload of a capture without its content codings, at most `cap` bytes; its charset stays.

    Raises ArchiveDamaged if it cannot be read back, DatelineError if it cannot be decoded.
    """
    # The head that came with the bytes: a 304 says nothing of how they are coded.
    brought = originals(archive.catalog, [capture]).get(capture.id, capture)
    head, body = read_head(archive.store, brought), read_payload(archive.store, capture)
    coding = Exchange(brought.url, brought.at, b"", head, brought.status, body).header("Content-Encoding")
    try:
        return decode_body(body, coding, cap)
    except ContentCodingError as error:
        raise DatelineError(
            f"the capture of {capture.url} cannot be decoded: {error}; `--as warc` gives it as it came"
        ) from error
