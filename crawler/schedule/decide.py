"""What the schedule does at one moment: which runs go on, which begin, which slots pass by (pure).

The rules, in order:

1. An interrupted scheduled run goes on under its id before its sources get anything new.
2. A slot that comes due while the scheduled run of its source is still going is refused (`overlap`). One
   that lay open before that run went on again, or that meets a run made by hand, waits until it has ended.
3. Of the open slots of a free source the newest within grace runs; older ones are `coalesced`, those past
   grace `missed`.
4. Slots of one night that come due within the gathering time become one run. Runs of different sources go
   on side by side, up to a limit; beyond it slots wait.

Every rule needs only the ledger and the present moment, so a restart or another scheduler decides the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from archive.rows import RunRow
from crawler.schedule.slots import DueSlots, Slot, due_slots, next_slot


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a source is crawled: its name, its cron (five fields), its zone (IANA name)."""

    source: str
    cron: str
    zone: str


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient the schedule is.

    Attributes:
        grace: how late a slot may still start.
        gather: how long a due slot waits for those of other sources, to share a run with them.
        most_runs: how many scheduled runs go on at once.
    """

    grace: timedelta
    gather: timedelta = timedelta()
    most_runs: int = 4


@dataclass(frozen=True, slots=True)
class Going:
    """A run that some process works on now.

    Attributes:
        run_id: its id.
        sources: names.
        since: when this process began with it, aware; None for a run made by hand.
    """

    run_id: str
    sources: tuple[str, ...]
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What the ledger and the processes say.

    Attributes:
        newest: each source's newest slot in the ledger; a source that never ran is not in it.
        interrupted: scheduled runs that nobody works on and that may go on now, oldest first.
        going: runs that are worked on.
    """

    newest: Mapping[str, Slot]
    interrupted: tuple[RunRow, ...] = ()
    going: tuple[Going, ...] = ()


@dataclass(frozen=True, slots=True)
class PassedSlot:
    """A slot that will not run, and why."""

    slot: Slot
    status: Literal["coalesced", "overlap", "missed"]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What to do now.

    Attributes:
        resume: interrupted runs that go on.
        start: slots that run, one tuple a new run, all of one night.
        passed: slots to record as not run.
    """

    resume: tuple[RunRow, ...] = ()
    start: tuple[tuple[Slot, ...], ...] = ()
    passed: tuple[PassedSlot, ...] = ()


def decide(timetables: Sequence[Timetable], state: LedgerState, now: datetime, rules: Rules) -> Decisions:
    """Apply the rules at one moment.

    Args:
        timetables: enabled sources.
        state: what the ledger says.
        now: aware.
        rules: how patient the schedule is.

    Raises:
        ValueError: a timetable cannot be read, or `now` is naive.
    """
    room = rules.most_runs - sum(run.since is not None for run in state.going)
    resume = _resumable({timetable.source for timetable in timetables}, state, room)
    busy = _busy((*state.going, *(Going(run.id, run.sources, now) for run in resume)))
    refused: list[PassedSlot] = []
    free: dict[str, DueSlots] = {}
    idle: list[Timetable] = []
    for timetable in timetables:
        due = _due(timetable, state, now, rules)
        if timetable.source in busy:
            refused += _refused(due, busy[timetable.source], now, rules)
        elif due.run:
            free[timetable.source] = due
        else:
            refused += _missed(due)
            idle.append(timetable)
    groups = _groups([due.run for due in free.values() if due.run])
    ready = [group for group in groups if not _awaits_more(group, idle, now, rules)]
    start = tuple(ready[: max(0, room - len(resume))])
    caught_up = [passed for group in start for slot in group for passed in _missed(free[slot.source])]
    return Decisions(tuple(resume), start, (*refused, *caught_up))


def _due(timetable: Timetable, state: LedgerState, now: datetime, rules: Rules) -> DueSlots:
    return due_slots(
        timetable.cron,
        timetable.zone,
        source=timetable.source,
        last_done=state.newest.get(timetable.source),
        now=now,
        grace=rules.grace,
    )


def _resumable(enabled: set[str], state: LedgerState, room: int) -> list[RunRow]:
    """Interrupted runs that share no source with a run that is going, or with each other."""
    taken = {source for run in state.going for source in run.sources}
    chosen: list[RunRow] = []
    for run in state.interrupted:
        if len(chosen) < room and taken.isdisjoint(run.sources) and enabled.issuperset(run.sources):
            chosen.append(run)
            taken.update(run.sources)
    return chosen


def _busy(going: Iterable[Going]) -> dict[str, datetime | None]:
    """Since when each source has had a scheduled run going; None if only one made by hand is."""
    busy: dict[str, datetime | None] = {}
    for run in going:
        for source in run.sources:
            moments = (busy.get(source), run.since)
            busy[source] = min((moment for moment in moments if moment), default=None)
    return busy


def _refused(due: DueSlots, since: datetime | None, now: datetime, rules: Rules) -> list[PassedSlot]:
    """The open slots of a source whose run is going, if one came due since that began; else they wait."""
    waiting = [missed.slot for missed in due.missed] + ([due.run] if due.run else [])
    if since is None or not waiting or waiting[-1].instant <= since:
        return []
    return [
        PassedSlot(slot, "overlap" if now - slot.instant <= rules.grace else "missed") for slot in waiting
    ]


def _missed(due: DueSlots) -> list[PassedSlot]:
    return [
        PassedSlot(missed.slot, "coalesced" if missed.reason == "coalesced" else "missed")
        for missed in due.missed
    ]


def _groups(slots: list[Slot]) -> list[tuple[Slot, ...]]:
    """Slots by night, as a run has one, those that have waited longest first."""

    def night(slot: Slot) -> date:
        return slot.night

    groups = [tuple(group) for _, group in groupby(sorted(slots, key=night), key=night)]
    return sorted(groups, key=lambda group: min(slot.instant for slot in group))


def _awaits_more(group: tuple[Slot, ...], idle: list[Timetable], now: datetime, rules: Rules) -> bool:
    """Whether another source's slot of that night comes within the gathering time of the group's first."""
    until = min(slot.instant for slot in group) + rules.gather
    if now >= until:
        return False
    following = (next_slot(t.cron, t.zone, now, source=t.source) for t in idle)
    return any(slot and slot.instant <= until and slot.night == group[0].night for slot in following)
