"""APScheduler as the alarm clock: it wakes the scheduler at each slot's instant, and decides nothing.

Its zoned triggers skip or double nights when clocks change (its issues 606, 980 and 1021), so it runs in UTC
with a trigger of ours over `slots`. Its job store is in memory: what ran is in the ledger alone. An alarm
that rings late, twice or never does no harm, as every tick looks at the ledger anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from crawler.schedule.timetable import Timetable, next_begin


class SlotTrigger(BaseTrigger):  # type: ignore[misc] # APScheduler ships no types
    """Fires at the moment at which each slot of a timetable may begin."""

    __slots__ = ("_timetable",)

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """When the first slot after the one before, or after `now`, may begin; None if none ever does."""
        coming = next_begin(self._timetable, previous_fire_time or now)
        return coming[1] if coming else None


def make_alarms(timetables: Sequence[Timetable], ring: Callable[[], None]) -> BackgroundScheduler:
    """A scheduler, not started, that calls `ring` from a thread of its own at every slot."""
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for timetable in _one_of_each(timetables):
        scheduler.add_job(
            ring, SlotTrigger(timetable), id=timetable.source, name=f"slot of {timetable.source}"
        )
    return scheduler


def _one_of_each(timetables: Sequence[Timetable]) -> Iterator[Timetable]:
    """One timetable for all whose slots begin at the same moments: the bell is the same for everybody."""
    seen: set[Timetable] = set()
    for timetable in timetables:
        # With jitter a source's moments are its own.
        kind = (
            timetable if timetable.jitter else replace(timetable, source="", group=None, most_in_group=None)
        )
        if kind not in seen:
            seen.add(kind)
            yield timetable


@contextmanager
def alarms(timetables: Sequence[Timetable], ring: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Alarms while the block runs. It gets a function that makes them read the clock again."""
    scheduler = make_alarms(timetables, ring)
    scheduler.start()
    try:
        yield scheduler.wakeup
    finally:
        scheduler.shutdown(wait=True)
