"""`dateline serve`: run the schedule until told to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cli.child import child_arguments, child_environment
from cli.choose import choose_sources
from cli.options import Options, archive_of, options_of, settings_of
from cli.output import AsJson, console, moment, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from archive.rows import RunRow
    from crawler.schedule.children import Command
    from crawler.schedule.upcoming import Upcoming


def serve(context: typer.Context, as_json: AsJson = False) -> None:
    """Crawl each enabled source at the times of its schedule, until told to stop.

    Nights that were missed are caught up once, a run that was interrupted goes on. A source file that is
    changed, added or removed counts from the next tick on; one that is wrong keeps what it said before. Once
    a day, what is past the time that its source keeps it is deleted. SIGTERM or Ctrl-C ends cleanly: what is
    in flight is archived first. A second `serve` on the same catalog stands by, and takes over when the first
    is gone.
    """
    from datetime import timedelta

    from archive.clock import SystemClock
    from archive.spool import SOURCES
    from crawler.schedule.run_ledger import read_state
    from crawler.schedule.service import ScheduleService
    from crawler.schedule.upcoming import upcoming
    from crawler.schedule.watched_sources import WatchedSources

    settings, clock = settings_of(context), SystemClock()
    watched = WatchedSources(settings.sources, settings.spool / SOURCES)
    timetables = watched.begin()
    choose_sources(watched.sources, [], settings.sources)
    policies = [source.policy for source in watched.sources]
    expires = any(policy.expire is not None or policy.keep == "changed" for policy in policies)
    options = options_of(context)
    with archive_of(settings) as archive:
        newest = read_state(archive.catalog, timetables, clock, ours={}).newest
        grace = timedelta(hours=settings.schedule.grace_hours)
        show(upcoming(timetables, newest, clock.now(), grace), as_json=as_json)
        service = ScheduleService(
            archive,
            timetables,
            settings,
            clock,
            command=lambda run: crawl_command(run, options, watched.kept),
            daily=expire_command(options) if expires else None,
            changed=watched.changed,
        )
        with _stopped_by_signals(service.stop):
            service.run()


def expire_command(options: Options) -> Command:
    """How the child process is started that carries the sources' policies out."""
    from crawler.schedule.children import Command

    return Command(child_arguments([*_own_options(options), "expire"]), child_environment())


def _own_options(options: Options) -> list[str]:
    before = [] if options.config is None else ["--config", str(options.config)]
    return [*before, *(["--debug"] if options.debug else [])]


def crawl_command(run: RunRow, options: Options, sources: Path) -> Command:
    """How a child process is started that carries out `run`, with the sources of a folder."""
    from crawler.schedule.children import Command

    night = [] if run.night is None else ["--night", run.night]
    crawl = ["crawl", "--kind", run.kind, "--run", run.id, *night, "--", *run.sources]
    environment = child_environment() | {"DATELINE_SOURCES": str(sources)}
    return Command(child_arguments([*_own_options(options), *crawl]), environment)


def show(items: list[Upcoming], *, as_json: bool) -> None:
    """Print what will run next."""
    if as_json:
        print_json({"next": [_as_data(item) for item in items]})
    else:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, title="What runs next", title_justify="left")
        for name in ("source", "next run", "zone", "in UTC", "schedule"):
            table.add_column(name)
        for item in items:
            local = moment(item.slot.local) if item.slot else "never"
            utc = (
                ("now, as it was missed" if item.overdue else moment(item.slot.instant)) if item.slot else "-"
            )
            table.add_row(item.timetable.source, local, item.timetable.zone, utc, item.timetable.cron)
        console().print(table)
    sys.stdout.flush()


def _as_data(item: Upcoming) -> dict[str, object]:
    return {
        "source": item.timetable.source,
        "schedule": item.timetable.cron,
        "timezone": item.timetable.zone,
        "slot": item.slot.key if item.slot else None,
        "at": item.slot.instant if item.slot else None,
        "night": item.slot.night if item.slot else None,
        "overdue": item.overdue,
    }


@contextmanager
def _stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and the first Ctrl-C call `stop`; a second Ctrl-C ends this process at once.

    The children have then been told to end, and do so on their own.
    """

    def handle(number: int, _frame: object) -> None:
        del number
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
