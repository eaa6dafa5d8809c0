"""`dateline alarms`: what is amiss, who was told, and whether messages arrive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import plain_typer
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, moment, print_json
from cli.printable import printable

if TYPE_CHECKING:
    from archive.rows import AlarmRow, NoticeRow

alarms = plain_typer(help="Alarms: what is amiss, since when, and who was told.", invoke_without_command=True)

_MOST = 200  # of those that are over


@alarms.callback()
def show(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the alarms that are open, or all of them, newest first."""
    if context.invoked_subcommand is not None:
        return
    from archive.catalog import watch

    with archive_to_read(context) as archive:
        rows = (
            watch.newest_alarms(archive.catalog, _MOST)
            if every
            else list(reversed(watch.open_alarms(archive.catalog)))
        )
        notices = watch.notices_of(archive.catalog, rows)
    told = defaultdict(list)
    for notice in notices:
        told[notice.alarm_id].append(notice)
    if as_json:
        print_json({"alarms": [_as_data(row, told[row.id]) for row in rows]})
    else:
        _print(rows, told)


@alarms.command("test")
def trial(context: typer.Context, as_json: AsJson = False) -> None:
    """Send a message to each address of `alarms.to`, and say whether it was taken.

    Ends with status 2 if there is no address, with 3 if one did not take it.
    """
    from config.errors import ConfigError
    from crawler.watch.notices import trial_message
    from crawler.watch.send import send

    settings = settings_of(context)
    if not settings.alarms.to:
        raise ConfigError("alarms.to names nobody; allowed: ${VARIABLE} or file:/path, with an address")
    problems = {to: send(trial_message(to)) for to in settings.alarms.to}
    if as_json:
        print_json({"sent": [{"to": to, "problem": problem} for to, problem in problems.items()]})
    else:
        for to, problem in problems.items():
            print(printable(problem or f"{to}: sent"))
    if any(problems.values()):
        raise typer.Exit(3)


def _as_data(row: AlarmRow, told: Sequence[NoticeRow]) -> dict[str, object]:
    return {
        "id": row.id,
        "subject": row.subject,
        "kind": row.kind,
        "severity": row.severity,
        "message": row.message,
        "night": row.night,
        "run": row.run_id,
        "raised_at": row.raised_at,
        "cleared_at": row.cleared_at,
        "cleared_message": row.cleared_message,
        "told": [{"what": notice.what, "to": notice.to, "at": notice.at} for notice in told],
    }


def _print(rows: Sequence[AlarmRow], told: Mapping[str, Sequence[NoticeRow]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    out = console()
    if not rows:
        out.print("No alarm is open.")
        return
    table = Table(box=SIMPLE_HEAD)
    for name in ("since (UTC)", "until (UTC)", "of", "kind", "severity", "told"):
        table.add_column(name, no_wrap=True)
    table.add_column("what")
    for row in rows:
        addresses = {notice.to for notice in told.get(row.id, ())}
        table.add_row(
            moment(row.raised_at),
            moment(row.cleared_at) if row.cleared_at else "open",
            row.subject or "-",
            row.kind.replace("_", " "),
            row.severity,
            counted(len(addresses), "address", "addresses") if addresses else "nobody",
            printable(row.message),
        )
    out.print(table)
