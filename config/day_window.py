"""Times of day written as `22:00-06:30`, on the wall clock; the end does not belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from config.problems import refuse

ALLOWED = "two times of day such as 07:00-09:30, or 22:00-06:00 over midnight"

_MINUTES_A_DAY = 24 * 60
_WINDOW = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class DayWindow:
    """From one minute of the day until just before another; `start` may be the later one (over midnight)."""

    start: int
    end: int

    def covers(self, local: datetime) -> bool:
        """Whether a wall-clock time lies in it."""
        return self.has(local.hour * 60 + local.minute)

    def has(self, minute: int) -> bool:
        """Whether a minute of the day, counted from midnight, lies in it."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def end_after(self, local: datetime) -> datetime:
        """Its end, as wall-clock time, for a time that it covers."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        over = self.start > self.end and local.hour * 60 + local.minute >= self.start
        return midnight + timedelta(days=int(over), minutes=self.end)

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


def parse_day_window(text: str) -> DayWindow:
    """Read `HH:MM-HH:MM`; `24:00` is an end.

    Raises:
        ValueError: it is none, or has no length.
    """
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise refuse("is no window of the day", allowed=ALLOWED)
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if max(from_minute, to_minute) > 59 or start >= _MINUTES_A_DAY or end > _MINUTES_A_DAY:  # noqa: PLR2004
        raise refuse("is no window of the day", allowed=ALLOWED)
    if start == end % _MINUTES_A_DAY:
        raise refuse("is the whole day or nothing", allowed=f"{ALLOWED}; `enabled: false` switches it off")
    return DayWindow(start, end)


def end_of_windows(windows: Iterable[DayWindow], local: datetime) -> datetime | None:
    """When the last of the windows around a wall-clock time ends, one passing into the next; None outside."""
    every, moment = tuple(windows), local
    while moment - local < timedelta(days=1):
        covering = next((window for window in every if window.covers(moment)), None)
        if covering is None:
            break
        moment = covering.end_after(moment)
    return None if moment == local else moment


def _check_window(text: str) -> str:
    return str(parse_day_window(text))


DayWindowText = Annotated[
    str,
    AfterValidator(_check_window),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,2}:[0-9]{2} ?- ?[0-9]{1,2}:[0-9]{2}$"}),
]
