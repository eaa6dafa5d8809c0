"""Every segment of a catalog through four readers: warcio, `gzip -t`, fastwarc, and sha256 and size."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from archive.catalog import segments
from archive.opening import Archive

_AT_ONCE = 100  # files for one start of a foreign program
_PROGRAMS = Path(sys.executable).parent


def segments_that_fail(archive: Archive, scratch: Path) -> tuple[int, list[str]]:
    """(how many segments the catalog names, what a reader said against one of them)."""
    rows = segments.every(archive.catalog)
    faults: list[str] = []
    for start in range(0, len(rows), _AT_ONCE):
        files = []
        for row in rows[start : start + _AT_ONCE]:
            data = archive.store.read(row.key)
            if (hashlib.sha256(data).hexdigest(), len(data)) != (row.sha256, row.size):
                faults.append(f"{row.key}: not the size and sha256 of the catalog")
            path = scratch / row.key.rpartition("/")[2]
            path.write_bytes(data)
            files.append(path)
            faults += _said_by(_PROGRAMS / "fastwarc", "check", "--quiet", path)
        faults += _said_by(_PROGRAMS / "warcio", "check", *files)
        faults += _said_by("gzip", "-t", *files)
        for path in files:
            path.unlink()
    return len(rows), faults


def _said_by(*command: str | Path) -> list[str]:
    """What a program that ends with an error has printed."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return [f"{command[0]}: {ended.stdout[-400:]}{ended.stderr[-400:]}"] if ended.returncode else []
