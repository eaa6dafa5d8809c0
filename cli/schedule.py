"""`dateline schedule`: what runs next, what is paused, what was asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, moment, print_json

if TYPE_CHECKING:
    from archive.order_rows import PauseRow, RunRequestRow
    from crawler.schedule.upcoming import Upcoming


def schedule(context: typer.Context, as_json: AsJson = False) -> None:
    """Show when each source is crawled next, what holds it back, and which runs were asked for."""
    from datetime import timedelta

    from archive.catalog import orders
    from archive.clock import SystemClock
    from config.load_sources import SourceErrors, read_sources
    from crawler.schedule.run_ledger import read_state
    from crawler.schedule.timetable import timetable_of
    from crawler.schedule.upcoming import upcoming

    settings, clock = settings_of(context), SystemClock()
    found, problems = read_sources(settings.sources)
    if problems:
        raise SourceErrors(problems)
    tables = [timetable_of(one.source, one.most_in_group) for one in found if one.source.enabled]
    grace = timedelta(hours=settings.schedule.grace_hours)
    with archive_to_read(context) as archive:
        state = read_state(archive.catalog, tables, clock, ours={})
        items = upcoming(tables, state.newest, clock.now(), grace, state.pauses)
        asked = orders.newest_requests(archive.catalog)
    waiting = [request for request in asked if request.status == "waiting"]
    holding = [row for row in state.pauses if row.covers(clock.now())]
    if as_json:
        print_json(
            {
                "next": [as_data(item) for item in items],
                "going": [{"run": run.run_id, "sources": run.sources} for run in state.going],
                "paused": holding,
                "requests": asked,
            }
        )
        return
    print_upcoming(items)
    _print_orders(holding, waiting)


def _print_orders(pauses: Sequence[PauseRow], requests: Sequence[RunRequestRow]) -> None:
    out = console()
    for row in pauses:
        name = "The whole schedule" if row.source == "*" else row.source
        ends = "until it is resumed" if row.until is None else f"until {moment(row.until)} UTC"
        why = f": {row.reason}" if row.reason else ""
        out.print(
            f"{name} is paused {ends}, since {moment(row.since)} UTC by {row.actor}{why}", soft_wrap=True
        )
    for request in requests:
        names = ", ".join(request.sources)
        out.print(f"{names}: a run was asked for at {moment(request.asked_at)} UTC by {request.actor}")


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
