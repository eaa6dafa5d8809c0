"""How often a source's schedule lets anything happen (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from config.source import Source
from crawler.schedule.slots import slots_between

NIGHTLY = timedelta(days=1)
_AHEAD = timedelta(days=2)
_FAR_AHEAD = timedelta(days=400)  # for schedules that come less often than that shows
_LEAST_GAPS = 2


def gap_of(source: Source, now: datetime) -> timedelta:
    """The usual time between two slots of a source's cron (median of those to come); a day without any."""
    return _gap(source.schedule, source.timezone, now)


@lru_cache(maxsize=4096)
def _gap(cron: str, zone: str, now: datetime) -> timedelta:
    """A run asks for all its sources at one moment, and most have the cron and zone of many others."""
    for ahead in (_AHEAD, _FAR_AHEAD):
        slots = slots_between(cron, zone, now, now + ahead, source="")
        moments = [slot.instant for slot, _ in zip(slots, range(1000), strict=False)]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        if len(gaps) >= _LEAST_GAPS:
            return sorted(gaps)[len(gaps) // 2]
    return NIGHTLY
