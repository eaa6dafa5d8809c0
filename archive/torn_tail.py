"""Cuts a WARC file that somebody stopped writing after its last whole record."""

from __future__ import annotations

from pathlib import Path

from archive.warc import WarcError, members


def cut_torn_tail(path: Path) -> bool:
    """Cut a file after its last whole record; False if nothing whole is left."""
    whole = 0
    try:
        with path.open("rb") as stream:
            for offset, length, _ in members(stream):
                whole = offset + length
    except WarcError:
        with path.open("r+b") as stream:
            stream.truncate(whole)
    return whole > 0
