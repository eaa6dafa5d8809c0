"""The run ledger as the schedule sees it: what it says now, and the entry that the decisions become."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from archive.catalog import leases, orders, runs
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.rows import RunRequestRow, RunRow, SlotRow
from crawler.schedule.decide import REQUESTED, Decisions, Going, LedgerState
from crawler.schedule.slots import Slot, parse_slot_key
from crawler.schedule.timetable import Timetable
from crawler.start import new_run

SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What one journal entry says: slots and requests that were decided, and the runs that they become."""

    slots: tuple[SlotRow, ...]
    runs: tuple[RunRow, ...]
    requests: tuple[RunRequestRow, ...] = ()

    @property
    def rows(self) -> tuple[RunRow | SlotRow | RunRequestRow, ...]:
        """All of it."""
        return (*self.runs, *self.slots, *self.requests)


class NewestSlots:
    """Each source's newest slot, asked of the ledger once: of many sources, asking takes longer than a tick.

    For as long as one process alone enters slots and tells every one, as the scheduler that leads does.
    """

    def __init__(self) -> None:
        self._known: dict[str, Slot | None] = {}

    def of(self, catalog: Catalog, sources: Iterable[str]) -> dict[str, Slot]:
        """Those of these sources, by name; one that never ran is not in it."""
        names = list(sources)
        if unknown := [name for name in names if name not in self._known]:
            rows = runs.newest_slots(catalog, unknown)
            self._known |= {name: slot_of(rows[name]) if name in rows else None for name in unknown}
        return {name: slot for name in names if (slot := self._known[name]) is not None}

    def entered(self, rows: Iterable[SlotRow]) -> None:
        """The ledger has these slots now."""
        for row in rows:
            slot, before = slot_of(row), self._known.get(row.source)
            if before is None or (slot.instant, slot.key) > (before.instant, before.key):
                self._known[row.source] = slot


def read_state(
    catalog: Catalog,
    timetables: Sequence[Timetable],
    clock: Clock,
    *,
    ours: Mapping[str, Going],
    held_back: Container[str] = (),
    slots: NewestSlots | None = None,
) -> LedgerState:
    """What the ledger says, with the children of this process.

    Args:
        catalog: the catalog.
        timetables: enabled sources.
        clock: tells which leases live.
        ours: by run id, what our own children work on, from before they have taken their run's lease.
        held_back: ids of interrupted runs that shall not go on yet.
        slots: what is known of the newest slots; asked anew if None.
    """
    newest = (slots or NewestSlots()).of(catalog, (timetable.source for timetable in timetables))
    going, interrupted, left = dict(ours), [], []
    for run in runs.unfinished_runs(catalog):
        if run.id in going:
            continue
        if leases.works_on(catalog, run.id, clock):
            since = run.started_at if run.kind == SCHEDULED else None
            going[run.id] = Going(run.id, run.sources, since, asked=run.kind == REQUESTED)
        elif run.kind not in {SCHEDULED, REQUESTED}:
            left.append(run)
        elif run.id not in held_back:
            interrupted.append(run)
    return LedgerState(
        newest,
        tuple(interrupted),
        tuple(going.values()),
        tuple(orders.pauses(catalog)),
        tuple(orders.waiting_requests(catalog)),
        tuple(left),
    )


def entry_of(decisions: Decisions, clock: Clock, refused: Sequence[RunRequestRow] = ()) -> LedgerEntry:
    """The rows of what was decided: runs with their slots and requests, as none may stand without the other.

    Args:
        decisions: what was decided.
        clock: tells when.
        refused: requests that are answered with a no, as they shall stand in the ledger.
    """
    begun = [(new_run_of(group, clock), group) for group in decisions.start]
    ran = [_row(slot, "run", run.id) for run, group in begun for slot in group]
    passed = [_row(passed.slot, passed.status) for passed in decisions.passed]
    asked = [(new_run(REQUESTED, request.sources, clock), request) for request in decisions.asked]
    answers = [
        replace(request, status="started", run_id=run.id, answered_at=clock.now()) for run, request in asked
    ]
    runs_begun = (*(run for run, _ in begun), *(run for run, _ in asked))
    return LedgerEntry((*passed, *ran), runs_begun, (*answers, *refused))


def new_run_of(group: Sequence[Slot], clock: Clock) -> RunRow:
    """The run of slots of one night."""
    return new_run(SCHEDULED, [slot.source for slot in group], clock, night=group[0].night.isoformat())


def slot_of(row: SlotRow) -> Slot:
    """The slot of a row. If its zone is no longer known, it is given in UTC, at the same instant."""
    try:
        return parse_slot_key(row.source, row.slot)
    except ValueError:
        return Slot(row.source, row.due_at.astimezone(UTC).replace(tzinfo=None), "UTC")


def _row(slot: Slot, status: str, run_id: str | None = None) -> SlotRow:
    return SlotRow(
        source=slot.source,
        slot=slot.key,
        due_at=slot.instant,
        night=slot.night.isoformat(),
        status=status,
        run_id=run_id,
    )
