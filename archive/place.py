"""Where bytes lie in the object store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A record in a segment: one range request gives it.

    Attributes:
        segment: object key, e.g. `captures/2026/03/29/<sha256>.warc.gz`.
        offset: of the record's gzip member, in bytes.
        length: of the gzip member, in bytes.
    """

    segment: str
    offset: int
    length: int
