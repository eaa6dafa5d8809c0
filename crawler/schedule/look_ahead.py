"""What the schedule will do next, as somebody sees it who carries out no run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from archive.catalog.catalog import Catalog
from archive.clock import Clock
from config.sections import ScheduleSettings
from crawler.schedule.decide import LedgerState
from crawler.schedule.run_ledger import read_state
from crawler.schedule.timetable import Timetable
from crawler.schedule.upcoming import Upcoming, upcoming


def look_ahead(
    catalog: Catalog, timetables: Sequence[Timetable], settings: ScheduleSettings, clock: Clock
) -> tuple[LedgerState, list[Upcoming]]:
    """The schedule's state, and the next slot of each timetable."""
    state = read_state(catalog, timetables, clock, ours={})
    grace = timedelta(hours=settings.grace_hours)
    return state, upcoming(timetables, state.newest, clock.now(), grace, state.pauses)
