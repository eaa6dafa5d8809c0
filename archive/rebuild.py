"""The catalog from the bucket alone: every journal entry, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archive.catalog import journal_state
from archive.catalog.catalog import Catalog
from archive.journal import Entry, entries, in_order
from archive.reader import read_text
from archive.rows import TextRow
from archive.stores.store import ObjectStore


def rebuild(store: ObjectStore, catalog: Catalog, progress: Callable[[int, int], None]) -> int:
    """Empty the catalog and replay the journal; the result is the number of entries.

    `progress(done, total)` is called after each entry. Texts come from `derived/`. Interrupted, it is
    finished by `catch_up`, or by being run again.
    """
    keys = list(entries(store))
    catalog.clear()
    for done, entry in enumerate(in_order(store, keys), 1):
        catalog.apply(entry, dict(_texts(store, entry)))
        progress(done, len(keys))
    return len(keys)


def catch_up(store: ObjectStore, catalog: Catalog) -> int:
    """Apply the entries that were put but not applied when their writer died; the result counts them.

    The whole journal is listed: another writer may have gone on for days since.
    """
    applied = frozenset(journal_state.keys(catalog))
    missing = [key for key in entries(store) if key not in applied]
    for entry in in_order(store, missing):
        catalog.apply(entry, dict(_texts(store, entry)))
    return len(missing)


def _texts(store: ObjectStore, entry: Entry) -> Iterator[tuple[str, str]]:
    for row in entry.rows:
        if isinstance(row, TextRow):
            yield row.sha256, read_text(store, row)
