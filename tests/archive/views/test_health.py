"""A source's nights put together by month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from archive.night_figures import Night, nights_of
from archive.rows import FigureRow
from archive.views.health import Month, months_of
from archive.views.today import SourceNight

NIGHT = {
    "articles": 4, "titled": 4, "dated": 3, "pictured": 2, "edited": 1, "removed": 0, "archived": 5,
    "unchanged": 4, "not_modified": 0, "skipped": 0, "failed": 1, "quarantined": 1, "gone": 0,
    "documents": 1, "documents_failed": 0,
}  # fmt: skip


def night(day: str, **changes: Any) -> Night:
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=3)
    values: dict[str, Any] = {
        "source": "ever", "run_id": f"run-{day}", "night": day, "at": at, "whole": True, "characters": 800,
        "newest_at": None, "failures": ("dns=1",),
    }  # fmt: skip
    [found] = nights_of([FigureRow(**(values | NIGHT | changes))])
    return found


def run(day: str, minutes: int | None) -> SourceNight:
    begun = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=2)
    ended = None if minutes is None else begun + timedelta(minutes=minutes)
    return SourceNight("ever", f"run-{day}", "done", begun, ended, 0, 0, 0, {}, ())


def test_months_are_sums_and_shares_the_newest_first() -> None:
    nights = [night("2026-02-28"), night("2026-03-01", failures=("dns=2", "timeout=5")), night("2026-03-02")]
    march, february = months_of(nights, [run("2026-03-01", 4), run("2026-03-02", 8), run("2026-03-03", None)])
    assert march == Month(
        month="2026-03", nights=2, articles=8, edited=2, removed=0, quarantined=2, titled=1.0, pictured=0.5,
        dated=0.75, text=18 / 20, answered=20 / 22, failures=(("timeout", 5), ("dns", 3)), seconds=360.0,
    )  # fmt: skip
    assert (february.month, february.nights, february.seconds) == ("2026-02", 1, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"articles": 0}, "titled"),
        ({"articles": 0}, "pictured"),
        ({"archived": 0, "unchanged": 0, "quarantined": 0}, "text"),
        ({"archived": 0, "unchanged": 0, "quarantined": 0, "failed": 0}, "answered"),
    ],
)
def test_nothing_has_no_share(changes: dict[str, int], field: str) -> None:
    [month] = months_of([night("2026-03-01", **changes)], [])
    assert getattr(month, field) is None


def test_a_source_without_nights_has_no_months() -> None:
    assert months_of([], []) == ()
