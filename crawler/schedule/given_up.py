"""Runs by hand that were interrupted and that nobody goes on with: in time the schedule closes them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from archive.catalog import frontier, runs
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.outcome import OutcomeKind
from archive.rows import LedgerRow, RunRow

REASON = "interrupted"
MANUAL, BACKFILL = "manual", "backfill"


def goes_on_by_hand(run: RunRow) -> bool:
    """Whether it waits for a person for as long as it takes: a backfill may be at it for weeks (pure)."""
    return run.kind == BACKFILL and bool(run.sources)


def given_up(left: Iterable[RunRow], now: datetime, grace: timedelta) -> list[RunRow]:
    """Those of these runs that nobody will go on with, by what the schedule itself would catch up (pure)."""
    return [run for run in left if not goes_on_by_hand(run) and now - run.started_at > grace]


def closing_rows(catalog: Catalog, run: RunRow, clock: Clock) -> Iterator[LedgerRow | RunRow]:
    """What closes a run's account: what waits is `skipped(interrupted)`, and the run has ended."""
    sources = {tally.source for tally in runs.tally(catalog, run.id) if tally.outcome is None}
    for source in sorted(sources):
        for row in frontier.pending(catalog, run.id, source, limit=sys.maxsize):
            yield replace(row, outcome=str(OutcomeKind.SKIPPED), reason=REASON, at=clock.now())
    yield replace(run, status="interrupted", finished_at=clock.now())
