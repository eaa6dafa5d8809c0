"""Timestamps and dates of HTTP, by table and there and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.moments import digits, from_digits, from_http_date, http_date

SECONDS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))


@given(SECONDS)
def test_there_and_back(moment: datetime) -> None:
    assert from_digits(digits(moment)) == moment
    assert from_digits(digits(moment), up=True) == moment
    assert from_http_date(http_date(moment)) == moment


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "20260101000000", "20261231235959"),
        ("202602", "20260201000000", "20260228235959"),
        ("202402", "20240201000000", "20240229235959"),
        ("20260321", "20260321000000", "20260321235959"),
        ("2026032118", "20260321180000", "20260321185959"),
        ("202603211830", "20260321183000", "20260321183059"),
    ],
)
def test_what_few_digits_mean(text: str, first: str, last: str) -> None:
    assert (digits(from_digits(text)), digits(from_digits(text, up=True))) == (first, last)


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "202",
        "20263",
        "202613",
        "20260230",
        "2026022825",
        "0000",
        "2026-01",
        "\uff12\uff10\uff12\uff16",
        "20260101000060",
    ],
)
def test_what_is_no_timestamp(text: str, up: bool) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_digits(text, up=up)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-21",
        "Sat, 21 Mar 2026 18:30:00 CET",
        "Sat, 21 Mrz 2026 18:30:00 GMT",
        "Sat, 31 Apr 2026 18:30:00 GMT",
    ],
)
def test_what_is_no_date_of_http(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_http_date(text)
