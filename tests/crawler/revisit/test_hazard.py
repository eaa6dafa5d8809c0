"""The power law of edits, and its fit."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.revisit.hazard import NEVER, Exposure, Hazard, fit

hazards = st.builds(Hazard, st.floats(1e-4, 10), st.floats(0, 3))
ages = st.floats(0, 5000)


@pytest.mark.parametrize(
    ("hazard", "since", "until", "expected"),
    [
        pytest.param(Hazard(2.0, 0.0), 1.0, 4.0, 6.0, id="constant: two an hour for three hours"),
        pytest.param(Hazard(1.0, 1.0), 0.0, math.e - 1, 1.0, id="slope 1: a logarithm"),
        pytest.param(Hazard(1.0, 2.0), 0.0, 1.0, 0.5, id="slope 2: 1 - 1 / (1 + age)"),
        pytest.param(Hazard(1.0, 2.0), 3.0, 1.0, 0.0, id="backwards: nothing"),
    ],
)
def test_expected_changes(hazard: Hazard, since: float, until: float, expected: float) -> None:
    assert hazard.expected(since, until) == pytest.approx(expected)


@given(hazards, ages, st.floats(1e-3, 5))
def test_the_age_by_which_so_many_have_come_is_the_inverse(
    hazard: Hazard, since: float, wanted: float
) -> None:
    age = hazard.age_of(since, wanted)
    assert age > since
    if age < 1e9:  # a law that falls off may take longer than floats tell apart
        assert hazard.expected(since, age) == pytest.approx(wanted, rel=1e-3)
    elif age == NEVER:
        assert hazard.expected(since, 1e300) <= wanted


def test_a_page_that_never_changes_is_never_due() -> None:
    assert Hazard(0.0, 1.4).age_of(1.0, 0.1) == NEVER


@pytest.mark.parametrize("true", [Hazard(0.5, 1.4), Hazard(0.02, 0.8), Hazard(2.0, 2.0)])
def test_a_fit_finds_the_law_that_was_at_work(true: Hazard) -> None:
    """Enough hours in each class, and as many changes as the law gives; the prior weighs little."""
    bounds = (0.0, 0.25, 1.0, 3.0, 8.0, 24.0, 72.0, 168.0, 720.0)
    pages = 5000
    seen = [Exposure(a, b, pages * (b - a), pages * true.expected(a, b)) for a, b in pairwise(bounds)]
    found = fit(seen, Hazard(0.25, 1.4), 4.0)
    assert found.slope == pytest.approx(true.slope, abs=0.051)
    assert found.expected(0, 24) == pytest.approx(true.expected(0, 24), rel=0.02)


def test_without_data_the_prior_stands() -> None:
    prior = Hazard(0.25, 1.4)
    seen = [Exposure(0.0, 1.0, 0.0, 0.0), Exposure(1.0, 24.0, 0.0, 0.0)]
    found = fit(seen, prior, 4.0)
    assert (found.rate, found.slope) == (pytest.approx(prior.rate), prior.slope)
