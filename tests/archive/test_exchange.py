"""Exchanges and outcomes as values."""

from __future__ import annotations

from datetime import datetime

import pytest

from archive.exchange import Exchange
from archive.outcome import NEEDS_REASON, Outcome, OutcomeKind
from tests.archive.material import NOON, exchange


@pytest.mark.parametrize(
    ("line", "mime"),
    [
        ("Content-Type: text/html", "text/html"),
        ("Content-Type: text/html; charset=utf-8", "text/html"),
        ("content-type:Text/HTML;charset=utf-8", "text/html"),
        ("Content-Type:   text/html  ", "text/html"),
        ("Content-Type: text/html charset=utf-8", "text/html"),
        ("Content-Type: text/html\t; x", "text/html"),
        ("Content-Type:", ""),
        ("Content-Type: ; charset=utf-8", ""),
        ("X-Content-Type: text/html", ""),
    ],
)
def test_the_media_type_is_read_leniently(line: str, mime: str) -> None:
    assert exchange(headers=(line,)).mime == mime


def test_headers_keep_order_case_and_repetition() -> None:
    one = exchange(
        headers=("X-b: 1", "x-A:  two ", "Set-Cookie: a=b:c", "set-cookie: d", "Caf\u00e9: \u00fc")
    )
    assert one.headers == (
        ("X-b", "1"),
        ("x-A", "two"),
        ("Set-Cookie", "a=b:c"),
        ("set-cookie", "d"),
        ("Caf\u00e9", "\u00fc"),
    )
    assert one.header("SET-COOKIE") == "a=b:c"
    assert one.header("absent") is None


def test_an_exchange_needs_its_zone() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        Exchange("https://a.example/", datetime(2026, 1, 1), b"", b"", 200, b"")  # noqa: DTZ001
    assert exchange(at=NOON).at == NOON


@pytest.mark.parametrize("kind", list(OutcomeKind))
def test_every_no_has_a_reason(kind: OutcomeKind) -> None:
    if kind in NEEDS_REASON:
        for nothing in (None, ""):
            with pytest.raises(ValueError, match="needs a reason"):
                Outcome(kind, nothing)
        assert str(Outcome(kind, "robots")) == f"{kind}(robots)"
    else:
        assert str(Outcome(kind)) == kind.value


def test_the_outcomes_are_the_seven_of_the_contract() -> None:
    assert [kind.value for kind in OutcomeKind] == [
        "archived", "unchanged", "not_modified", "skipped", "failed", "quarantined", "gone",
    ]  # fmt: skip
