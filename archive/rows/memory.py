"""The rows of site memories: which one a source's pages are read with since when, and what learning met."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRow:
    """Attempts to learn a source's memory that brought nothing, since the last that did.

    `tries` counts them, each followed by a longer wait than the one before. `result`: no_shape (the pages
    have none in common), same (as is known already), failed (the worker did not come back). `reason` is as
    of a memory, `pages` how many captures there were; `drifted` is the share of articles that the run read
    without one, per mille.
    """

    table: ClassVar[str] = "learning"
    source: str
    tries: int
    tried_at: datetime
    not_before: datetime  # when a run may try again
    pages: int
    reason: str
    result: str
    drifted: int = 0
