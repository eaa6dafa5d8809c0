"""The account of runs: outcomes by source with their reasons, versions made, what was mended first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cli.output import console, counted

if TYPE_CHECKING:
    from rich.table import Table

    from archive.catalog.catalog import Catalog
    from archive.catalog.changes import Change
    from archive.catalog.runs import Tally
    from archive.recovery import Recovered
    from archive.rows import RunRow
    from crawler.start import Started

KINDS = ("archived", "unchanged", "not_modified", "skipped", "failed", "quarantined", "gone")
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One version that a run made."""

    url: str
    source: str
    number: int
    title: str | None
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunAccount:
    """One run's account.

    Attributes:
        outcomes: source -> outcome -> reason (empty for none) -> number; `waiting` for no outcome yet.
        changes: the versions that it made.
        documents_failed: addresses of feeds, sitemaps and sections that could not be read, with the reason.
        seconds: wall time of this process's part; None for a run told of later.
    """

    id: str
    kind: str
    status: str
    night: str | None
    sources: tuple[str, ...]
    started_at: datetime
    finished_at: datetime | None
    discovered: int
    outcomes: dict[str, dict[str, dict[str, int]]]
    changes: tuple[ChangeLine, ...]
    documents_failed: dict[str, str]
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What one command did."""

    recovered: Recovered
    runs: tuple[RunAccount, ...]
    kept: bool  # every run came to its end, and its sums match


def account_of(catalog: Catalog, started: Started) -> Account:
    """The account of what a command carried out."""
    accounts = tuple(
        run_account(catalog, summary.run, seconds=round(summary.seconds, 2)) for summary in started.summaries
    )
    kept = bool(accounts) and all(account.status == "done" for account in accounts)
    return Account(started.recovered, accounts, kept)


def run_account(catalog: Catalog, run: RunRow, *, seconds: float | None = None) -> RunAccount:
    """The account of one run, from the catalog."""
    from archive.catalog import frontier, runs
    from archive.catalog.changes import changes_of

    tallies = runs.tally(catalog, run.id)
    failed = {
        row.url: row.reason or "unknown"
        for row in frontier.read_documents(catalog, run.id)
        if row.status == "failed"
    }
    return RunAccount(
        id=run.id,
        kind=run.kind,
        status=run.status,
        night=run.night,
        sources=run.sources,
        started_at=run.started_at,
        finished_at=run.finished_at,
        discovered=sum(tally.count for tally in tallies),
        outcomes=by_source(run.sources, tallies),
        changes=tuple(map(_line, changes_of(catalog, run))),
        documents_failed=failed,
        seconds=seconds,
    )


def by_source(sources: Iterable[str], tallies: Iterable[Tally]) -> dict[str, dict[str, dict[str, int]]]:
    """{source: {outcome: {reason: number}}}; a source that brought nothing has an empty entry."""
    found: dict[str, dict[str, dict[str, int]]] = {source: {} for source in sources}
    for tally in tallies:
        reasons = found.setdefault(tally.source, {}).setdefault(tally.outcome or WAITING, {})
        reasons[tally.reason or ""] = tally.count
    return found


def _line(change: Change) -> ChangeLine:
    version = change.version
    return ChangeLine(version.url, version.source, version.number, version.title, change.events)


def version_counts(changes: Iterable[ChangeLine]) -> Counter[str]:
    """How many versions were `new`, `edited` or `removed`."""
    return Counter(
        "removed" if "removed" in change.events else "new" if change.number == 1 else "edited"
        for change in changes
    )


def print_account(account: Account) -> None:
    """Print an account for a person."""
    out = console()
    mended = account.recovered
    if mended.entries or mended.spools:
        out.print(
            f"Mended what an interrupted process left: {counted(mended.entries, 'journal entry', 'journal entries')} "
            f"applied, {counted(mended.captures, 'capture')} kept from {counted(mended.spools, 'spool')}."
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
    for line in reason_lines(run):
        out.print(line)
    for url, reason in run.documents_failed.items():
        out.print(f"  not read for discovery: {url} ({reason})", soft_wrap=True)
    counts = version_counts(run.changes)
    out.print(
        f"Versions made: {sum(counts.values()):,} ({counts['new']:,} new articles, {counts['edited']:,} edited, "
        f"{counts['removed']:,} removed)"
    )
    if run.status != "done":
        out.print(_what_next(run))


def _what_next(run: RunAccount) -> str:
    if run.status == "broken":
        return f"The sums don't match: `dateline runs {run.id} --urls` shows the addresses without an outcome."
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
