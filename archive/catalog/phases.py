"""How long the steps of runs took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.rows import PhaseRow


def phases_of(catalog: Catalog, runs: Collection[str]) -> dict[str, list[PhaseRow]]:
    """The steps of these runs, by run, in order of their names."""
    found: defaultdict[str, list[PhaseRow]] = defaultdict(list)
    for row in rows_with(catalog, PhaseRow, "run_id", runs):
        found[row.run_id].append(row)
    return {run_id: sorted(rows, key=lambda row: row.name) for run_id, rows in found.items()}
