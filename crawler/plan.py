"""What one run is going to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.catalog.leases import run_lease
from archive.catalog.parts import RunPart
from archive.rows import RunRow
from config.source import Source

BY_HAND = "by-hand"  # the source of pages that no configured source owns


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run with its sources.

    Attributes:
        run: the run's row; its id stays when an interrupted run goes on.
        sources: by name.
        asked: (address, source name) of pages that a person named; then nothing is discovered.
        resumed: the run was interrupted and goes on.
        part: what this process carries out of it; None: all.
    """

    run: RunRow
    sources: Mapping[str, Source]
    asked: tuple[tuple[str, str], ...] = ()
    resumed: bool = False
    part: RunPart | None = None

    @property
    def lease(self) -> str:
        """The name of the lease under which it is carried out."""
        return run_lease(self.run.id) if self.part is None else self.part.lease

    @property
    def since(self) -> datetime | None:
        """The moment back to which a backfill goes; None for every other run."""
        return datetime.fromisoformat(self.run.since).replace(tzinfo=UTC) if self.run.since else None
