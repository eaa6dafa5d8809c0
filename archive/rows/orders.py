"""Rows of what people tell the schedule: pauses, and runs that they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

EVERY_SOURCE = "*"  # stands in a pause of the whole schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRow:
    """The newest pause of a source, or of all of them: no slot that falls into it runs.

    It holds from `since` until `until` (None: until it is lifted), or until it was lifted.
    """

    table: ClassVar[str] = "pause"
    source: str  # `*`: all sources
    since: datetime
    until: datetime | None
    actor: str
    reason: str
    lifted_at: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether it holds at a moment."""
        ends = [end for end in (self.until, self.lifted_at) if end is not None]
        return self.since <= moment and all(moment < end for end in ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequestRow:
    """Somebody asks for a run of some sources now.

    `status`: waiting, started (`run_id` says which run it became), refused (`note` says why).
    """

    table: ClassVar[str] = "run_request"
    id: str
    sources: tuple[str, ...]
    asked_at: datetime
    actor: str
    status: str = "waiting"
    run_id: str | None = None
    answered_at: datetime | None = None
    note: str | None = None
