"""What keeps the schedule from what it would do, or waits beside it: pauses, requests, interrupted runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cli.output import console, moment
from cli.printable import printable

if TYPE_CHECKING:
    from archive.rows import RunRow
    from archive.rows.orders import PauseRow, RunRequestRow
    from crawler.schedule.decide import LedgerState


@dataclass(frozen=True, slots=True)
class LeftRun:
    """A run by hand that did not come to its end and that nobody works on.

    Attributes:
        closes_at: when the schedule closes it; None: it waits for its command to come again.
    """

    run: RunRow
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """Pauses that hold, requests that wait, and runs by hand that were left where they stood."""

    paused: tuple[PauseRow, ...]
    requests: tuple[RunRequestRow, ...]
    interrupted: tuple[LeftRun, ...]


def held_of(state: LedgerState, now: datetime, grace: timedelta) -> Held:
    """What is held at a moment (pure); `grace`: after which an interrupted run by hand is closed."""
    from crawler.schedule.given_up import goes_on_by_hand

    left = (
        LeftRun(run, None if goes_on_by_hand(run) else run.started_at + grace)
        for run in sorted(state.left, key=lambda run: run.started_at)
    )
    return Held(tuple(row for row in state.pauses if row.covers(now)), state.requests, tuple(left))


def print_held(held: Held) -> None:
    """A line for each."""
    out = console()
    for line in (
        *map(_of_pause, held.paused),
        *map(_of_request, held.requests),
        *map(_of_run, held.interrupted),
    ):
        out.print(printable(line), soft_wrap=True)


def what_is_paused(row: PauseRow) -> str:
    """A source's name, or that it is all of them."""
    from archive.rows.orders import EVERY_SOURCE

    return "The whole schedule" if row.source == EVERY_SOURCE else row.source


def until_when(row: PauseRow) -> str:
    """When a pause ends."""
    return "until it is resumed" if row.until is None else f"until {moment(row.until)} UTC"


def _of_pause(row: PauseRow) -> str:
    why = f": {row.reason}" if row.reason else ""
    since = f"since {moment(row.since)} UTC by {row.actor}"
    return f"{what_is_paused(row)} is paused {until_when(row)}, {since}{why}"


def _of_request(row: RunRequestRow) -> str:
    names = ", ".join(row.sources)
    return f"{names}: a run was asked for at {moment(row.asked_at)} UTC by {row.actor}, and has not begun"


def _of_run(left: LeftRun) -> str:
    run, names = left.run, ", ".join(left.run.sources)
    what = f"{names}: the {run.kind} run" if names else "an import, run"
    if left.closes_at is None:
        return f"{what} {run.id} was interrupted; its command goes on with it when it is given again"
    goes_on = "`dateline crawl` goes on with it; else" if names else "give its command again;"
    closes = f"the schedule closes it after {moment(left.closes_at)} UTC"
    return f"{what} {run.id} was interrupted; {goes_on} {closes}"
