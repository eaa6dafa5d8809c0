"""The run ledger as the schedule sees it: what it says now, and the entry that the decisions become."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from archive.catalog import leases, runs
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.rows import RunRow, SlotRow
from crawler.schedule.decide import Decisions, Going, LedgerState, Timetable
from crawler.schedule.slots import Slot, parse_slot_key
from crawler.start import new_run

SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What one journal entry says: the slots that were decided, and the runs that begin with them."""

    slots: tuple[SlotRow, ...]
    runs: tuple[RunRow, ...]

    @property
    def rows(self) -> tuple[RunRow | SlotRow, ...]:
        """All of it."""
        return (*self.runs, *self.slots)


def read_state(
    catalog: Catalog,
    timetables: Sequence[Timetable],
    clock: Clock,
    *,
    ours: Mapping[str, Going],
    held_back: Container[str] = (),
) -> LedgerState:
    """What the ledger says, with the children of this process.

    Args:
        catalog: the catalog.
        timetables: enabled sources.
        clock: tells which leases live.
        ours: by run id, what our own children work on, from before they have taken their run's lease.
        held_back: ids of interrupted runs that shall not go on yet.
    """
    newest = {
        timetable.source: slot_of(row)
        for timetable in timetables
        if (row := runs.newest_slot(catalog, timetable.source)) is not None
    }
    going, interrupted = dict(ours), []
    for run in runs.unfinished_runs(catalog):
        if run.id in going:
            continue
        if leases.holder_of(catalog, f"run:{run.id}", clock):
            since = run.started_at if run.kind == SCHEDULED else None
            going[run.id] = Going(run.id, run.sources, since)
        elif run.kind == SCHEDULED and run.id not in held_back:
            interrupted.append(run)
    return LedgerState(newest, tuple(interrupted), tuple(going.values()))


def entry_of(decisions: Decisions, clock: Clock) -> LedgerEntry:
    """The rows of what was decided: run and slots together, so that neither stands without the other."""
    begun = [(new_run_of(group, clock), group) for group in decisions.start]
    ran = [_row(slot, "run", run.id) for run, group in begun for slot in group]
    passed = [_row(passed.slot, passed.status) for passed in decisions.passed]
    return LedgerEntry((*passed, *ran), tuple(run for run, _ in begun))


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
