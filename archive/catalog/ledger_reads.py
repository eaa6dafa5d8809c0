"""Pages of a run's ledger, and what runs have met one address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, raw, select
from archive.catalog.schema import ledger, run, version
from archive.digest import url_key
from archive.rows import LedgerRow, RunRow

WAITING = "waiting"  # the outcome of a URL that has none yet


@dataclass(frozen=True, slots=True)
class LedgerChoice:
    """Which URLs of a run: of a source, with an outcome (`waiting`: none yet), with a reason; None: any."""

    source: str | None = None
    outcome: str | None = None
    reason: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same as SQL."""
        found: list[sa.ColumnElement[bool]] = []
        if self.source is not None:
            found.append(ledger.c.source == self.source)
        if self.outcome == WAITING:
            found.append(ledger.c.outcome.is_(None))
        elif self.outcome is not None:
            found.append(ledger.c.outcome == self.outcome)
        if self.reason is not None:
            found.append(ledger.c.reason == self.reason)
        return found


def ledger_page(
    catalog: Catalog, run_id: str, chosen: LedgerChoice, *, after: int, limit: int
) -> list[LedgerRow]:
    """URLs of a run behind a position, in order of discovery, up to `limit`."""
    query = select(LedgerRow).where(
        ledger.c.run_id == run_id, ledger.c.position > after, *chosen.conditions()
    )
    return fetch(catalog, LedgerRow, query.order_by(ledger.c.position).limit(limit))


def meetings(catalog: Catalog, url: str, limit: int) -> list[tuple[LedgerRow, RunRow | None]]:
    """How a URL ended in the runs that met it, the newest first; the run is None where it is lost."""
    query = select(LedgerRow).where(ledger.c.url_key == url_key(url))
    newest = query.order_by(ledger.c.at.is_(None).desc(), ledger.c.at.desc(), ledger.c.run_id.desc())
    rows = fetch(catalog, LedgerRow, newest.limit(limit))
    runs = select(RunRow).where(run.c.id.in_([row.run_id for row in rows]))
    by_id = {row.id: row for row in fetch(catalog, RunRow, runs)}
    return [(row, by_id.get(row.run_id)) for row in rows]


def versions_made(catalog: Catalog, source: str, runs: Sequence[RunRow]) -> dict[str, tuple[int, int, int]]:
    """How many versions of a source each run made: new, edited, removed."""
    if not runs:
        return {}
    since = min(row.started_at for row in runs).replace(microsecond=0)
    first = sa.func.sum(sa.case((version.c.removed.is_(True), 0), (version.c.number == 1, 1), else_=0))
    gone = sa.func.sum(sa.case((version.c.removed.is_(True), 1), else_=0))
    query = (
        sa.select(version.c.run_id, first.label("new"), gone.label("gone"), sa.func.count().label("every"))
        .where(version.c.captured_at >= since, version.c.source == source)
        .where(version.c.run_id.in_([row.id for row in runs]))
        .group_by(version.c.run_id)
    )
    return {
        str(row.run_id): (int(row.new), int(row.every) - int(row.new) - int(row.gone), int(row.gone))
        for row in raw(catalog, query)
    }
