"""Sources: how they have been over months, their runs down to every URL, and their files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import frontier, nights, runs
from archive.catalog.changes import newest_runs_of
from archive.catalog.ledger_reads import LedgerChoice, ledger_page, versions_made
from archive.catalog.watch import figures_of_runs
from archive.rows import DocumentRow, LedgerRow, RunRow
from archive.views.notebook import shown
from archive.views.source_files import SourceFile, SourceFiles
from archive.views.source_histories import at_run, histories, of_figure
from archive.views.today import SourceNight, source_night
from archive.views.viewer import Viewer
from config.source import Source

RUNS_OF_VIEW = 90
LEDGER_PAGE = 200  # URLs


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A source among all: what its newest run brought, and how the runs before were.

    Attributes:
        source: None for one that the archive knows, and no file names any more.
        newest: None for one that was never crawled.
        history: newest runs, oldest first.
    """

    name: str
    source: Source | None
    newest: SourceNight | None
    history: tuple[SourceNight, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source with its runs, newest first, of at most 90; `file` is None where there is none."""

    name: str
    source: Source | None
    file: SourceFile | None
    runs: tuple[SourceNight, ...]


@shown
@dataclass(frozen=True, slots=True)
class RunView:
    """A run: its sums by source, its discovery documents, and a page of its ledger.

    Attributes:
        documents: feeds, sitemaps and sections that were asked for; of the chosen source.
        urls: a page of the ledger, as chosen. following: position behind which the next page begins.
    """

    run: RunRow
    sources: tuple[SourceNight, ...]
    documents: tuple[DocumentRow, ...]
    chosen: LedgerChoice
    urls: tuple[LedgerRow, ...]
    following: int | None


def known_sources(viewer: Viewer, files: SourceFiles) -> list[str]:
    """The names of all sources that a file or one of the newest runs names."""
    return sorted(files.sources().keys() | _named(runs.newest_runs(viewer.catalog)))


def _named(rows: Iterable[RunRow]) -> set[str]:
    return {name for row in rows for name in row.sources}


def source_cards(viewer: Viewer, files: SourceFiles) -> list[SourceCard]:
    """Every source that a file or one of the newest runs names, in order of name."""
    known, newest = files.sources(), runs.newest_runs(viewer.catalog)
    names = sorted(known.keys() | _named(newest))
    found = histories(viewer, names, newest)
    return [_card(name, known.get(name), tuple(found.get(name, ()))) for name in names]


def _card(name: str, source: Source | None, history: tuple[SourceNight, ...]) -> SourceCard:
    return SourceCard(name, source, history[-1] if history else None, history)


def source_view(viewer: Viewer, name: str, files: SourceFiles) -> SourceView | None:
    """One source; None if neither a file nor a run knows it."""
    file = files.file(name)
    history = _history(viewer, name, RUNS_OF_VIEW)
    if file is None and not history:
        return None
    return SourceView(name, files.sources().get(name), file, history[::-1])


def run_view(viewer: Viewer, run_id: str, chosen: LedgerChoice, after: int = -1) -> RunView | None:
    """A run with the page of its ledger behind a position; None if there is no such run.

    Addresses that the rules hide from this reader are not listed; in the sums they count.
    """
    row = runs.run_by_id(viewer.catalog, run_id)
    if row is None:
        return None
    by_source = nights.tallies(viewer.catalog, [row.id])[row.id]
    names = sorted({*row.sources, *(each.source for each in by_source)})
    sums = [source_night(name, row, (one for one in by_source if one.source == name)) for name in names]
    page = ledger_page(viewer.catalog, row.id, chosen, after=after, limit=LEDGER_PAGE + 1)
    documents = frontier.read_documents(viewer.catalog, row.id)
    return RunView(
        run=row,
        sources=tuple(sums),
        documents=tuple(each for each in documents if chosen.source in {None, each.source}),
        chosen=chosen,
        urls=tuple(
            each
            for each in page[:LEDGER_PAGE]
            if viewer.sight.sees(each.source, each.url, each.at or row.started_at)
        ),
        following=page[LEDGER_PAGE - 1].position if len(page) > LEDGER_PAGE else None,
    )


def newest_runs(viewer: Viewer, limit: int = 50, after: tuple[datetime, str] | None = None) -> list[RunRow]:
    """Runs of all sources, newest first; `after`: behind another one, by when it began and its id."""
    return runs.newest_runs(viewer.catalog, limit, after)


def _history(viewer: Viewer, name: str, limit: int) -> tuple[SourceNight, ...]:
    """The newest runs of a source, oldest first: from their figures, or counted where there are none yet."""
    rows = newest_runs_of(viewer.catalog, name, limit)[::-1]
    figures = {row.run_id: row for row in figures_of_runs(viewer.catalog, name, [row.id for row in rows])}
    uncounted = [row for row in rows if row.id not in figures]
    counted = nights.tallies(viewer.catalog, [row.id for row in uncounted], name)
    made = versions_made(viewer.catalog, name, uncounted)
    found = []
    for row in rows:
        if row.id in figures:
            found.append(at_run(of_figure(figures[row.id]), row))
        else:
            new, edited, removed = made.get(row.id, (0, 0, 0))
            found.append(source_night(name, row, counted[row.id], new=new, edited=edited, removed=removed))
    return tuple(found)
