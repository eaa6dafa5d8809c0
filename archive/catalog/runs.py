"""Runs, their sums, and slots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, pieces, raw, select
from archive.catalog.schema import ledger, run, slot
from archive.rows import LedgerRow, RunRow, SlotRow


@dataclass(frozen=True, slots=True)
class Tally:
    """How many URLs of a source ended in one way; `outcome` None for those that wait."""

    source: str
    outcome: str | None
    reason: str | None
    count: int


def run_by_id(catalog: Catalog, run_id: str) -> RunRow | None:
    """A run by its id."""
    return first(catalog, RunRow, select(RunRow).where(run.c.id == run_id))


def newest_runs(catalog: Catalog, limit: int = 20, after: tuple[datetime, str] | None = None) -> list[RunRow]:
    """Runs, newest first; those that began before `after`: when another began, and its id."""
    query = select(RunRow).order_by(run.c.started_at.desc(), run.c.id.desc()).limit(limit)
    if after is not None:
        moment = sa.literal(after[0], run.c.started_at.type)
        earlier = sa.and_(run.c.started_at == moment, run.c.id < after[1])
        query = query.where(sa.or_(run.c.started_at < moment, earlier))
    return fetch(catalog, RunRow, query)


def unfinished_runs(catalog: Catalog) -> list[RunRow]:
    """Runs that were started and never said how they ended, oldest first."""
    return fetch(
        catalog, RunRow, select(RunRow).where(run.c.finished_at.is_(None)).order_by(run.c.started_at)
    )


def tally(catalog: Catalog, run_id: str) -> list[Tally]:
    """The sums of a run's ledger by source, outcome and reason."""
    query = (
        sa.select(ledger.c.source, ledger.c.outcome, ledger.c.reason, sa.func.count())
        .where(ledger.c.run_id == run_id)
        .group_by(ledger.c.source, ledger.c.outcome, ledger.c.reason)
    )
    tallies = [Tally(*tuple(row)) for row in raw(catalog, query)]
    # Not ORDER BY: the two databases put NULL at different ends.
    return sorted(tallies, key=lambda one: (one.source, one.outcome or "", one.reason or ""))


def ledger_of(catalog: Catalog, run_id: str) -> list[LedgerRow]:
    """Every URL of a run with its outcome, in order of discovery."""
    query = select(LedgerRow).where(ledger.c.run_id == run_id).order_by(ledger.c.position)
    return fetch(catalog, LedgerRow, query)


def first_url(catalog: Catalog, run_id: str) -> LedgerRow | None:
    """The URL that a run discovered first, or None if it has not come to that."""
    return first(
        catalog,
        LedgerRow,
        select(LedgerRow).where(ledger.c.run_id == run_id).order_by(ledger.c.position),
    )


def newest_slot(catalog: Catalog, source: str) -> SlotRow | None:
    """The latest slot of a source in the ledger."""
    query = select(SlotRow).where(slot.c.source == source).order_by(slot.c.due_at.desc(), slot.c.slot.desc())
    return first(catalog, SlotRow, query)


def newest_slots(catalog: Catalog, sources: Iterable[str]) -> dict[str, SlotRow]:
    """The latest slot in the ledger of each of many sources, by name; those without one are left out."""
    names, found = sorted(set(sources)), {}
    age = sa.func.row_number().over(
        partition_by=slot.c.source, order_by=(slot.c.due_at.desc(), slot.c.slot.desc())
    )
    for piece in pieces(names):
        ranked = select(SlotRow).add_columns(age.label("age")).where(slot.c.source.in_(piece)).subquery()
        columns = (ranked.c[field.name] for field in fields(SlotRow))
        for row in fetch(catalog, SlotRow, sa.select(*columns).where(ranked.c.age == 1)):
            found[row.source] = row
    return found


def slots_of(catalog: Catalog, source: str) -> list[SlotRow]:
    """Every slot of a source in the ledger, oldest first."""
    return fetch(
        catalog, SlotRow, select(SlotRow).where(slot.c.source == source).order_by(slot.c.due_at, slot.c.slot)
    )
