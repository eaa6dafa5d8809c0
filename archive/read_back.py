"""What was written is read back while it grows, so that little is left to check when it is sealed.

A segment is read back before it gets its name. All at once that took the recorder's thread a second for each
1,500 pages, in which no page could be recorded.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from archive.warc import WarcError, read_records


class ReadBack:
    """The records of one spool file as they are read back; used by one thread.

    Attributes:
        path: of the file.
        size: bytes read.
        records: whole ones so far, each like its digest.
        day: of the first, its warcinfo: `2026-03-29`.
    """

    def __init__(self, path: Path) -> None:
        """From the beginning of a file, which exists. Raises OSError."""
        self.path, self.size, self.records, self.day = path, 0, 0, ""
        self._file = path.open("rb", buffering=0)
        self._sha256 = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of all that was read so far, in hex."""
        return self._sha256.hexdigest()

    def go_on(self) -> None:
        """Read what has come since, which must be whole records. Raises WarcError, OSError."""
        start = self.size
        try:
            for record in read_records(self):
                self.day = self.day or record.headers["WARC-Date"][:10]
                self.records += 1
        except WarcError as error:
            raise WarcError(f"from byte {start} on: {error}") from error

    def read(self, size: int = -1) -> bytes:
        """As a stream of bytes, of which a digest is made on the way."""
        data = self._file.read(size)
        self._sha256.update(data)
        self.size += len(data)
        return data

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
