"""`dateline doctor`: is everything in place here?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.options import settings_of
from cli.output import AsJson, console, print_json

if TYPE_CHECKING:
    from cli.checks import Check
    from config.settings import Settings

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red", "unreachable": "bold red"}


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look at versions, store, catalog, clock, spool, contact, proxy and sources; say what to do.

    Ends with status 3 if a service cannot be reached, else 1 if something fails, else 0.
    """
    settings = settings_of(context)
    found = look_at(settings)
    levels = {check.level for check in found}
    if as_json:
        print_json({"ok": not levels & {"fail", "unreachable"}, "checks": found})
    else:
        _print(found)
    if "unreachable" in levels:
        raise typer.Exit(3)
    if "fail" in levels:
        raise typer.Exit(1)


def look_at(settings: Settings) -> list[Check]:
    """Carry out every check."""
    from cli import checks

    return [
        checks.check_python(),
        checks.check_sqlite(settings),
        checks.check_clock(),
        checks.check_spool(settings),
        checks.check_store(settings),
        checks.check_replica(settings),
        checks.check_catalog(settings),
        checks.check_proxy(settings),
        checks.check_contact(settings),
        checks.check_sources(settings),
    ]


def _print(found: list[Check]) -> None:
    out = console()
    for check in found:
        out.print(f"{check.level:<11}", style=_STYLES[check.level], end="")
        lines = check.found.splitlines() or [""]
        out.print(f" {check.name:<8} {lines[0]}", soft_wrap=True)
        for line in [*lines[1:], *([f"→ {check.next}"] if check.next else [])]:
            out.print(f"{'':<20} {line}", soft_wrap=True)
