"""Moments and digests: one spelling, whatever comes in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clock import ShiftedClock, SystemClock, isoformat_z, parse_z, require_utc
from archive.digest import sha256_hex, url_key, warc_sha1
from tests.archive.material import MOMENTS

BERLIN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        pytest.param(
            datetime(2026, 3, 29, 1, 2, 3, tzinfo=UTC), "2026-03-29T01:02:03.000000Z", id="whole seconds"
        ),
        pytest.param(
            datetime(2026, 3, 29, 1, 2, 3, 4, tzinfo=UTC), "2026-03-29T01:02:03.000004Z", id="micro"
        ),
        pytest.param(datetime(2026, 3, 29, 1, 2, 3, tzinfo=BERLIN), "2026-03-28T23:02:03.000000Z", id="zone"),
        pytest.param(datetime(999, 1, 1, tzinfo=UTC), "0999-01-01T00:00:00.000000Z", id="three-digit year"),
        pytest.param(datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z", id="year one"),
        pytest.param(datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z", id="end of time"),
    ],
)
def test_a_moment_has_one_spelling(moment: datetime, text: str) -> None:
    assert isoformat_z(moment) == text
    assert parse_z(text) == moment


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (isoformat_z(one) < isoformat_z(other)) == (one < other)
    assert len(isoformat_z(one)) == 27
    assert parse_z(isoformat_z(one)) == one


@pytest.mark.parametrize("call", [require_utc, isoformat_z])
def test_a_naive_moment_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"must be timezone-aware, got 2026-03-29T00:00:00"):
        call(datetime(2026, 3, 29))  # type: ignore[operator]  # noqa: DTZ001


def test_a_naive_text_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        parse_z("2026-03-29T00:00:00")


def test_clocks_give_utc_and_run_on() -> None:
    shifted = ShiftedClock(datetime(2030, 1, 1, tzinfo=BERLIN))
    first, second = shifted.now(), shifted.now()
    assert datetime(2030, 1, 1, tzinfo=BERLIN) <= first <= second < first + timedelta(seconds=30)
    assert SystemClock().now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("data", "sha256", "sha1"),
    [
        # the values of FIPS 180-4's examples, sha1 in Base32
        (
            b"abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
        ),
        (
            b"",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
        ),
    ],
)
def test_digests_are_the_standard_ones(data: bytes, sha256: str, sha1: str) -> None:
    assert sha256_hex(data) == sha256
    assert warc_sha1(data) == sha1


SAME_TO_SOME = [
    "https://a.example/s",
    "https://a.example/s/",
    "https://a.example/S",
    "http://a.example/s",
    "https://www.a.example/s",
    "https://a.example/s?ref=x",
    "https://a.example/#!/s/1",
    "https://a.example/#!/s/2",
    "https://a.example/caf\u00e9",  # NFC
    "https://a.example/cafe\u0301",  # NFD
    "https://a.example/\ud800",
]


def test_no_two_addresses_share_a_key() -> None:
    keys = {url_key(url) for url in SAME_TO_SOME}
    assert len(keys) == len(SAME_TO_SOME)
    assert {len(key) for key in keys} == {32}


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_a_key_is_of_the_exact_text(one: str, other: str) -> None:
    assert (url_key(one) == url_key(other)) == (one == other)
