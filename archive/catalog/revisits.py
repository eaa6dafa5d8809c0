"""What looks have taught of sources, hosts and feeds, and how many looks a run has spent."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, raw, rows_with, select
from archive.catalog.schema import ledger
from archive.catalog.schema_revisits import host
from archive.rows import FeedRow, HostRow, RateRow


def rates_of(catalog: Catalog, sources: Iterable[str]) -> dict[str, list[RateRow]]:
    """The rates of these sources, by name; a source of which nothing was learned has an empty list."""
    found: dict[str, list[RateRow]] = {name: [] for name in sources}
    for row in rows_with(catalog, RateRow, "source", found):
        found[row.source].append(row)
    return found


def hosts(catalog: Catalog) -> dict[str, HostRow]:
    """Every host that was asked on condition, by name."""
    return {row.host: row for row in fetch(catalog, HostRow, select(HostRow).order_by(host.c.host))}


def feeds_of(catalog: Catalog, sources: Iterable[str]) -> dict[tuple[str, str], FeedRow]:
    """The feeds of these sources, by source and key of the address."""
    return {(row.source, row.url_key): row for row in rows_with(catalog, FeedRow, "source", sources)}


def revisits_taken(catalog: Catalog, run_id: str) -> dict[str, int]:
    """How many known pages a run has taken up by itself, by source; those it skipped do not count."""
    taken = sa.or_(ledger.c.outcome.is_(None), ledger.c.outcome != "skipped")
    query = (
        sa.select(ledger.c.source, sa.func.count())
        .where(ledger.c.run_id == run_id, ledger.c.found_by == "revisit", taken)
        .group_by(ledger.c.source)
    )
    return {str(source): int(count) for source, count in map(tuple, raw(catalog, query))}
