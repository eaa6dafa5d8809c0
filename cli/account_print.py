"""Prints the account of runs for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.account import KINDS, WAITING, Account, RunAccount
from cli.output import console, counted
from cli.printable import printable

if TYPE_CHECKING:
    from rich.table import Table


def print_account(account: Account) -> None:
    """Print an account for a person."""
    out = console()
    mended = account.recovered
    if mended.entries or mended.spools:
        out.print(
            f"Mended what an interrupted process left: "
            f"{counted(mended.entries, 'journal entry', 'journal entries')} applied, "
            f"{counted(mended.captures, 'capture')} kept from {counted(mended.spools, 'spool')}."
        )
    for file in mended.damaged:
        out.print(
            printable(
                f"Set aside, because it is damaged: {file}; `dateline import` keeps what is whole of it."
            ),
            soft_wrap=True,
        )
    for run in account.runs:
        print_run(run)


def print_run(run: RunAccount) -> None:
    """Print one run's account: a table of outcomes, the reasons, the versions made."""
    out = console()
    night = f", night of {run.night}" if run.night else ""
    took = f" in {run.seconds:.1f} s" if run.seconds is not None else ""
    out.print(f"Run {run.id} ({run.kind}{night}): {run.status}{took}")
    out.print(outcome_table(run))
    for reasons in reason_lines(run):
        out.print(reasons, soft_wrap=True)
    for url, reason in run.documents_failed.items():
        out.print(printable(f"  not read for discovery: {url} ({reason})"), soft_wrap=True)
    for line in run.urls or ():
        reason = f" ({line.reason})" if line.reason else ""
        out.print(printable(f"  {line.outcome or WAITING}{reason}  {line.url}"), soft_wrap=True)
    made = {
        kind: sum(of_source.get(kind, 0) for of_source in run.versions.values())
        for kind in ("new", "edited", "removed")
    }
    out.print(
        f"Versions made: {sum(made.values()):,} ({made['new']:,} new articles, "
        f"{made['edited']:,} edited, {made['removed']:,} removed)"
    )
    if run.status != "done":
        out.print(_what_next(run))


def _what_next(run: RunAccount) -> str:
    if run.status == "broken":
        return (
            f"The sums don't match: `dateline runs {run.id} --urls` shows the addresses without an outcome."
        )
    return "The run was interrupted; the next crawl of these sources goes on with it."


def outcome_table(run: RunAccount) -> Table:
    """A row of numbers for each source, and their sums."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    waiting = any(WAITING in outcomes for outcomes in run.outcomes.values())
    kinds = [*KINDS, *([WAITING] if waiting else [])]
    table = Table(box=SIMPLE_HEAD, show_footer=len(run.outcomes) > 1)
    table.add_column("source", footer="sum")
    table.add_column("discovered", justify="right", footer=f"{run.discovered:,}")
    for kind in kinds:
        total = sum(sum(outcomes.get(kind, {}).values()) for outcomes in run.outcomes.values())
        table.add_column(kind.replace("_", " "), justify="right", footer=f"{total:,}")
    for source, outcomes in sorted(run.outcomes.items()):
        numbers = [sum(outcomes.get(kind, {}).values()) for kind in kinds]
        table.add_row(source, f"{sum(numbers):,}", *(f"{number:,}" if number else "·" for number in numbers))
    return table


def reason_lines(run: RunAccount) -> list[str]:
    """`  failed: 2 http_500 (site-a), 1 timeout (site-b)`, a line for each outcome that has reasons."""
    lines = []
    for kind in KINDS:
        parts = [
            f"{number:,} {reason} ({source})"
            for source, outcomes in sorted(run.outcomes.items())
            for reason, number in sorted(outcomes.get(kind, {}).items())
            if reason
        ]
        if parts:
            lines.append(f"  {kind.replace('_', ' ')}: {', '.join(parts)}")
    return lines
