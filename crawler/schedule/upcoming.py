"""What the schedule will run next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.rows.orders import EVERY_SOURCE, PauseRow
from crawler.schedule.slots import Slot
from crawler.schedule.timetable import Timetable, due, next_begin


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One source's next run.

    Attributes:
        timetable: its timetable.
        slot: the slot that runs next; None if none ever does.
        begins: the moment at which it may begin: with its jitter, after a time of day without crawls, after
            a pause that has an end.
        overdue: its time has come, and the slot is caught up as soon as there is room.
        pause: what holds the source now; one without an end leaves `slot` None.
    """

    timetable: Timetable
    slot: Slot | None
    begins: datetime | None
    overdue: bool
    pause: PauseRow | None = None


def upcoming(
    timetables: Sequence[Timetable],
    newest: Mapping[str, Slot],
    now: datetime,
    grace: timedelta,
    pauses: Sequence[PauseRow] = (),
) -> list[Upcoming]:
    """The next run of each source, soonest first; those that never come again last.

    Args:
        timetables: enabled sources.
        newest: each source's newest slot in the ledger.
        now: aware.
        grace: how late a slot may still start.
        pauses: what people have paused.
    """
    found = [_next(table, newest.get(table.source), now, grace, pauses) for table in timetables]
    return sorted(found, key=lambda item: (item.begins is None, item.begins or now, item.timetable.source))


def _next(
    table: Timetable, last: Slot | None, now: datetime, grace: timedelta, pauses: Sequence[PauseRow]
) -> Upcoming:
    holding = [row for row in pauses if row.source in {table.source, EVERY_SOURCE} and row.covers(now)]
    # The pause that ends last is the one that counts; one without an end ends never.
    pause = max(holding, key=lambda row: (row.until is None, row.until or now), default=None)
    if pause is not None and pause.until is None:
        return Upcoming(table, None, None, overdue=False, pause=pause)
    found = due(table, last_done=last, now=now, grace=grace, pauses=pauses)
    if found.run:
        closed = table.closed_until(now)
        return Upcoming(table, found.run, closed or now, overdue=closed is None)
    after = max(now, last.instant) if last else now
    coming = next_begin(table, after if pause is None or pause.until is None else max(after, pause.until))
    while coming is not None and last is not None and coming[0].instant <= last.instant:
        coming = next_begin(table, coming[1])  # its slot has run, or was entered as not run
    slot, moment = coming or (None, None)
    return Upcoming(table, slot, moment, overdue=False, pause=pause)
