"""When the slots of a source may begin: jitter, times of day without crawls, pauses (pure).

A slot keeps its wall-clock time, which is its name in the ledger. What is decided here is only the moment at
which it may begin. That follows from source and slot alone, so every scheduler computes the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from archive.rows.orders import EVERY_SOURCE, PauseRow
from config.day_window import DayWindow, end_of_windows
from config.resolve import ResolvedSource
from config.source import Source
from crawler.schedule.slots import Slot, next_slot, slots_between

_FAR_AHEAD = timedelta(days=400)  # a source whose slots of so long a time are all skipped has none


@dataclass(frozen=True, slots=True)
class MissedSlot:
    """A slot that did not and will not run.

    A newer one runs for it, it is past its grace, it fell into a pause, or its time of day is a blackout.
    """

    slot: Slot
    reason: Literal["coalesced", "grace", "paused", "blackout"]


@dataclass(frozen=True, slots=True)
class DueSlots:
    """What to do about the slots since the last one done.

    Attributes:
        run: the one slot to run now, the newest within grace; None if there is none.
        missed: those to record as not run, oldest first.
    """

    run: Slot | None = None
    missed: tuple[MissedSlot, ...] = ()


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a source is crawled.

    Attributes:
        source: its name.
        cron: five fields.
        zone: IANA name.
        jitter: the most that a slot begins late.
        not_between: times of day, in its zone, at which nothing begins.
        blackout: what becomes of a slot that comes at such a time.
        group: the group whose other sources it shares `most_in_group` with; None without such a limit.
        most_in_group: how many sources of the group are crawled at once.
    """

    source: str
    cron: str
    zone: str
    jitter: timedelta = timedelta()
    not_between: tuple[DayWindow, ...] = ()
    blackout: Literal["wait", "skip"] = "wait"
    group: str | None = None
    most_in_group: int | None = None

    def closed_until(self, moment: datetime) -> datetime | None:
        """The end of the time without crawls that a moment (aware) lies in; None outside of all."""
        if not self.not_between:
            return None
        zone = ZoneInfo(self.zone)
        end = end_of_windows(self.not_between, moment.astimezone(zone).replace(tzinfo=None))
        return None if end is None else max(Slot(self.source, end, self.zone).instant, moment)

    def starts(self, slot: Slot) -> datetime:
        """The moment of a slot with its jitter: before the next slot, and before its night is over."""
        if not self.jitter:
            return slot.instant
        following = next_slot(self.cron, self.zone, slot.instant, source=self.source)
        midnight = datetime.combine(slot.local.date() + timedelta(days=1), time.min)
        ends = [Slot(self.source, midnight, self.zone).instant, *([following.instant] if following else [])]
        room = max(min(self.jitter, *(end - slot.instant for end in ends)), timedelta())
        return slot.instant + timedelta(seconds=int(room.total_seconds() * _share(slot)))

    def skips(self, slot: Slot) -> bool:
        """Whether a slot comes at a time without crawls and is skipped for it."""
        return self.blackout == "skip" and self.closed_until(self.starts(slot)) is not None

    def may_begin(self, slot: Slot) -> datetime:
        """The first moment at which a slot may begin, pauses aside."""
        start = self.starts(slot)
        return start if self.blackout == "skip" else self.closed_until(start) or start


def timetables_of(sources: Iterable[ResolvedSource]) -> list[Timetable]:
    """Those of the sources that are enabled."""
    return [timetable_of(one.source, one.most_in_group) for one in sources if one.source.enabled]


def timetable_of(source: Source, most_in_group: int | None = None) -> Timetable:
    """The timetable of a source; `most_in_group` is what its group says."""
    timing = source.timing
    return Timetable(
        source.name,
        source.schedule,
        source.timezone,
        timedelta(seconds=timing.jitter),
        timing.windows,
        timing.blackout,
        source.group if most_in_group is not None else None,
        most_in_group,
    )


def due(
    table: Timetable,
    *,
    last_done: Slot | None,
    now: datetime,
    grace: timedelta,
    pauses: Iterable[PauseRow] = (),
) -> DueSlots:
    """What is to do about a source's slots: which one runs, and which are recorded as not run, and why.

    Args:
        table: its timetable.
        last_done: newest slot in the ledger; None for a source that never ran: its last slot within grace
            then runs at once, and nothing is called missed.
        now: aware. If it lies before `last_done` (the clock went back), nothing is due.
        grace: how long after the moment at which it might have begun a slot may still begin.
        pauses: those of this source and of all.

    Raises:
        ValueError: cron or zone cannot be read, or `now` is naive.
    """
    holding = [pause for pause in pauses if pause.source in {table.source, EVERY_SOURCE}]
    if last_done is not None and now.tzinfo is not None:
        coming = _following(table.cron, table.zone, last_done.instant)
        if coming is None or now < coming.instant:
            return DueSlots()  # as for nearly every source at nearly every tick
    after = last_done.instant if last_done else now - grace
    begun: list[tuple[Slot, datetime]] = []
    for slot in slots_between(table.cron, table.zone, after, now, source=table.source):
        if (moment := table.may_begin(slot)) > now:
            break  # later ones begin no earlier
        begun.append((slot, moment))
    free: list[tuple[Slot, datetime]] = []
    passed: list[MissedSlot] = []
    for slot, moment in begun:
        if any(pause.covers(moment) or pause.covers(now) for pause in holding):
            passed.append(MissedSlot(slot, "paused"))
        elif table.skips(slot):
            passed.append(MissedSlot(slot, "blackout"))
        else:
            free.append((slot, moment))
    run = free[-1][0] if free and now - free[-1][1] <= grace else None
    if last_done is None:
        newer = (one for one in passed if run is None or one.slot.instant > run.instant)
        return DueSlots(run=run, missed=tuple(newer))
    passed += [
        MissedSlot(slot, "coalesced" if now - moment <= grace else "grace")
        for slot, moment in free
        if slot != run
    ]
    return DueSlots(run=run, missed=tuple(sorted(passed, key=lambda one: one.slot.instant)))


def next_begin(table: Timetable, after: datetime) -> tuple[Slot, datetime] | None:
    """The first slot that may begin after a moment, with that moment; None if the cron never comes again."""
    if not table.jitter and not table.not_between:
        first = _following(table.cron, table.zone, after)
        return None if first is None else (replace(first, source=table.source), first.instant)
    slot = next_slot(table.cron, table.zone, after - table.jitter - timedelta(days=1), source=table.source)
    while slot is not None and slot.instant - after < _FAR_AHEAD:
        begins = table.may_begin(slot)
        if begins > after and not table.skips(slot):
            return slot, begins
        slot = next_slot(table.cron, table.zone, slot.instant, source=table.source)
    return None


@lru_cache(maxsize=65536)
def _following(cron: str, zone: str, after: datetime) -> Slot | None:
    """A cron's first slot after a moment, of no source: most sources share it with many others."""
    return next_slot(cron, zone, after, source="")


def _share(slot: Slot) -> float:
    """A number from 0 up to 1 that belongs to this slot of this source, evenly spread over all of them."""
    digest = hashlib.sha256(f"{slot.source}\0{slot.key}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> 11) / 2**53
