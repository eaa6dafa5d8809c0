"""What a person sees while an import goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ImportProgress:
    """Live counts. Written by the import, read by whoever shows them.

    Attributes:
        bytes_total, bytes_read: of the files named; for a packed file, as it lies there.
        records: read so far, whatever became of them.
        pages_total, pages_done: captures that may show an article; 0 until all records are read.
    """

    bytes_total: int = 0
    bytes_read: int = 0
    records: int = 0
    pages_total: int = 0
    pages_done: int = 0
