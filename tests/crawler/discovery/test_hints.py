"""Dates as hinted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery.hints import plausible, read_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026", "2026-01-01T00:00:00"),
        ("2026-05", "2026-05-01T00:00:00"),
        ("2026-05-01", "2026-05-01T00:00:00"),
        ("20260501", "2026-05-01T00:00:00"),
        ("2026-05-01T10:30Z", "2026-05-01T10:30:00"),
        ("2026-05-01T10:30:15Z", "2026-05-01T10:30:15"),
        ("2026-05-01T10:30:15.123456789Z", "2026-05-01T10:30:15"),
        ("2026-05-01T10:30:15+02:00", "2026-05-01T08:30:15"),
        ("2026-05-01T10:30:15-0530", "2026-05-01T16:00:15"),
        ("2026-05-01T10:30:15+09", "2026-05-01T01:30:15"),
        ("2026-05-01 10:30:15", "2026-05-01T10:30:15"),
        ("2026-05-01 10:30:15 UTC", "2026-05-01T10:30:15"),
        ("\n 2026-05-01T10:30:15Z \n", "2026-05-01T10:30:15"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59"),
        ("Fri, 01 May 2026 10:30:00 +0200", "2026-05-01T08:30:00"),
        ("Fri, 01 May 2026 10:30:00 GMT", "2026-05-01T10:30:00"),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("2026-05-01T25:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("1970-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("9" * 100_000, None),
    ],
)
def test_read_date(text: str | None, expected: str | None) -> None:
    assert read_date(text) == (datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_crashes(text: str) -> None:
    moment = read_date(text)
    assert moment is None or moment.utcoffset() == timedelta()


@settings(deadline=None)
@given(st.datetimes(datetime(1991, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_every_iso_moment_comes_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    offset = moment.utcoffset() or timedelta()
    if offset.total_seconds() % 60 == 0:
        assert read_date(moment.isoformat()) == moment.astimezone(UTC)


def test_what_lies_ahead_is_not_plausible() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert plausible(now + timedelta(hours=23), now) == now + timedelta(hours=23)
    assert plausible(datetime(2099, 1, 1, tzinfo=UTC), now) is None
    assert plausible(None, now) is None
