"""What people told the schedule: pauses, and runs that they asked for."""

from __future__ import annotations

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, select
from archive.catalog.schema_orders import pause, run_request
from archive.rows.orders import PauseRow, RunRequestRow


def pauses(catalog: Catalog) -> list[PauseRow]:
    """The newest pause of each source (and of all, `*`), also those that are over, sorted by source."""
    return fetch(catalog, PauseRow, select(PauseRow).order_by(pause.c.source))


def pause_of(catalog: Catalog, source: str) -> PauseRow | None:
    """The newest pause of a source (or `*`), whether it holds or is over."""
    return first(catalog, PauseRow, select(PauseRow).where(pause.c.source == source))


def waiting_requests(catalog: Catalog) -> list[RunRequestRow]:
    """Runs that were asked for and have not begun, oldest first."""
    waiting = select(RunRequestRow).where(run_request.c.status == "waiting")
    return fetch(catalog, RunRequestRow, waiting.order_by(run_request.c.asked_at, run_request.c.id))


def newest_requests(catalog: Catalog, limit: int = 20) -> list[RunRequestRow]:
    """Runs that were asked for, newest first, whatever became of them."""
    newest = select(RunRequestRow).order_by(run_request.c.asked_at.desc(), run_request.c.id.desc())
    return fetch(catalog, RunRequestRow, newest.limit(limit))


def request_by_id(catalog: Catalog, request_id: str) -> RunRequestRow | None:
    """A request by its id."""
    return first(catalog, RunRequestRow, select(RunRequestRow).where(run_request.c.id == request_id))
