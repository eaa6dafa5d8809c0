"""Carries runs out in front of a person: progress while they go on, their account at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import typer

from cli.live import shown
from cli.options import archive_of
from cli.output import print_json

if TYPE_CHECKING:
    from archive.clock import Clock
    from archive.opening import Archive
    from config.settings import Settings
    from crawler.plan import RunPlan
    from crawler.run import Job


def carry(
    settings: Settings,
    clock: Clock,
    plans: Callable[[Archive], Sequence[RunPlan]],
    *,
    as_json: bool,
    each_url: bool = False,
    elsewhere: Callable[[Job], Awaitable[bool]] | None = None,
) -> None:
    """Carry out the runs that `plans` gives once the archive is open and mended, and report.

    `elsewhere` has other processes crawl. With `each_url` the report goes down to each address, and each has
    to be saved.

    Raises typer.Exit(1) if a run's sums don't match or it did not come to its end, if an address was not
    saved that had to be, and whatever ends a run.
    """
    from cli.account import account_of
    from cli.account_print import print_account
    from crawler.progress import Progress
    from crawler.start import carry_out
    from crawler.watch.keeper import tell_now

    progress = Progress()
    with archive_of(settings) as archive:
        with shown(progress):
            started = carry_out(
                lambda: plans(archive), settings, archive, clock, progress=progress, elsewhere=elsewhere
            )
        account = account_of(archive.catalog, started, each_url=each_url)
        tell_now(archive, settings, clock)
        if as_json:
            print_json(account)
        else:
            print_account(account)
    if not account.kept:
        raise typer.Exit(1)


def clock_at(moment: str | None) -> Clock:
    """The system's clock, or one set to an ISO 8601 moment with its zone; raises BadParameter."""
    from archive.clock import ShiftedClock, SystemClock, parse_z

    if moment is None:
        return SystemClock()
    try:
        return ShiftedClock(parse_z(moment))
    except ValueError as error:
        raise typer.BadParameter(f"{moment!r} is no moment such as 2026-03-20T02:00Z ({error})") from None
