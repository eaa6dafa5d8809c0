"""Where bytes lie in the object store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GZIP_END, ZSTD_END, INDEX_END = ".warc.gz", ".warc.zst", ".cdxj"
SEGMENT_ENDS: Final = (GZIP_END, ZSTD_END)
_ZSTD_INDEX_END = ".zst.cdxj"


@dataclass(frozen=True, slots=True)
class Place:
    """A record in a segment: one range request gives it.

    Attributes:
        segment: object key, e.g. `captures/2026/03/29/<sha256>.warc.gz`.
        offset: of the record's gzip member or zstd frame, in bytes.
        length: of the member or frame, in bytes.
    """

    segment: str
    offset: int
    length: int


def index_key(segment_key: str) -> str:
    """Key of the CDXJ file beside a segment: `<sha256>.cdxj`, or `<sha256>.zst.cdxj` of a compacted one."""
    if segment_key.endswith(ZSTD_END):
        return segment_key.removesuffix(ZSTD_END) + _ZSTD_INDEX_END
    return segment_key.removesuffix(GZIP_END) + INDEX_END


def segment_of(key: str) -> str:
    """Key of the segment that an index belongs to; a key that is no index's stays as it is."""
    if key.endswith(_ZSTD_INDEX_END):
        return key.removesuffix(_ZSTD_INDEX_END) + ZSTD_END
    return key.removesuffix(INDEX_END) + GZIP_END if key.endswith(INDEX_END) else key
