"""How sources were in their newest runs: a handful of questions, however many sources there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from archive.catalog import nights
from archive.catalog.fetch import rows_with
from archive.catalog.runs import Tally
from archive.catalog.watch import figures_from, older_figures
from archive.night_figures import failures_of
from archive.rows import FigureRow, RunRow
from archive.views.today import OUTCOMES, SourceNight, source_night
from archive.views.viewer import Viewer

RUNS_OF_CARD = 14  # of which a source's card shows how it has been
DAYS_OF_CARD = 21
_COUNTED = tuple(name for name in OUTCOMES if name != "waiting")


def histories(viewer: Viewer, names: Sequence[str], newest: Iterable[RunRow]) -> dict[str, list[SourceNight]]:
    """By source its newest runs, oldest first, at most 14; a source that was never crawled has none.

    What they brought is read from their figures; `newest` are the newest runs of all, some without yet.
    """
    recent = figures_from(viewer.catalog, _since(viewer), RUNS_OF_CARD)
    found = {name: [of_figure(row) for row in rows] for name, rows in recent.items()}
    left = [name for name in names if name not in found]
    if left:
        found |= _older(viewer, left)
        for name, counted in _counted(viewer, left, newest).items():
            found[name] = [*found.get(name, ()), *counted][-RUNS_OF_CARD:]
    return found


def of_figure(row: FigureRow) -> SourceNight:
    """A run's figures as a night; its failures by class stand for reasons."""
    failures = failures_of(row).most_common() if row.failures else ()
    return SourceNight(
        source=row.source,
        run=row.run_id,
        status="done",
        started_at=row.at,
        finished_at=row.at,
        new=row.articles,
        edited=row.edited,
        removed=row.removed,
        outcomes={name: count for name in _COUNTED if (count := getattr(row, name))},
        reasons=tuple(("failed", name, count) for name, count in failures),
    )


def at_run(night: SourceNight, row: RunRow) -> SourceNight:
    """The same with what its run says of itself."""
    return replace(night, status=row.status, started_at=row.started_at, finished_at=row.finished_at)


def _since(viewer: Viewer) -> str:
    since = viewer.clock.now().date() - timedelta(days=DAYS_OF_CARD)
    newest = nights.newest_night(viewer.catalog)
    if newest is not None:  # an archive of some time ago shows its own last nights
        since = min(since, date.fromisoformat(newest) - timedelta(days=DAYS_OF_CARD))
    return since.isoformat()


def _older(viewer: Viewer, names: Sequence[str]) -> dict[str, list[SourceNight]]:
    """Those that were crawled, but not lately."""
    rows = older_figures(viewer.catalog, names, RUNS_OF_CARD)
    ids = {row.run_id for each in rows.values() for row in each}
    runs = {row.id: row for row in rows_with(viewer.catalog, RunRow, "id", ids)}
    return {
        name: [
            at_run(of_figure(row), runs[row.run_id]) if row.run_id in runs else of_figure(row) for row in each
        ]
        for name, each in rows.items()
    }


def _counted(
    viewer: Viewer, names: Iterable[str], newest: Iterable[RunRow]
) -> Mapping[str, list[SourceNight]]:
    """What runs without figures brought so far, which go on or broke off: counted."""
    wanted, found = set(names), dict[str, list[SourceNight]]()
    runs = sorted((row for row in newest if wanted & set(row.sources)), key=lambda row: row.started_at)
    ledgers = nights.tallies(viewer.catalog, [row.id for row in runs]) if runs else {}
    for row in runs:
        made = nights.versions_counted(viewer.catalog, [row])
        by_source: dict[str, list[Tally]] = {}
        for tally in ledgers[row.id]:
            by_source.setdefault(tally.source, []).append(tally)
        for name in wanted & set(row.sources):
            kinds = {kind: made[name, kind] for kind in ("new", "edited", "removed")}
            found.setdefault(name, []).append(source_night(name, row, by_source.get(name, ()), **kinds))
    return found
