"""The smaller sections of the settings: S3, crawl, schedule, log."""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from config.part import Part
from config.problems import refuse
from config.units import Bytes, Seconds
from config.web_address import WebAddress

MIB, GIB = 1024**2, 1024**3


def _usable_cpus() -> int:
    """Processors that this process may use; fewer than the machine's in most containers."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _split(value: Any) -> Any:
    """A list written in a variable: `1, 3, 7`."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _check_ladder(days: tuple[float, ...]) -> tuple[float, ...]:
    if any(day <= 0 for day in days) or list(days) != sorted(set(days)):
        raise refuse("is no ladder of looks", allowed="days above 0, each longer than the one before")
    return days


Ladder = Annotated[tuple[float, ...], BeforeValidator(_split), AfterValidator(_check_ladder)]


class S3Settings(Part):
    """Settings under `s3`; credentials come from the usual AWS chain, never from here.

    Attributes:
        endpoint: address of a service other than Amazon's.
        region: its region; that of the AWS chain if None.
    """

    endpoint: WebAddress | None = None
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")] | None = None


class CrawlSettings(Part):
    """Settings under `crawl`.

    Attributes:
        window: pages in flight between the network and the archive.
        workers: processes that extract.
        worker_memory: bytes of memory that one may use.
        extract_timeout: seconds for one page.
        segment_bytes, segment_seconds: when a segment is sealed and committed at the latest.
        revisit: days after an article's first capture or last change at which it is looked at again.
    """

    window: int = Field(default=64, ge=1, le=10_000)
    workers: int = Field(default_factory=_usable_cpus, ge=1, le=1024)
    worker_memory: Bytes = Field(default=GIB, ge=128 * MIB)
    extract_timeout: Seconds = Field(default=30.0, gt=0)
    segment_bytes: Bytes = Field(default=256 * MIB, gt=0)
    segment_seconds: Seconds = Field(default=300.0, gt=0)
    revisit: Ladder = (
        *(15 / 1440, 1 / 24, 3 / 24, 8 / 24),
        *(1.0, 2.0, 3.0, 7.0, 14.0, 30.0),
    )


class ScheduleSettings(Part):
    """Settings under `schedule`.

    Attributes:
        grace_hours: a slot missed by no more than this is caught up.
        tick: seconds between two looks at what is due.
    """

    grace_hours: float = Field(default=24.0, ge=0)
    tick: Seconds = Field(default=30.0, gt=0)


class LogSettings(Part):
    """Settings under `log`.

    Attributes:
        level: the least important messages still written.
        format: lines for people, or one JSON object a line.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
