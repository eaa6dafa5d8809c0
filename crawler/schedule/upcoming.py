"""What the schedule will run next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.schedule.decide import Timetable
from crawler.schedule.slots import Slot, due_slots, next_slot


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One source's next run.

    Attributes:
        timetable: its timetable.
        slot: the slot that runs next; None if the cron never comes again.
        overdue: the slot has passed already and is caught up now.
    """

    timetable: Timetable
    slot: Slot | None
    overdue: bool


def upcoming(
    timetables: Sequence[Timetable], newest: Mapping[str, Slot], now: datetime, grace: timedelta
) -> list[Upcoming]:
    """The next run of each source, soonest first; those that never come again last.

    Args:
        timetables: enabled sources.
        newest: each source's newest slot in the ledger.
        now: aware.
        grace: how late a slot may still start.
    """
    found = [_next(timetable, newest.get(timetable.source), now, grace) for timetable in timetables]
    return sorted(found, key=lambda item: (item.slot is None, item.slot.instant if item.slot else now))


def _next(timetable: Timetable, last: Slot | None, now: datetime, grace: timedelta) -> Upcoming:
    cron, zone, source = timetable.cron, timetable.zone, timetable.source
    due = due_slots(cron, zone, source=source, last_done=last, now=now, grace=grace)
    if due.run:
        return Upcoming(timetable, due.run, overdue=True)
    after = max(now, last.instant) if last else now
    return Upcoming(timetable, next_slot(cron, zone, after, source=source), overdue=False)
