"""Tells the schedule something: hold a source, go on, run it now, preview it. Used by commands and web pages.

Each order is a row in the journal like any other, so that a rebuilt catalog still knows what was paused, and
by whom. The scheduler reads the rows at each tick; it answers a request in the very journal entry that begins
its run, so a request becomes one run, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from archive.catalog import orders, previews
from archive.catalog.previews import PreviewRequest
from archive.clock import Clock
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from archive.rows import Row
from archive.rows.orders import PauseRow, RunRequestRow


def pause(
    archive: Archive,
    clock: Clock,
    sources: Sequence[str],
    *,
    until: datetime | None,
    actor: str,
    reason: str = "",
) -> list[PauseRow]:
    """Hold the schedule of sources (`*`: of all) from now on; a pause that holds already is replaced.

    Raises ValueError if `until` is not ahead, and what store and catalog raise: then nothing is paused.
    """
    now = clock.now()
    if until is not None and until <= now:
        raise ValueError(f"a pause until {until.isoformat()} is over already")
    rows = [
        PauseRow(source=source, since=_since(archive, source, now), until=until, actor=actor, reason=reason)
        for source in sorted(set(sources))
    ]
    _commit(archive, clock, rows)
    return rows


def resume(archive: Archive, clock: Clock, sources: Sequence[str]) -> list[PauseRow]:
    """Lift pauses that hold; the result are those that were lifted."""
    now = clock.now()
    found = (orders.pause_of(archive.catalog, source) for source in sorted(set(sources)))
    lifted = [replace(row, lifted_at=now) for row in found if row is not None and row.covers(now)]
    _commit(archive, clock, lifted)
    return lifted


def ask_for_run(archive: Archive, clock: Clock, sources: Sequence[str], *, actor: str) -> RunRequestRow:
    """Ask for one run of sources as soon as they are free.

    A request for the same sources that still waits is given back in place of a second one.
    """
    wanted = tuple(sorted(set(sources)))
    waiting = orders.waiting_requests(archive.catalog)
    same = next((request for request in waiting if request.sources == wanted), None)
    if same is not None:
        return same
    now = clock.now()
    row = RunRequestRow(id=f"request-{new_writer(now)}", sources=wanted, asked_at=now, actor=actor)
    _commit(archive, clock, [row])
    return row


def ask_for_preview(archive: Archive, clock: Clock, source: str, *, actor: str) -> PreviewRequest:
    """Ask what a crawl of a source would archive now, and why not; one that waits already is given back.

    The scheduler's service has it answered. It is no row of the journal: nobody misses a preview later.
    """
    now = clock.now()
    asked = PreviewRequest(source=source, id=f"preview-{new_writer(now)}", asked_at=now, actor=actor)
    return previews.ask(archive.catalog, asked)


def _since(archive: Archive, source: str, now: datetime) -> datetime:
    """From when a pause holds: one that is prolonged keeps its beginning."""
    before = orders.pause_of(archive.catalog, source)
    return before.since if before is not None and before.covers(now) else now


def _commit(archive: Archive, clock: Clock, rows: Sequence[Row]) -> None:
    journal = JournalWriter(archive.store, new_writer(clock.now()), clock)
    Committer(archive.store, archive.catalog, journal, clock).commit_rows(rows)
