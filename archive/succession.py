"""Takes the place of a process whose leases ran out, so that nothing counts which it may still put.

A process that stands still between looking at its leases and the end of its put of a journal entry puts that
entry when it goes on, however long after. Leases cannot prevent it; the store can, where an object is never
replaced: the successor puts an entry without rows under the number that is next. What the other one puts
under it is refused (`JournalClosed`); if that was faster, it was acknowledged in time, and is entered here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from archive.catalog import journal_state, leases
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.held_leases import HostLeases
from archive.journal import Entry, is_closing, is_writer, put_entry, read_entry
from archive.opening import Archive
from archive.rebuild.run import catch_up
from archive.stores.store import ObjectCollision, ObjectStore

log = structlog.get_logger()


def leases_of(archive: Archive, writer: str, clock: Clock) -> HostLeases:
    """The leases of a process that writes into the journal as `writer`."""
    return HostLeases(archive.catalog, writer, clock, succeed=succeeding(archive, clock))


def succeeding(archive: Archive, clock: Clock) -> Callable[[str, datetime], None]:
    """What is done for each holder whose leases have run out, before one of them is taken."""
    return partial(succeed, archive.store, archive.catalog, clock)


def succeed(store: ObjectStore, catalog: Catalog, clock: Clock, holder: str, until: datetime) -> None:
    """Close the journal of a holder whose leases ended at `until`, and forget them.

    Its entries are in the catalog afterwards, and there will be no others. Raises what store and catalog
    raise: the leases then stand as they stood, and may not be taken.
    """
    if is_writer(holder):  # others that hold leases (a preview) put nothing
        close_journal(store, catalog, holder, until)
    leases.drop_run_out(catalog, holder, clock)


def close_journal(store: ObjectStore, catalog: Catalog, writer: str, until: datetime) -> None:
    """Take the next number of a writer that began its last put before `until`; enter all that it has put.

    May be repeated, and done by several at once. The key of an entry has its day: where midnight (UTC) lies
    between the beginning of a put and the end of the lease, what is put late stands beside the closing entry;
    the catalog leaves it out, and `verify` reports it.
    """
    closing: Entry | None = None
    while True:
        catch_up(store, catalog)
        key = journal_state.head_of(catalog, writer)
        last = read_entry(store, key) if key else None
        if last and is_closing(last):
            return
        before, closing = closing, _next(writer, last, until)
        if before == closing:  # what stands there cannot be read, which `catch_up` has logged
            log.warning(
                "the journal of a writer that is gone cannot be closed", writer=writer, entry=closing.key
            )
            return
        try:
            put = put_entry(store, closing)
        except ObjectCollision:  # the writer was faster, or another successor
            continue
        catalog.apply(put, {}, partial(read_entry, store))
        log.warning("a process stood still, and another one takes its place", writer=writer, since=until)
        return


def _next(writer: str, last: Entry | None, until: datetime) -> Entry:
    if last is None:
        return Entry(writer, 1, until, None, ())
    at = max(until, last.at + timedelta(microseconds=1))
    return Entry(writer, last.number + 1, at, last.digest, ())
