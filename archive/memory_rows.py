"""The row of a site memory: which one a source's pages are read with, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRow:
    """What was learned of a source at one time; runs that begin after `learned_at` read with the newest.

    `number` counts a source's epochs from 1. `reason`: first (it had none), drift (too many pages were read
    without it), command. `pages` is how many captures it was learned from.
    """

    table: ClassVar[str] = "memory"
    source: str
    number: int
    sha256: str  # of the object, which lies under `memory_objects.memory_key`
    size: int
    learned_at: datetime
    pages: int
    reason: str
