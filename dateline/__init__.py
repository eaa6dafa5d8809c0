"""A Dateline archive in Python: opened directly, or over HTTP; the same verbs and the same types either way.

    import dateline

    archive = dateline.open_archive("dateline.yaml")
    archive = dateline.connect("https://archive.example.org", token="…")

    for hit in archive.search('"old bridge"', source="example-times", since="2026-03"):
        print(hit.line.captured_at, hit.line.title)

See `docs/python.md`.
"""

from dateline.client import Archive, connect, open_archive
from dateline.errors import (
    ArchiveError,
    Failed,
    NoArchive,
    NotArchived,
    NotShown,
    TokenNeeded,
    TooOften,
    Unreachable,
    WrongQuestion,
)
from dateline.pages import Pages, Table

__all__ = [
    "Archive",
    "ArchiveError",
    "Failed",
    "NoArchive",
    "NotArchived",
    "NotShown",
    "Pages",
    "Table",
    "TokenNeeded",
    "TooOften",
    "Unreachable",
    "WrongQuestion",
    "connect",
    "open_archive",
]
