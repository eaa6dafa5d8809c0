"""`dateline pause`, `resume` and `run-now`: what people tell the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actor import user_name
from cli.choose import choose_sources
from cli.held import until_when, what_is_paused
from cli.moments import start
from cli.options import archive_of, settings_of
from cli.output import AsJson, moment, print_json
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.rows.orders import PauseRow
    from config.settings import Settings

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Sources.")]
Every = Annotated[bool, typer.Option("--all", help="The whole schedule, whatever the source.")]


def pause(
    context: typer.Context,
    names: Names = None,
    *,
    every: Every = False,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it ends by itself (UTC unless it names a zone).")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept and shown.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hold the schedule of sources, until that time or until `dateline resume`.

    Slots that fall into a pause do not run, and stand in the ledger as `paused`. A run that is going leaves
    the source's addresses that still wait as `skipped(paused)`; they are due again in its next run. What you
    ask for yourself (`dateline run-now`, `dateline crawl`) is done all the same.
    """
    from archive.clock import SystemClock
    from archive.orders import pause as hold

    settings = settings_of(context)
    wanted = _wanted(settings, names or [], every=every)
    ends = None if until is None else start(until, "--until")
    with archive_of(settings) as archive:
        try:
            rows = hold(archive, SystemClock(), wanted, until=ends, actor=user_name(), reason=reason)
        except ValueError as error:
            raise typer.BadParameter(f"--until {until!r}: {error}") from None
    if as_json:
        print_json({"paused": rows})
    for row in () if as_json else rows:
        print(f"{what_is_paused(row)} is paused {until_when(row)}; `dateline resume {_typed(row)}` lifts it.")


def resume(
    context: typer.Context, names: Names = None, *, every: Every = False, as_json: AsJson = False
) -> None:
    """Go on with the schedule of sources that were paused.

    Nights that fell into the pause are not caught up; `dateline run-now` makes a run now. `--all` lifts the
    pause of the whole schedule; sources that are paused by themselves stay so.
    """
    from archive.clock import SystemClock
    from archive.orders import resume as lift

    settings = settings_of(context)
    wanted = _wanted(settings, names or [], every=every, known=False)
    with archive_of(settings) as archive:
        lifted = lift(archive, SystemClock(), wanted)
    if as_json:
        print_json({"resumed": lifted})
        return
    for row in lifted:
        print(f"{what_is_paused(row)} goes on: it was paused since {moment(row.since)} UTC.")
    for name in sorted(set(wanted) - {row.source for row in lifted}):
        print(f"{'The whole schedule' if name == '*' else name} was not paused.")


def run_now(context: typer.Context, names: Names = None, as_json: AsJson = False) -> None:
    """Ask `dateline serve` for one run of sources now, as soon as none of them is being crawled.

    The scheduler sees it within `schedule.tick`. `dateline schedule` shows what waits, `dateline runs` what
    became of it. Without a service, `dateline crawl` does the same at once.
    """
    from archive.clock import SystemClock
    from archive.orders import ask_for_run

    settings = settings_of(context)
    if not names:
        raise ConfigError("name the sources to run: `dateline run-now NAME`")
    wanted = _wanted(settings, names, every=False)
    with archive_of(settings) as archive:
        request = ask_for_run(archive, SystemClock(), wanted, actor=user_name())
    if as_json:
        print_json({"request": request})
    else:
        print(
            f"{request.id}: a run of {', '.join(request.sources)} is asked for; `dateline schedule` shows it."
        )


def _wanted(settings: Settings, names: list[str], *, every: bool, known: bool = True) -> list[str]:
    """The sources meant, `*` for all.

    Raises ConfigError for names that no source has, if they must be `known`: the pause of one that is gone
    can be lifted.
    """
    from archive.rows.orders import EVERY_SOURCE
    from config.load_sources import load_sources

    if every == bool(names):
        raise ConfigError("name the sources, or say --all for the whole schedule")
    if every:
        return [EVERY_SOURCE]
    if not known:
        return names
    return list(choose_sources(load_sources(settings.sources), names, settings.sources))


def _typed(row: PauseRow) -> str:
    from archive.rows.orders import EVERY_SOURCE

    return "--all" if row.source == EVERY_SOURCE else row.source
