"""`dateline status`: the health of each source, to be read at breakfast."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from cli.held import held_of, print_held
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.catalog.catalog import Catalog
    from archive.catalog.watch import SourceWatch
    from cli.account import RunAccount
    from cli.health import Health
    from config.resolve import ResolvedSource
    from config.source import Source
    from crawler.schedule.upcoming import Upcoming

_NIGHTS = 14
_RUNS_LOOKED_AT = 3  # runs that go on or saved pages by hand may stand before the newest of a night


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """A row for each source: its last night, what is usual, what went wrong, alarms, when it runs next."""
    from archive.catalog import rebuilding, watch
    from archive.clock import SystemClock
    from archive.views.saved import saved_searches
    from archive.views.viewer import Viewer
    from cli.status_print import print_searches, print_status
    from config.load_sources import resolve_sources
    from crawler.schedule.look_ahead import look_ahead
    from crawler.schedule.timetable import timetables_of

    settings, clock = settings_of(context), SystemClock()
    sources = resolve_sources(settings.sources)
    with archive_to_read(context, unfinished=True) as archive:
        begun = rebuilding.unfinished(archive.catalog)
        state, ahead = look_ahead(archive.catalog, timetables_of(sources), settings.schedule, clock)
        found = healths(archive.catalog, sources, ahead)
        others = watch.open_alarms(archive.catalog)
        saved = saved_searches(Viewer(archive.catalog), settings.searches)
    held = held_of(state, clock.now(), timedelta(hours=settings.schedule.grace_hours))
    names = {health.source for health in found}
    others = [alarm for alarm in others if alarm.subject not in names]
    if as_json:
        print_json(
            {
                "sources": found,
                "alarms": others,
                "searches": saved,
                "paused": held.paused,
                "requests": held.requests,
                "interrupted": held.interrupted,
                "rebuilding": begun,
            }
        )
    else:
        if begun is not None:
            print("The catalog is half rebuilt, so this is not all; `dateline rebuild` goes on with it.")
        print_status(found, others)
        print_held(held)
        print_searches(saved)


def healths(catalog: Catalog, read: Sequence[ResolvedSource], ahead: Sequence[Upcoming]) -> list[Health]:
    """How every source stands, by name; `ahead`: what runs next."""
    from archive.catalog.watch import watch_of

    sources = [one.source for one in read]
    coming = {item.timetable.source: item for item in ahead}
    accounts: dict[str, RunAccount] = {}  # most runs have many sources
    watched = {one.source: one for one in watch_of(catalog, [source.name for source in sources], _NIGHTS)}
    return [
        _health(catalog, source, watched[source.name], coming.get(source.name), accounts)
        for source in sources
    ]


def _health(
    catalog: Catalog,
    source: Source,
    watched: SourceWatch,
    coming: Upcoming | None,
    accounts: dict[str, RunAccount],
) -> Health:
    from archive.catalog.changes import newest_runs_of
    from cli.account import run_account
    from cli.health import health_of

    newest = newest_runs_of(catalog, source.name, _RUNS_LOOKED_AT)
    for run in newest:
        if run.id not in accounts:
            accounts[run.id] = run_account(catalog, run)
    return health_of(source, [accounts[run.id] for run in newest], watched, coming)
