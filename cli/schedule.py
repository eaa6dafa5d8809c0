"""`dateline schedule`: what runs next, what is paused, what was asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from cli.held import held_of, print_held
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, moment, print_json

if TYPE_CHECKING:
    from crawler.schedule.upcoming import Upcoming


def schedule(context: typer.Context, as_json: AsJson = False) -> None:
    """Show when each source is crawled next, what holds it back, and which runs were asked for."""
    from archive.catalog import orders
    from archive.clock import SystemClock
    from config.load_sources import resolve_sources
    from crawler.schedule.look_ahead import look_ahead
    from crawler.schedule.timetable import timetables_of

    settings, clock = settings_of(context), SystemClock()
    timetables = timetables_of(resolve_sources(settings.sources))
    with archive_to_read(context) as archive:
        state, items = look_ahead(archive.catalog, timetables, settings.schedule, clock)
        asked = orders.newest_requests(archive.catalog)
    held = held_of(state, clock.now(), timedelta(hours=settings.schedule.grace_hours))
    if as_json:
        print_json(
            {
                "next": [as_data(item) for item in items],
                "going": [{"run": run.run_id, "sources": run.sources} for run in state.going],
                "paused": held.paused,
                "requests": asked,
                "interrupted": held.interrupted,
            }
        )
        return
    print_upcoming(items)
    print_held(held)


def print_upcoming(items: Sequence[Upcoming]) -> None:
    """Print what will run next, as a table."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, title="What runs next", title_justify="left")
    for name in ("source", "next run", "zone", "in UTC", "schedule"):
        table.add_column(name)
    for item in items:
        none = "never" if item.pause is None else "paused"
        local = moment(item.slot.local) if item.slot else none
        table.add_row(item.timetable.source, local, item.timetable.zone, _when(item), item.timetable.cron)
    console().print(table)
    sys.stdout.flush()


def _when(item: Upcoming) -> str:
    if item.slot is None or item.begins is None:
        return "-"
    if item.overdue:
        return "now, as it was missed"
    return moment(item.begins)


def as_data(item: Upcoming) -> dict[str, object]:
    """One source's next run, for JSON."""
    return {
        "source": item.timetable.source,
        "schedule": item.timetable.cron,
        "timezone": item.timetable.zone,
        "slot": item.slot.key if item.slot else None,
        "at": item.slot.instant if item.slot else None,
        "begins": item.begins,
        "night": item.slot.night if item.slot else None,
        "overdue": item.overdue,
        "group": item.timetable.group,
        "paused": item.pause,
    }
