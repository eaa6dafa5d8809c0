"""Windows of the day, limits of bandwidth, quotas."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from config.day_window import end_of_windows, parse_day_window
from config.quota import QuotaSettings
from config.timing import Timing


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-10T{text}")


@pytest.mark.parametrize(
    ("windows", "moment", "ends"),
    [
        (["07:00-09:30"], "06:59", None),
        (["07:00-09:30"], "07:00", "2026-03-10T09:30"),
        (["07:00-09:30"], "09:30", None),
        (["22:00-06:00"], "23:00", "2026-03-11T06:00"),
        (["22:00-06:00"], "05:59", "2026-03-10T06:00"),
        (["22:00-24:00", "00:00-02:00"], "22:30", "2026-03-11T02:00"),
        (["08:00-10:00", "07:00-08:00"], "07:30", "2026-03-10T10:00"),
    ],
)
def test_when_a_window_ends(windows: list[str], moment: str, ends: str | None) -> None:
    found = end_of_windows(map(parse_day_window, windows), at(moment))
    assert found == (None if ends is None else datetime.fromisoformat(ends))


@pytest.mark.parametrize(
    "text", ["07:00", "7-9", "24:00-07:00", "07:60-08:00", "07:00-25:00", "07:00-07:00", "0:00-24:00"]
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValidationError, match=r"window of the day|whole day"):
        Timing(not_between=(text,))


def test_windows_must_leave_a_time() -> None:
    with pytest.raises(ValidationError, match="leaves no minute"):
        Timing(not_between=("00:00-12:30", "12:00-24:00"))


@pytest.mark.parametrize(
    ("moment", "rate"), [("06:59", 2 * 2**20), ("07:00", 500 * 2**10), ("22:00", 2 * 2**20)]
)
def test_bandwidth_by_hour(moment: str, rate: int) -> None:
    quota = QuotaSettings(bandwidth=("07:00-22:00  500KiB", "2MiB"))
    assert quota.rate_at(at(moment)) == rate
    assert QuotaSettings(bandwidth=("07:00-08:00 1MB",)).rate_at(at("09:00")) is None


@pytest.mark.parametrize("text", ["", "0", "fast", "07:00 500KiB", "07:00-22:00", "-5KiB"])
def test_what_is_no_bandwidth(text: str) -> None:
    with pytest.raises(ValidationError, match="no limit of bandwidth"):
        QuotaSettings(bandwidth=(text,))
