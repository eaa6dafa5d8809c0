"""`dateline status`: the health of each source, to be read at breakfast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, moment, print_json

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from cli.account import RunAccount
    from cli.health import Health
    from config.source import Source

_RUNS_LOOKED_AT = 14  # back to the last success; two weeks of nights


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """A row for each source: its last run, what that brought, what went wrong, what is less than expected."""
    from archive.catalog import rebuilding
    from config.load_sources import load_sources

    settings = settings_of(context)
    sources = load_sources(settings.sources)
    accounts: dict[str, RunAccount] = {}  # most runs have many sources
    with archive_to_read(context, unfinished=True) as archive:
        begun = rebuilding.unfinished(archive.catalog)
        found = [_health(archive.catalog, source, accounts) for source in sources]
    if as_json:
        print_json({"sources": found, "rebuilding": begun})
    else:
        if begun is not None:
            print("The catalog is half rebuilt, so this is not all; `dateline rebuild` goes on with it.")
        print_health(found)


def _health(catalog: Catalog, source: Source, accounts: dict[str, RunAccount]) -> Health:
    from archive.catalog.changes import newest_runs_of
    from cli.account import run_account
    from cli.health import health_of

    newest = newest_runs_of(catalog, source.name, _RUNS_LOOKED_AT)
    for run in newest:
        if run.id not in accounts:
            accounts[run.id] = run_account(catalog, run)
    return health_of(source, [accounts[run.id] for run in newest])


def print_health(found: list[Health]) -> None:
    """Print the table, and below it what is less than expected."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    out = console()
    table = Table(box=SIMPLE_HEAD)
    for name in ("source", "last run (UTC)", "status"):
        table.add_column(name, no_wrap=True)
    for name in ("new", "edited", "removed", "quarantined", "failed", "gone"):
        table.add_column(name, justify="right")
    table.add_column("last success", no_wrap=True)
    table.add_column("as expected")
    for health in found:
        numbers = (
            health.new,
            health.edited,
            health.removed,
            health.quarantined,
            health.failed,
            health.gone,
        )
        name = health.source if health.enabled else f"{health.source} (off)"
        expected = "-" if health.run is None else "no" if health.breaches else "yes"
        table.add_row(
            name,
            moment(health.started_at),
            health.status or "never crawled",
            *(f"{number:,}" if number else "·" for number in numbers),
            moment(health.last_success),
            expected,
        )
    out.print(table)
    for health in found:
        for breach in health.breaches:
            out.print(f"{health.source}: {breach}; `dateline runs {health.run} --urls` shows each address")
