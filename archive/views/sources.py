"""Sources: how they have been over months, their runs down to every URL, and their files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from archive.catalog import frontier, nights, runs
from archive.catalog.changes import newest_runs_of
from archive.catalog.ledger_reads import LedgerChoice, ledger_page, versions_made
from archive.catalog.watch import figures_from, figures_of_runs
from archive.night_figures import failures_of
from archive.rows import DocumentRow, FigureRow, LedgerRow, RunRow
from archive.views.notebook import shown
from archive.views.source_files import SourceFile, SourceFiles
from archive.views.today import OUTCOMES, SourceNight, source_night
from archive.views.viewer import Viewer
from config.source import Source

RUNS_OF_CARD = 14  # of which a source's card shows how it has been
DAYS_OF_CARD = 21
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
    met = {name for run in runs.newest_runs(viewer.catalog) for name in run.sources}
    return sorted(files.sources().keys() | met)


def source_cards(viewer: Viewer, files: SourceFiles) -> list[SourceCard]:
    """Every source that a file or one of the newest runs names, in order of name."""
    known, figures = files.sources(), _cards_figures(viewer)
    cards = []
    for name in known_sources(viewer, files):
        history = tuple(figures.get(name, ())) or _history(viewer, name, RUNS_OF_CARD)
        newest = history[-1] if history else None
        cards.append(SourceCard(name, known.get(name), newest, history[-RUNS_OF_CARD:]))
    return cards


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


def _cards_figures(viewer: Viewer) -> dict[str, list[SourceNight]]:
    """What the runs of the last nights brought, by source, oldest first."""
    since = viewer.clock.now().date() - timedelta(days=DAYS_OF_CARD)
    newest = nights.newest_night(viewer.catalog)
    if newest is not None:  # an archive of some time ago shows its own last nights
        since = min(since, date.fromisoformat(newest) - timedelta(days=DAYS_OF_CARD))
    found: dict[str, list[SourceNight]] = {}
    for row in figures_from(viewer.catalog, since.isoformat()):
        found.setdefault(row.source, []).append(_of_figure(row))
    return found


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
            of_figure = _of_figure(figures[row.id])
            found.append(
                replace(of_figure, status=row.status, started_at=row.started_at, finished_at=row.finished_at)
            )
        else:
            new, edited, removed = made.get(row.id, (0, 0, 0))
            found.append(source_night(name, row, counted[row.id], new=new, edited=edited, removed=removed))
    return tuple(found)


def _of_figure(row: FigureRow) -> SourceNight:
    """A run's figures as a night; its failures by class stand for reasons."""
    counts = {name: int(getattr(row, name)) for name in OUTCOMES if name != "waiting"}
    failures = failures_of(row).most_common()
    return SourceNight(
        source=row.source,
        run=row.run_id,
        status="done",
        started_at=row.at,
        finished_at=row.at,
        new=row.articles,
        edited=row.edited,
        removed=row.removed,
        outcomes={name: count for name, count in counts.items() if count},
        reasons=tuple(("failed", name, count) for name, count in failures),
    )
