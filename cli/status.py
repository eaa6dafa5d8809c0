"""`dateline status`: the health of each source, to be read at breakfast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

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
    from config.settings import Settings
    from config.source import Source
    from crawler.schedule.upcoming import Upcoming

_NIGHTS = 14
_RUNS_LOOKED_AT = 3  # runs that go on or saved pages by hand may stand before the newest of a night


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """A row for each source: its last night, what is usual, what went wrong, alarms, when it runs next."""
    from archive.catalog import rebuilding, watch
    from cli.status_print import print_status

    settings = settings_of(context)
    sources = _every_source(settings)
    with archive_to_read(context, unfinished=True) as archive:
        begun = rebuilding.unfinished(archive.catalog)
        found = healths(archive.catalog, settings, sources)
        others = watch.open_alarms(archive.catalog)
    names = {health.source for health in found}
    others = [alarm for alarm in others if alarm.subject not in names]
    if as_json:
        print_json({"sources": found, "alarms": others, "rebuilding": begun})
    else:
        if begun is not None:
            print("The catalog is half rebuilt, so this is not all; `dateline rebuild` goes on with it.")
        print_status(found, others)


def _every_source(settings: Settings) -> Sequence[ResolvedSource]:
    """By name; raises SourceErrors if a file is wrong."""
    from config.load_sources import SourceErrors, read_sources

    read, problems = read_sources(settings.sources)
    if problems:
        raise SourceErrors(problems)
    return read


def healths(catalog: Catalog, settings: Settings, read: Sequence[ResolvedSource]) -> list[Health]:
    """How every source stands, by name."""
    from archive.catalog.watch import watch_of

    sources = [one.source for one in read]
    coming = {item.timetable.source: item for item in _coming(catalog, settings, read)}
    accounts: dict[str, RunAccount] = {}  # most runs have many sources
    watched = {one.source: one for one in watch_of(catalog, [source.name for source in sources], _NIGHTS)}
    return [
        _health(catalog, source, watched[source.name], coming.get(source.name), accounts)
        for source in sources
    ]


def _coming(catalog: Catalog, settings: Settings, read: Sequence[ResolvedSource]) -> Sequence[Upcoming]:
    from datetime import timedelta

    from archive.clock import SystemClock
    from crawler.schedule.run_ledger import read_state
    from crawler.schedule.timetable import timetable_of
    from crawler.schedule.upcoming import upcoming

    clock = SystemClock()
    tables = [timetable_of(one.source, one.most_in_group) for one in read if one.source.enabled]
    state = read_state(catalog, tables, clock, ours={})
    grace = timedelta(hours=settings.schedule.grace_hours)
    return upcoming(tables, state.newest, clock.now(), grace, state.pauses)


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
