"""How far apart in time copies are looked for, and the periods that the index is kept by (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipelines.duplicates.sketch import METHOD

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVER = 0  # the only period of an index without a window


@dataclass(frozen=True, slots=True)
class Window:
    """How far apart in time copies are looked for; `days` None: any distance."""

    days: int | None

    def periods(self, at: datetime) -> tuple[int, ...]:
        """Where copies of a version captured then may be."""
        if self.days is None:
            return (_EVER,)
        own = self.period(at)
        return own - 1, own, own + 1

    def period(self, at: datetime) -> int:
        """Which period of the index a version captured then is in."""
        return _EVER if self.days is None else (at - EPOCH) // timedelta(days=self.days)

    def bounds(self, period: int) -> tuple[datetime | None, datetime | None]:
        """When a period begins and ends."""
        if self.days is None:
            return None, None
        return EPOCH + timedelta(days=self.days * period), EPOCH + timedelta(days=self.days * (period + 1))

    @property
    def within(self) -> timedelta | None:
        """How far apart two moments may be; None: any distance."""
        return None if self.days is None else timedelta(days=self.days)

    @property
    def method(self) -> str:
        """What an index made with it is called."""
        return f"{METHOD}/{self.days or 'ever'}"
