"""What a dead writer's spool holds that must not be entered: copies of old records, and purged addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from archive.catalog import segments, takedowns
from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.place import index_key
from archive.segment import seal_file
from archive.stores.store import ObjectStore
from archive.warc import ReadRecord, members, read_one
from archive.whole_file import whole_file


def forget_rewritten(store: ObjectStore, catalog: Catalog, path: Path) -> None:
    """Remove what was put of a segment that was being written again, unless its transaction went through.

    Its records still lie in the segments that they were copied from.
    """
    for kind in ("captures", "derived"):
        key = seal_file(path, kind).key
        if not segments.has(catalog, key):
            store.delete(key)
            if kind == "captures":
                store.delete(index_key(key))


def drop_purged(catalog: Catalog, path: Path) -> None:
    """Take the records of purged addresses out of a spool file, and revisits that refer to them."""
    purged = {row.url_key for row in takedowns.every(catalog) if row.purged_at is not None}
    if not purged:
        return
    drop_records(path, partial(_tells, purged=purged))


def drop_records(path: Path, unwanted: Callable[[ReadRecord], bool]) -> None:
    """Take records out of a spool file, whose others stay as they are."""
    kept, dropped = [], False
    with path.open("rb") as stream:
        places = [(offset, length) for offset, length, _ in members(stream)]
        for offset, length in places:
            stream.seek(offset)
            member = stream.read(length)
            if unwanted(read_one(member)):
                dropped = True
            else:
                kept.append(member)
    if dropped:
        with whole_file(path) as out:
            out.write(b"".join(kept))


def _tells(record: ReadRecord, purged: set[str]) -> bool:
    fields = ("WARC-Target-URI", "WARC-Refers-To-Target-URI")
    return any(url_key(record.headers[name]) in purged for name in fields if name in record.headers)
