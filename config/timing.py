"""When a source's slots really begin, and how long a run may take for it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from config.day_window import DayWindow, DayWindowText, parse_day_window
from config.part import Part
from config.problems import refuse
from config.units import Seconds

LONGEST_JITTER = 6 * 3600.0  # seconds


class Timing(Part):
    """When a slot of the schedule really begins, and how long a run may take."""

    jitter: Seconds = Field(
        default=0.0,
        le=LONGEST_JITTER,
        description="The most that a slot begins late, such as 20m: how much, follows from source and slot.",
    )
    not_between: tuple[DayWindowText, ...] = Field(
        default=(),
        max_length=24,
        description="Times of day, in its zone, at which the schedule does not crawl, such as 07:00-09:30.",
    )
    blackout: Literal["wait", "skip"] = Field(
        default="wait",
        description="What becomes of a slot that comes at such a time: it waits for its end, or is skipped.",
    )
    run_time: Seconds | None = Field(
        default=None,
        gt=0,
        description="How long a run may take for it, such as 3h; what is left then waits for the next run.",
    )

    @field_validator("not_between", mode="after")
    @classmethod
    def _leaves_a_time(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        windows = tuple(map(parse_day_window, texts))
        if all(any(window.has(minute) for window in windows) for minute in range(24 * 60)):
            raise refuse("leaves no minute of the day", allowed="windows with a time between them")
        return texts

    @property
    def windows(self) -> tuple[DayWindow, ...]:
        """`not_between`, read."""
        return tuple(map(parse_day_window, self.not_between))
