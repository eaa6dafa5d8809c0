"""`dateline runs`: the ledger, from all runs down to each address and its reason."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from cli.account import run_account
from cli.account_print import print_run
from cli.open import archive_to_read
from cli.output import AsJson, console, moment, print_json
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from archive.rows import RunRow

_LOOKED_AT = 200  # newest runs among which a mistyped id is sought


def runs(
    context: typer.Context,
    run_id: Annotated[
        str | None, typer.Argument(metavar="[RUN_ID]", help="A run's id, or `last`; all runs if empty.")
    ] = None,
    urls: Annotated[bool, typer.Option("--urls", help="Each address with its outcome and reason.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many runs to list, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """The ledger: every run with the outcomes of all addresses that it discovered, and why."""
    from archive.catalog.runs import newest_runs

    if urls and run_id is None:
        raise typer.BadParameter("--urls needs a run: `dateline runs last --urls`")
    with archive_to_read(context) as archive:
        if run_id is None:
            _list(archive.catalog, newest_runs(archive.catalog, limit), as_json=as_json)
            return
        account = run_account(archive.catalog, find_run(archive.catalog, run_id), each_url=urls)
        if as_json:
            print_json(account)
        else:
            print_run(account)


def find_run(catalog: Catalog, run_id: str) -> RunRow:
    """The run of this id, the newest for `last`; raises ConfigError if there is none."""
    from archive.catalog.runs import newest_runs, run_by_id

    newest = newest_runs(catalog, _LOOKED_AT)
    if run_id == "last" and newest:
        return newest[0]
    found = run_by_id(catalog, run_id)
    if found is None:
        near = difflib.get_close_matches(run_id, [run.id for run in newest], n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"there is no run {run_id!r}{meant}; `dateline runs` lists them")
    return found


def _list(catalog: Catalog, rows: list[RunRow], *, as_json: bool) -> None:
    accounts = [run_account(catalog, row) for row in rows]
    if as_json:
        print_json({"runs": accounts})
        return
    out = console()
    if not accounts:
        out.print("No run yet: `dateline crawl` makes one.")
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for name in ("run", "kind", "night", "started (UTC)", "status"):
        table.add_column(name, no_wrap=True)
    for name in ("discovered", "archived", "problems"):
        table.add_column(name, justify="right")
    table.add_column("sources")
    for account in accounts:
        sums = [
            sum(sum(outcomes.get(kind, {}).values()) for outcomes in account.outcomes.values())
            for kind in ("archived", "failed", "quarantined", "gone")
        ]
        table.add_row(
            account.id,
            account.kind,
            account.night or "-",
            moment(account.started_at),
            account.status,
            f"{account.discovered:,}",
            f"{sums[0]:,}",
            f"{sum(sums[1:]):,}",
            ", ".join(account.sources),
        )
    out.print(table)
