"""The account of runs: outcomes by source with their reasons, versions made, what was mended first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from archive.catalog.changes import Change
    from archive.catalog.runs import Tally
    from archive.recovery import Recovered
    from archive.rows import LedgerRow, RunRow
    from crawler.start import Started

KINDS = ("archived", "unchanged", "not_modified", "skipped", "failed", "quarantined", "gone")
WAITING = "waiting"
SAVED = frozenset({"archived", "unchanged", "not_modified", "quarantined"})  # its bytes are in the archive


@dataclass(frozen=True, slots=True)
class Changes:
    """The versions that a run made; read each time anew and one by one, for they may be many."""

    catalog: Catalog
    run: RunRow

    def __iter__(self) -> Iterator[Change]:
        from archive.catalog.changes import changes_of

        return changes_of(self.catalog, self.run)


@dataclass(frozen=True, slots=True)
class UrlLine:
    """How one address ended; `found_in` is where it was discovered, `also_by` what else named it."""

    url: str
    source: str
    outcome: str | None
    reason: str | None
    found_by: str
    found_in: str
    at: datetime | None
    capture: str | None
    also_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunAccount:
    """One run's account.

    Attributes:
        outcomes: source -> outcome -> reason (empty for none) -> number; `waiting` for no outcome yet.
        versions: source -> `new`, `edited` or `removed` -> how many versions it made.
        changes: these versions; while the catalog is open.
        documents: how many feeds, sitemaps and sections it asked for; 0 where pages were named by hand.
        documents_failed: addresses of feeds, sitemaps and sections that could not be read, with the reason.
        seconds: wall time of this process's part; None for a run told of later.
        urls: each address, in order of discovery; None if that was not asked for.
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
    versions: dict[str, dict[str, int]]
    changes: Iterable[Change]
    documents: int
    documents_failed: dict[str, str]
    seconds: float | None = None
    urls: tuple[UrlLine, ...] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What one command did."""

    recovered: Recovered
    runs: tuple[RunAccount, ...]
    kept: bool  # every run came to its end, its sums match, and what had to be saved was


def account_of(catalog: Catalog, started: Started, *, each_url: bool = False) -> Account:
    """The account of what a command carried out; with `each_url` every address has to be saved."""
    accounts = tuple(
        run_account(catalog, summary.run, seconds=round(summary.seconds, 2), each_url=each_url)
        for summary in started.summaries
    )
    kept = bool(accounts) and all(account.status == "done" for account in accounts)
    kept = kept and all(line.outcome in SAVED for account in accounts for line in account.urls or ())
    return Account(started.recovered, accounts, kept)


def run_account(
    catalog: Catalog, run: RunRow, *, seconds: float | None = None, each_url: bool = False
) -> RunAccount:
    """The account of one run, from the catalog."""
    from archive.catalog import frontier, runs
    from archive.catalog.nights import versions_counted

    tallies = runs.tally(catalog, run.id)
    documents = frontier.read_documents(catalog, run.id)
    return RunAccount(
        id=run.id,
        kind=run.kind,
        status=standing(catalog, run),
        night=run.night,
        sources=run.sources,
        started_at=run.started_at,
        finished_at=run.finished_at,
        discovered=sum(tally.count for tally in tallies),
        outcomes=by_source(run.sources, tallies),
        versions=_nested(versions_counted(catalog, [run])),
        changes=Changes(catalog, run),
        documents=len(documents),
        documents_failed={row.url: row.reason or "unknown" for row in documents if row.status == "failed"},
        seconds=seconds,
        urls=tuple(map(_url_line, runs.ledger_of(catalog, run.id))) if each_url else None,
    )


def standing(catalog: Catalog, run: RunRow) -> str:
    """The status of a run; `interrupted` also for one that says `running` while nobody works on it."""
    from archive.catalog import leases
    from archive.clock import SystemClock

    if run.status == "running" and not leases.works_on(catalog, run.id, SystemClock()):
        return "interrupted"
    return run.status


def _url_line(row: LedgerRow) -> UrlLine:
    return UrlLine(
        row.url,
        row.source,
        row.outcome,
        row.reason,
        row.found_by,
        row.found_in,
        row.at,
        row.capture_id,
        row.also_by,
    )


def by_source(sources: Iterable[str], tallies: Iterable[Tally]) -> dict[str, dict[str, dict[str, int]]]:
    """{source: {outcome: {reason: number}}}; a source that brought nothing has an empty entry."""
    found: dict[str, dict[str, dict[str, int]]] = {source: {} for source in sources}
    for tally in tallies:
        reasons = found.setdefault(tally.source, {}).setdefault(tally.outcome or WAITING, {})
        reasons[tally.reason or ""] = tally.count
    return found


def _nested(counted: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (source, kind), count in sorted(counted.items()):
        found.setdefault(source, {})[kind] = count
    return found
