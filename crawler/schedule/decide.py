"""What the schedule does at one moment: which runs go on, which begin, which slots pass by (pure).

The rules, in order:

1. An interrupted run of the schedule goes on under its id before its sources get anything new.
2. A run that somebody asked for begins as soon as its sources are free.
3. A slot that comes due while the scheduled run of its source is still going is refused (`overlap`). One
   that lay open before that run went on again, or that meets a run made by hand, waits until it has ended.
4. A slot that falls into a pause is `paused`. At a time of day at which its source is not crawled a slot
   waits, or is skipped (`blackout`), as its source says.
5. Of the open slots of a free source the newest within grace runs; older ones are `coalesced`, those past
   grace `missed`.
6. Slots of one night that come due within the gathering time become one run. Runs of different sources go
   on side by side, up to a limit; beyond it slots wait. Where a group limits how many of its sources go on
   at once, they have runs of their own, and wait for each other.

A source's slots are entered in order of time: what waits keeps newer ones back. Every rule needs only the
ledger and the present moment, so a restart or another scheduler decides the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from archive.rows import PauseRow, RunRequestRow, RunRow
from crawler.schedule.slots import Slot
from crawler.schedule.timetable import DueSlots, MissedSlot, Timetable, due, next_begin

REQUESTED = "requested"  # the kind of runs that somebody asked the schedule for


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
        since: when this process began with it, aware; None for a run made by hand, or asked for.
        asked: somebody asked the schedule for it: it counts as one of its runs, and slots wait for it.
    """

    run_id: str
    sources: tuple[str, ...]
    since: datetime | None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What the ledger and the processes say.

    Attributes:
        newest: each source's newest slot in the ledger; a source that never ran is not in it.
        interrupted: runs of the schedule that nobody works on and that may go on now, oldest first.
        going: runs that are worked on.
        pauses: what people have paused, also what is over.
        requests: runs that were asked for and have not begun, oldest first.
        left: runs by hand, backfills and imports that did not come to their end and that nobody works on.
    """

    newest: Mapping[str, Slot]
    interrupted: tuple[RunRow, ...] = ()
    going: tuple[Going, ...] = ()
    pauses: tuple[PauseRow, ...] = ()
    requests: tuple[RunRequestRow, ...] = ()
    left: tuple[RunRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PassedSlot:
    """A slot that will not run, and why."""

    slot: Slot
    status: Literal["coalesced", "overlap", "missed", "paused", "blackout"]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What to do now.

    Attributes:
        resume: interrupted runs that go on.
        start: slots that run, one tuple a new run, all of one night.
        passed: slots to record as not run.
        asked: requests that become a run each.
    """

    resume: tuple[RunRow, ...] = ()
    start: tuple[tuple[Slot, ...], ...] = ()
    passed: tuple[PassedSlot, ...] = ()
    asked: tuple[RunRequestRow, ...] = ()


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
    room = rules.most_runs - sum(run.asked or run.since is not None for run in state.going)
    resume = _resumable(timetables, state, now, room)
    going = (*state.going, *(_resumed(run, now) for run in resume))
    limits = _Limits(timetables, going)
    asked = _begun_requests(state.requests, going, limits, room - len(resume))
    busy = _busy((*going, *(Going(request.id, request.sources, None) for request in asked)))
    refused: list[PassedSlot] = []
    free: dict[str, DueSlots] = {}
    idle: list[Timetable] = []
    for table in timetables:
        newest = state.newest.get(table.source)
        found = due(table, last_done=newest, now=now, grace=rules.grace, pauses=state.pauses)
        if table.source in busy:
            refused += _refused(found, busy[table.source], now, rules)
        elif found.run is None:
            refused += _missed(found)
            idle.append(table)
        elif table.closed_until(now) is None:
            free[table.source] = found
    tables = {table.source: table for table in timetables}
    begins = {name: tables[name].may_begin(found.run) for name, found in free.items() if found.run}
    within = limits.take([found.run for found in free.values() if found.run], begins)
    groups = _groups(within, tables, begins)
    ready = [group for group in groups if not _awaits_more(group, begins, idle, now, rules)]
    start = tuple(ready[: max(0, room - len(resume) - len(asked))])
    caught_up = [passed for group in start for slot in group for passed in _missed(free[slot.source])]
    return Decisions(tuple(resume), start, (*refused, *caught_up), asked)


class _Limits:
    """How many sources more each group lets go."""

    def __init__(self, timetables: Iterable[Timetable], going: Iterable[Going]) -> None:
        self._group_of = {table.source: table.group for table in timetables if table.group is not None}
        self._left = {
            table.group: table.most_in_group or 1 for table in timetables if table.group is not None
        }
        taken = {source for run in going for source in run.sources}
        for group, count in Counter(self._group_of[one] for one in taken if one in self._group_of).items():
            self._left[group] -= count

    def admit(self, sources: Iterable[str]) -> bool:
        """Let sources go, all or none."""
        wanted = Counter(self._group_of[one] for one in sources if one in self._group_of)
        if any(self._left[group] < count for group, count in wanted.items()):
            return False
        for group, count in wanted.items():
            self._left[group] -= count
        return True

    def take(self, slots: Iterable[Slot], begins: Mapping[str, datetime]) -> list[Slot]:
        """Those of these slots that there is room for, those that have waited longest first."""
        ordered = sorted(slots, key=lambda slot: (begins[slot.source], slot.source))
        return [slot for slot in ordered if self.admit([slot.source])]


def _resumable(timetables: Sequence[Timetable], state: LedgerState, now: datetime, room: int) -> list[RunRow]:
    """Interrupted runs that share no source with a run that is going, or with each other.

    One of the schedule needs all its sources enabled, and none at a time of day without crawls.
    """
    tables = {table.source: table for table in timetables}
    taken = {source for run in state.going for source in run.sources}
    chosen: list[RunRow] = []
    for run in state.interrupted:
        asked_for = run.kind == REQUESTED
        open_now = asked_for or all(
            name in tables and tables[name].closed_until(now) is None for name in run.sources
        )
        if len(chosen) < room and taken.isdisjoint(run.sources) and open_now:
            chosen.append(run)
            taken.update(run.sources)
    return chosen


def _begun_requests(
    requests: Iterable[RunRequestRow], going: Iterable[Going], limits: _Limits, room: int
) -> tuple[RunRequestRow, ...]:
    """Requests whose sources are free; a later one does not overtake one that waits for the same source."""
    taken = {source for run in going for source in run.sources}
    begun: list[RunRequestRow] = []
    for request in requests:
        if len(begun) < room and taken.isdisjoint(request.sources) and limits.admit(request.sources):
            begun.append(request)
        taken.update(request.sources)
    return tuple(begun)


def _resumed(run: RunRow, now: datetime) -> Going:
    asked = run.kind == REQUESTED
    return Going(run.id, run.sources, None if asked else now, asked=asked)


def _busy(going: Iterable[Going]) -> dict[str, datetime | None]:
    """Since when each source has had a scheduled run going; None if only one made by hand is."""
    busy: dict[str, datetime | None] = {}
    for run in going:
        for source in run.sources:
            moments = (busy.get(source), run.since)
            busy[source] = min((moment for moment in moments if moment), default=None)
    return busy


def _refused(found: DueSlots, since: datetime | None, now: datetime, rules: Rules) -> list[PassedSlot]:
    """The open slots of a source whose run is going, if one came due since that began; else they wait."""
    waiting = sorted(
        [*(missed.slot for missed in found.missed), *([found.run] if found.run else [])],
        key=lambda slot: slot.instant,
    )
    if since is None or not waiting or waiting[-1].instant <= since:
        return []
    held = {missed.slot: missed for missed in found.missed if missed.reason in {"paused", "blackout"}}
    return [
        _passed(held[slot])
        if slot in held
        else PassedSlot(slot, "overlap" if now - slot.instant <= rules.grace else "missed")
        for slot in waiting
    ]


def _missed(found: DueSlots) -> list[PassedSlot]:
    return [_passed(missed) for missed in found.missed]


def _passed(missed: MissedSlot) -> PassedSlot:
    return PassedSlot(missed.slot, "missed" if missed.reason == "grace" else missed.reason)


def _groups(
    slots: list[Slot], tables: Mapping[str, Timetable], begins: Mapping[str, datetime]
) -> list[tuple[Slot, ...]]:
    """Slots by night, as a run has one, and by limited group, those that have waited longest first."""

    def kind(slot: Slot) -> tuple[date, str]:
        return slot.night, tables[slot.source].group or ""

    groups = [tuple(group) for _, group in groupby(sorted(slots, key=kind), key=kind)]
    return sorted(groups, key=lambda group: min(begins[slot.source] for slot in group))


def _awaits_more(
    group: tuple[Slot, ...],
    begins: Mapping[str, datetime],
    idle: list[Timetable],
    now: datetime,
    rules: Rules,
) -> bool:
    """Whether another source's slot of that night comes within the gathering time of the group's first."""
    until = min(begins[slot.source] for slot in group) + rules.gather
    if now >= until:
        return False
    following = (next_begin(table, now) for table in idle)
    return any(next_ and next_[1] <= until and next_[0].night == group[0].night for next_ in following)
