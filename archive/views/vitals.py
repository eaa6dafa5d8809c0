"""How the archive and its sources are, in numbers: what an operator plots and is woken by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import journal_state, nights, orders, previews, search_index, segments, watch
from archive.catalog.phases import phases_of
from archive.catalog.runs import newest_runs
from archive.rows import AlarmRow, PhaseRow, RunRow
from archive.views.viewer import Viewer

_RUNS = 500  # newest runs that are looked at for each source's last ones


@dataclass(frozen=True, slots=True)
class SourceVitals:
    """A source's last finished run.

    Attributes:
        last_success: when the last run ended whose sums match; None if none of the newest did.
        seconds: how long the run took.
        outcomes: addresses by outcome and reason; an outcome without a reason has an empty one.
        bytes: of the payloads that came.
        phases: how long its steps took; those of the run, which may have had other sources too.
    """

    source: str
    run_id: str
    finished_at: datetime
    last_success: datetime | None
    seconds: float
    outcomes: dict[tuple[str, str], int]
    bytes: int
    phases: tuple[PhaseRow, ...]


@dataclass(frozen=True, slots=True)
class Vitals:
    """The archive at a moment.

    Attributes:
        segments, segment_bytes: WARC files in the store and their size, by kind (captures, derived).
        sealed: when the newest of each kind was.
        applied: moment of the newest journal entry that the catalog has.
        running: runs that have not ended.
        waiting: addresses of these that wait to be fetched.
        asked: runs that people asked for and that have not begun.
        previews: those that people asked for and that are not answered.
        unindexed: versions that are not searchable yet.
        alarms: that are open.
    """

    sources: tuple[SourceVitals, ...]
    segments: dict[str, int]
    segment_bytes: dict[str, int]
    sealed: dict[str, datetime]
    applied: datetime | None
    running: int
    waiting: int
    asked: int
    previews: int
    unindexed: int
    alarms: tuple[AlarmRow, ...]


def vitals(viewer: Viewer) -> Vitals:
    """Read from the catalog: a handful of queries, however large it is."""
    catalog = viewer.catalog
    rows = newest_runs(catalog, _RUNS)
    going = [row for row in rows if row.finished_at is None]
    last: dict[str, RunRow] = {}
    for row in rows:  # newest first
        if row.finished_at is not None:
            for name in row.sources:
                last.setdefault(name, row)
    chosen = {row.id: row for row in (*last.values(), *going)}
    tallies = nights.tallies(catalog, chosen)
    took = phases_of(catalog, {row.id for row in last.values()})
    found = []
    for name, row in sorted(last.items()):
        outcomes: Counter[tuple[str, str]] = Counter()
        for each in tallies[row.id]:
            if each.source == name:
                outcomes[each.outcome or "waiting", each.reason or ""] += each.count
        came = sum(each.bytes for each in watch.figures_of_runs(catalog, name, [row.id]))
        found.append(_source(name, row, outcomes, rows, came=came, took=took.get(row.id, ())))
    counts, sizes = segments.totals(catalog)
    return Vitals(
        sources=tuple(found),
        segments=counts,
        segment_bytes=sizes,
        sealed=segments.newest_sealed(catalog),
        applied=journal_state.newest(catalog),
        running=len(going),
        waiting=sum(each.count for row in going for each in tallies[row.id] if each.outcome is None),
        asked=len(orders.waiting_requests(catalog)),
        previews=len(previews.waiting(catalog)),
        unindexed=search_index.pending(catalog),
        alarms=tuple(watch.open_alarms(catalog)),
    )


def _source(
    name: str,
    row: RunRow,
    outcomes: Counter[tuple[str, str]],
    rows: list[RunRow],
    *,
    came: int,
    took: Sequence[PhaseRow],
) -> SourceVitals:
    ended = row.finished_at or row.started_at
    good = (each for each in rows if each.status == "done" and name in each.sources and each.finished_at)
    return SourceVitals(
        source=name,
        run_id=row.id,
        finished_at=ended,
        last_success=next((each.finished_at for each in good), None),
        seconds=(ended - row.started_at).total_seconds(),
        outcomes=dict(outcomes),
        bytes=came,
        phases=tuple(took),
    )
