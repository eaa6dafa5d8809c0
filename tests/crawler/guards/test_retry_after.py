"""Seconds out of a Retry-After value (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.guards.politeness import retry_after_seconds

NOW = datetime(2026, 3, 20, 2, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("0", 0.0, id="none"),
        pytest.param("120", 120.0, id="seconds"),
        pytest.param(" 120 ", 120.0, id="spaces"),
        pytest.param("315360000", 315_360_000.0, id="ten years, for the caller to cap"),
        pytest.param("9" * 400, float("inf"), id="more than a float holds"),
        pytest.param("Fri, 20 Mar 2026 02:02:00 GMT", 120.0, id="date"),
        pytest.param("Friday, 20-Mar-26 02:02:00 GMT", 120.0, id="date of RFC 850"),
        pytest.param("Fri Mar 20 02:02:00 2026", 120.0, id="date of asctime, without a zone"),
        pytest.param("Fri, 20 Mar 2026 03:02:00 +0100", 120.0, id="date in another zone"),
        pytest.param("Thu, 19 Mar 2026 02:00:00 GMT", 0.0, id="past date"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", 251628328799.0, id="the last second of the calendar"),
        pytest.param("", None, id="empty"),
        pytest.param("soon", None, id="word"),
        pytest.param("-5", None, id="negative"),
        pytest.param("1.5", None, id="fraction"),
        pytest.param("1e3", None, id="exponent"),
        pytest.param("\u0661\u0662", None, id="digits of another script"),
        pytest.param("Fri, 32 Mar 2026 02:02:00 GMT", None, id="no such day"),
        pytest.param("2026-03-20T02:02:00Z", None, id="ISO 8601 is not HTTP's"),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d [-+]\d{1,9}"))
def test_no_value_harms_and_no_wait_is_negative(value: str) -> None:
    seconds = retry_after_seconds(value, NOW)
    assert seconds is None or seconds >= 0
