"""Rows that say how long the steps of a run took; re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRow:
    """How long one step of a run took, however often it was done.

    Durations are in microseconds. A run that was interrupted has those of the process that ended it.
    """

    table: ClassVar[str] = "phase"
    run_id: str
    name: str  # fetch, record, read, seal, put, journal, apply, index
    count: int
    total: int
    median: int
    p95: int
    longest: int
