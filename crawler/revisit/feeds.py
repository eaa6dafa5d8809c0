"""How often a feed is polled: so that a third to two thirds of its entries were seen before (pure).

A poll that brings only known entries came too early, one that brings only new ones may have missed some that
the feed has dropped since. The controller is Media Cloud's (rss-fetcher): steps of 20 minutes at most, 10
minutes to 24 hours.
"""

from __future__ import annotations

from datetime import timedelta

from archive.rows import FeedRow

SEEN_LEAST, SEEN_MOST = 1 / 3, 2 / 3
STEP, FLOOR, CAP = timedelta(minutes=20), timedelta(minutes=10), timedelta(hours=24)
FIRST = timedelta(hours=6)  # or the schedule's own gap, where that is shorter
FREQUENT = timedelta(hours=18)  # a schedule with a longer gap polls every feed in every run


def next_interval(row: FeedRow | None, entries: int, seen: int, gap: timedelta) -> timedelta:
    """The interval after a poll.

    Args:
        row: the feed as known before; None if this was its first poll.
        entries: of the poll; an empty feed counts as seen.
        seen: how many of them the archive knew.
        gap: usual time between two of the source's runs.
    """
    if row is None:
        return max(FLOOR, min(gap, FIRST))  # of the first poll everything is new
    interval = timedelta(minutes=row.interval_minutes)
    step = min(STEP, interval / 2)
    share = seen / entries if entries else 1.0
    if share > SEEN_MOST:
        interval += step
    elif share < SEEN_LEAST:
        interval -= step
    return min(max(interval, FLOOR), CAP)
