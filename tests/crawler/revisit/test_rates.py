"""What looks teach of a source."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from archive.journal_lines import read_row, row_line
from archive.rows import RateRow
from crawler.known_page import stage_of
from crawler.revisit.hazard import Hazard
from crawler.revisit.rates import HOUR, SourceRates

BORN = datetime(2026, 3, 2, tzinfo=UTC)


def rates(*looks: tuple[float, float, bool], stage: int = 0) -> SourceRates:
    """Looks as (hours from the last one, to this one, whether it found a change)."""
    found = SourceRates("news")
    for since, until, changed in looks:
        found.observe(stage, BORN, BORN + since * HOUR, BORN + until * HOUR, changed=changed)
    return found


def row(found: SourceRates, age_class: str) -> RateRow:
    return next(each for each in found.take_changed() if each.age_class == age_class)


def test_a_look_counts_in_the_class_of_its_age_and_its_hours_in_every_class_on_the_way() -> None:
    rows = {each.age_class: (each.looks, each.hours) for each in rates((0.0, 4.0, False)).take_changed()}
    assert rows == {"15m": (0, 0.25), "1h": (0, 0.75), "3h": (0, 2.0), "8h": (1, 1.0)}


def test_a_change_is_shared_out_over_the_ages_that_it_may_have_come_at() -> None:
    rows = {each.age_class: each.changes for each in rates((0.0, 24.0, True)).take_changed()}
    assert list(rows) == ["15m", "1h", "24h", "3h", "8h"]
    assert 1.0 < sum(rows.values()) < 2.0  # more than one may have come since
    assert rows["15m"] / 0.25 > rows["1h"] / 0.75 > rows["3h"] / 2 > rows["8h"] / 5 > rows["24h"] / 16


@pytest.mark.parametrize(
    ("since", "until"),
    [pytest.param(3.0, 3.0, id="no time"), pytest.param(3.0, 2.0, id="the clock went back"),
     pytest.param(-1.0, 2.0, id="before it was born")],
)  # fmt: skip
def test_nothing_is_learned_of_no_time(since: float, until: float) -> None:
    assert rates((since, until, True)).take_changed() == []


def test_rows_are_handed_out_once_and_survive_the_journal() -> None:
    found = rates((0.0, 24.0, True), (24.0, 72.0, False))
    rows = found.take_changed()
    assert found.take_changed() == []
    assert [read_row(row_line(each), "k", 1) for each in rows] == rows
    again = SourceRates("news", rows)
    assert again.estimate == found._fit()


def watched(seed: int, pages: int, a_day: float) -> SourceRates:
    """Pages looked at by the ladder for a day; each changes so often in the mean, and is then left."""
    rng, found = random.Random(seed), SourceRates("news")
    law = Hazard(a_day / Hazard(1.0, 1.4).expected(0, 24), 1.4)
    ladder = (0.0, 0.25, 1.0, 3.0, 8.0, 24.0)
    for _ in range(pages):
        changes_at = law.age_of(0.0, rng.expovariate(1.0))
        for since, until in pairwise(ladder):
            changed = since < changes_at <= until
            found.observe(0, BORN, BORN + since * HOUR, BORN + until * HOUR, changed=changed)
            if changed:
                break
    return found


def test_little_is_no_ground_to_leave_the_ladder() -> None:
    assert watched(1, pages=5, a_day=0.5).learned is None
    assert watched(1, pages=100, a_day=0.0).learned is None
    assert watched(1, pages=100, a_day=0.4).learned is not None


def test_a_lively_source_is_told_from_a_quiet_one() -> None:
    lively, quiet = (watched(2, 1000, a_day).estimate.of(0).expected(0, 24) for a_day in (0.9, 0.1))
    assert lively == pytest.approx(0.9, rel=0.15)
    assert quiet == pytest.approx(0.1, rel=0.3)


def test_a_source_that_changes_its_ways_is_learned_anew() -> None:
    """After some thousand looks the older ones begin to fade."""
    found = SourceRates("news", [RateRow(source="news", stage=0, age_class="15m", looks=5000, changes=500.0,
                                         hours=1250.0)])  # fmt: skip
    found.observe(0, BORN, BORN, BORN + 0.25 * HOUR, changed=False)
    faded = row(found, "15m")
    assert (faded.looks, faded.changes, faded.hours) == (2501, 250.0, 625.25)


def test_hints_that_name_nothing_are_not_followed_any_more() -> None:
    found = SourceRates("news")
    for _ in range(20):
        assert found.hints_hold
        found.observe(0, BORN, BORN, BORN + HOUR, changed=False, hinted=True)
    assert not found.hints_hold
    found.observe(0, BORN, BORN, BORN + HOUR, changed=True, hinted=True)
    found.observe(0, BORN, BORN, BORN + HOUR, changed=True, hinted=True)
    assert found.hints_hold
    assert [(each.age_class, each.looks, each.changes) for each in found.take_changed()] == [
        ("hinted", 22, 2.0)
    ]


@pytest.mark.parametrize(
    ("changes", "hours", "stage"),
    [(0, 0.0, 0), (1, 1.0, 2), (1, 9.0, 1), (2, 3.0, 4), (2, 30.0, 3), (3, 2.0, 6), (9, 12.0, 6), (3, 70.0, 5)
     ],
)  # fmt: skip
def test_a_page_is_of_the_stage_of_its_history(changes: int, hours: float, stage: int) -> None:
    assert stage_of(changes, timedelta(hours=hours)) == stage
