"""Nights as figures, for tests of what is judged of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from archive.night_figures import Night, nights_of
from archive.rows import FigureRow

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def figure(night: date = MONDAY, articles: int = 30, **changes: Any) -> FigureRow:
    """A healthy night of a source, but for what is given by name."""
    at = datetime.combine(night, time(2, 30), UTC)
    values: dict[str, Any] = {
        "source": "site",
        "run_id": f"run-{night:%Y%m%d}",
        "night": night.isoformat(),
        "at": at,
        "whole": True,
        "articles": articles,
        "edited": 5,
        "removed": 0,
        "archived": articles,
        "unchanged": 20,
        "not_modified": 0,
        "skipped": 100,
        "failed": 0,
        "quarantined": 0,
        "gone": 0,
        "documents": 3,
        "documents_failed": 0,
        "titled": articles,
        "dated": articles,
        "pictured": articles,
        "characters": 3000,
        "newest_at": at - timedelta(hours=2) if articles else None,
    }
    return FigureRow(**(values | changes))


AWAY: dict[str, Any] = {
    "articles": 0,
    "unchanged": 0,
    "failed": 40,
    "documents_failed": 3,
    "failures": ("dns=43",),
}
"""What a night brings of a site that cannot be reached."""


def rows(*nights: int | dict[str, Any], first: date = MONDAY) -> list[FigureRow]:
    """One night after the other: so many articles, or a night with changes."""
    return [
        figure(first + number * DAY, **({"articles": night} if isinstance(night, int) else night))
        for number, night in enumerate(nights)
    ]


def nights(found: Iterable[FigureRow]) -> tuple[Night, ...]:
    """The same as nights."""
    return tuple(nights_of(found))
