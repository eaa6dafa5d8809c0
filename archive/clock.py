"""Time, injected: nothing in the house asks the system for the time of day except `SystemClock`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the present moment in UTC. Intervals are measured with `time.monotonic`, never with this."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """A clock that was set to `start` when it was made, and runs on at the usual pace.

    The demo and the tests live three nights in a minute with it.
    """

    start: datetime
    _made_at: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self._made_at)


def require_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; raise ValueError for a naive one, whose meaning would be a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"date must be timezone-aware, got {moment.isoformat()}")
    return moment.astimezone(UTC)


def isoformat_z(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`, the one spelling in journal, catalog and exports.

    Always 27 characters, so that text order is time order.
    """
    # Not strftime: glibc writes the year 999 with three digits. Most moments are in UTC already.
    utc = moment if moment.tzinfo is UTC else require_utc(moment)
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_z(text: str) -> datetime:
    """Read what `isoformat_z` wrote (and any other ISO 8601 moment that names its zone)."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is UTC else require_utc(moment)
