"""Read an article out of an archived record as it lies in the store, so that a worker unpacks it too.

Every worker has this imported, so nothing here may need the catalog.
"""

from __future__ import annotations

from archive.reader import ArchiveDamaged, exchange_in
from archive.rows import CaptureRow
from pipelines.extract import extract
from pipelines.extraction import DamagedMember, Extraction
from pipelines.guidance import Guidance


def extract_member(member: bytes, capture: CaptureRow, guidance: Guidance) -> Extraction | DamagedMember:
    """What `extract` reads out of a capture, given the one gzip member that holds it (`is_in_one`)."""
    try:
        exchange = exchange_in(member, capture)
    except ArchiveDamaged as error:
        return DamagedMember(str(error))
    return extract(
        exchange.body,
        url=capture.url,
        content_type=exchange.header("Content-Type"),
        content_encoding=exchange.header("Content-Encoding"),
        captured_at=capture.at,
        guidance=guidance,
    )
