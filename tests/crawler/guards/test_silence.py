"""Hosts that let us wait."""

from __future__ import annotations

import pytest

from crawler.guards.silence import MOST_SILENCES, Silences


@pytest.mark.parametrize(
    ("ends", "left_alone"),
    [
        pytest.param("s" * (MOST_SILENCES - 1), False, id="not yet"),
        pytest.param("s" * MOST_SILENCES, True, id="six in a row"),
        pytest.param(
            "s" * (MOST_SILENCES - 1) + "a" + "s" * (MOST_SILENCES - 1), False, id="an answer between"
        ),
        pytest.param("s" * (MOST_SILENCES + 3), True, id="more"),
        pytest.param("a" * 20, False, id="answers alone"),
    ],
)
def test_when_a_host_is_left_alone(ends: str, left_alone: bool) -> None:
    silences = Silences()
    for end in ends:
        silences.note("e.org", silent=end == "s")
    assert silences.too_many("e.org") is left_alone
    assert not silences.too_many("other.org")
