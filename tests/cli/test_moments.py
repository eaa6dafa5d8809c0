from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import typer

from cli.moments import end, latest, start


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2026-03-21T18:30", utc(2026, 3, 21, 18, 30), id="minutes, UTC"),
        pytest.param("2026-03-21 18:30:05", utc(2026, 3, 21, 18, 30, 5), id="a space, seconds"),
        pytest.param("2026-03-21T18:30Z", utc(2026, 3, 21, 18, 30), id="Z"),
        pytest.param("2026-03-21T18:30+01:00", utc(2026, 3, 21, 17, 30), id="an offset"),
        pytest.param("2026-03-21T00:30+0100", utc(2026, 3, 20, 23, 30), id="the day before in UTC"),
        pytest.param("2026-03-21T18:30:00.25Z", utc(2026, 3, 21, 18, 30, 0, 250000), id="parts of a second"),
        pytest.param("20260321183005", utc(2026, 3, 21, 18, 30, 5), id="14 digits"),
        pytest.param(" 2026-03-21T18:30\n", utc(2026, 3, 21, 18, 30), id="white space"),
    ],
)
def test_a_moment_is_itself_in_every_place(text: str, expected: datetime) -> None:
    assert latest(text, "--at") == start(text, "--since") == end(text, "--until") == expected


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        pytest.param(latest, "2026-03-21", utc(2026, 3, 21, 23, 59, 59, 999999), id="its end"),
        pytest.param(start, "2026-03-21", utc(2026, 3, 21), id="its start"),
        pytest.param(end, "2026-03-21", utc(2026, 3, 22), id="the next day's start"),
        pytest.param(end, "2024-02-28", utc(2024, 2, 29), id="a leap day follows"),
        pytest.param(end, "2026-12-31", utc(2027, 1, 1), id="a year ends"),
    ],
)
def test_a_date_is_a_whole_day(read: Callable[[str, str], datetime], text: str, expected: datetime) -> None:
    assert read(text, "--at") == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026", "2026-03", "21.03.2026", "2026-3-1", "2026-02-30", "2026-03-21T25:00",
        "2026-03-21T18", "2026-03-21x18:30", "2026-W12-6", "2026-03-21T18:30+99:00", "9999-12-31",
        "0001-01-01T00:00+14:00", "20261321183005", "٢٠٢٦-٠٣-٢١", "1774117800",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"--at .*allowed is a date such as 2026-03-21"):
        latest(text, "--at")
