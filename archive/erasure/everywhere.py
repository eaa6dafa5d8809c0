"""Finishes erasures so that the archive and its replica are whole at every moment."""

from __future__ import annotations

from archive.catalog import erasures as waiting
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.erasure import erasures
from archive.erasure.erasures import Erased
from archive.journal import JournalWriter
from archive.opening import FORMAT_KEY
from archive.replicate import replicate
from archive.stores.store import ObjectStore


def finish_erasures(
    store: ObjectStore,
    replica: ObjectStore | None,
    catalog: Catalog,
    clock: Clock,
    journal: JournalWriter | None = None,
) -> Erased:
    """Erase what is still to be erased; the replica first gets what was written in its place.

    A replica that was never filled is left to `dateline replicate`. Raises StoreUnreachable or ObjectLocked;
    what was not reached stays pending.
    """
    if not waiting.pending(catalog):
        return Erased()
    if replica is None:
        return erasures.finish([store], catalog, clock, journal)
    if replica.stat(FORMAT_KEY) is not None:
        erasures.erase([store], catalog)  # first, since nothing is copied that still has what was purged
        replicate(store, replica, catalog, lambda _done, _total: None)
    return erasures.finish([store, replica], catalog, clock, journal)
