"""Gap, tolerance and budget of a source; what is gained by a look; feeds; requests on condition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.rows import FeedRow, HostRow
from config.source import Source
from crawler.due import next_look
from crawler.known_page import KnownPage
from crawler.revisit.budget import choose, expected_gain, looks_a_run
from crawler.revisit.cadence import gap_of
from crawler.revisit.conditional import honours
from crawler.revisit.feeds import next_interval
from crawler.revisit.hazard import Hazard
from crawler.revisit.pace import DEFAULT_LADDER_DAYS, Pace, pace_of
from crawler.revisit.rates import BEFORE_DATA, HOUR, Hazards, SourceRates

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
QUIET, LIVELY = Hazard(0.01, 1.4), Hazard(2.0, 0.5)
LEARNED = Hazards((QUIET, *([LIVELY] * 6)))


def source(**more: Any) -> Source:
    return Source.model_validate({"name": "news", "homepage": "https://news.example/", **more})


def page(age: timedelta, looked: timedelta | None = None, **more: Any) -> KnownPage:
    """First captured `age` ago and looked at `looked` ago."""
    return KnownPage(NOW - age, NOW - (age if looked is None else looked), **more)


@pytest.mark.parametrize(
    ("cron", "gap"),
    [
        ("0 2 * * *", DAY),
        ("*/15 * * * *", 15 * MINUTE),
        ("0 * * * *", HOUR),
        ("0 6,18 * * *", 12 * HOUR),
        ("0 2 * * 1", 7 * DAY),
        pytest.param("*/10 6-22 * * *", 10 * MINUTE, id="by day"),
        pytest.param("0 0 1 * *", 31 * DAY, id="months"),
    ],
)
def test_the_gap_is_the_usual_time_between_two_runs(cron: str, gap: timedelta) -> None:
    assert gap_of(source(schedule=cron, timezone="Europe/Berlin"), NOW) == gap


@pytest.mark.parametrize(
    ("budget", "gap", "delay", "looks"),
    [
        pytest.param(200, DAY, 5.0, 200, id="a number is one"),
        pytest.param(0, DAY, 5.0, 0, id="none at all"),
        pytest.param(0.5, DAY, 5.0, 8640, id="half of a night's requests"),
        pytest.param(0.5, 15 * MINUTE, 5.0, 90, id="half of a quarter of an hour's"),
        pytest.param(0.01, MINUTE, 30.0, 1, id="one at least"),
        pytest.param(0.5, DAY, 0.0, None, id="without a delay nothing limits them"),
    ],
)
def test_the_budget_of_a_run(budget: float, gap: timedelta, delay: float, looks: int | None) -> None:
    assert looks_a_run(budget, gap, delay) == looks


def test_a_pace_is_read_off_the_source() -> None:
    slow = source(schedule="0 * * * *", politeness={"delay": "10s"}, revisit={"budget": "25%"})
    pace = pace_of(slow, SourceRates("news"), now=NOW, ladder_days=DEFAULT_LADDER_DAYS, delay=5.0)
    assert (pace.gap, pace.tolerance, pace.budget, pace.hazards) == (HOUR, HOUR / 2, 90, None)


def test_the_highest_gains_come_first_and_the_budget_ends_them() -> None:
    pages = {
        "day old": page(DAY),
        "minutes old": page(15 * MINUTE),
        "just looked at": page(DAY, looked=15 * MINUTE),
        "week old, looked at then": page(7 * DAY),
        "missed": page(DAY, looked=15 * MINUTE, misses=1),
    }
    taken, over = choose(pages.items(), NOW, BEFORE_DATA, 3)
    assert (taken, over) == (
        ["missed", "week old, looked at then", "day old"],
        ["minutes old", "just looked at"],
    )
    assert choose(pages.items(), NOW, BEFORE_DATA, None) == ([*taken, *over], [])


@given(st.timedeltas(timedelta(0), 60 * DAY), st.timedeltas(timedelta(0), 60 * DAY), st.integers(0, 9))
def test_a_gain_is_a_chance_that_grows_with_waiting(age: timedelta, longer: timedelta, changes: int) -> None:
    known = page(age, changes=changes)
    soon, late = expected_gain(known, NOW, BEFORE_DATA), expected_gain(known, NOW + longer, BEFORE_DATA)
    assert 0 <= soon <= late <= 1


def looks_of(pace: Pace, known: KnownPage, until: timedelta) -> list[float]:
    """Hours at which an unchanging page is looked at by runs each `pace.gap`."""
    found, now = [], known.first_captured_at
    while now <= known.first_captured_at + until:
        now += pace.gap
        look = next_look(known, pace)
        if look is not None and look <= now:
            found.append((now - known.first_captured_at) / HOUR)
            known = KnownPage(known.first_captured_at, now, known.last_changed_at, changes=known.changes)
    return found


def test_what_was_learned_decides_when_to_look() -> None:
    """A quiet page: once, at the ladder's end. A lively one: at each run, then less and less."""
    quiet = looks_of(Pace(gap=HOUR, hazards=LEARNED), page(0 * DAY), 40 * DAY)
    assert quiet == [720.0]
    nights = looks_of(Pace(gap=DAY, hazards=LEARNED), page(0 * DAY), 40 * DAY)
    assert nights == [720.0]
    busy = looks_of(Pace(gap=HOUR, hazards=LEARNED), page(0 * DAY, changes=1), 2 * DAY)
    assert busy == [float(hour) for hour in range(1, 50)]


def test_looks_come_at_equal_expectation() -> None:
    hazard = Hazard(1.0, 1.4)
    pace = Pace(gap=MINUTE, hazards=Hazards((hazard,) * 7), threshold=0.2)
    at = [0.0, *looks_of(pace, page(0 * DAY), DAY)]
    between = [hazard.expected(a, b) for a, b in pairwise(at)]
    assert between == pytest.approx([0.2] * 9, abs=0.01)  # 1.81 in a day


@given(
    st.timedeltas(timedelta(0), 40 * DAY), st.timedeltas(timedelta(0), 40 * DAY), st.integers(0, 9),
    st.sampled_from([15 * MINUTE, HOUR, DAY, 7 * DAY]), st.booleans(),
)  # fmt: skip
def test_a_page_that_was_just_looked_at_waits_half_a_gap_and_its_last_look_comes(
    age: timedelta, looked: timedelta, changes: int, gap: timedelta, learned: bool
) -> None:
    known = page(max(age, looked), looked, changes=changes)
    pace = Pace(gap=gap, hazards=LEARNED if learned else None)
    look, end = next_look(known, pace), known.first_captured_at + 30 * DAY
    if look is None:
        assert known.last_fetched_at >= end - pace.tolerance
    else:
        assert look > known.last_fetched_at
        assert look <= max(end, known.last_fetched_at + gap) - pace.tolerance


def feed(minutes: int) -> FeedRow:
    return FeedRow(
        source="news", url_key="k", url="u", interval_minutes=minutes, polled_at=NOW, run_id="r", entries=30,
        seen=20,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "entries", "seen", "gap", "after"),
    [
        pytest.param(None, 30, 0, 15 * MINUTE, 15, id="begins with the schedule"),
        pytest.param(None, 30, 0, 12 * HOUR, 360, id="begins with six hours at the most"),
        pytest.param(60, 30, 29, HOUR, 80, id="nothing new: later, by 20 minutes"),
        pytest.param(15, 30, 29, 15 * MINUTE, 22, id="never by more than half"),
        pytest.param(60, 30, 15, HOUR, 60, id="half of them new: as it is"),
        pytest.param(60, 30, 5, HOUR, 40, id="nearly all new: sooner"),
        pytest.param(12, 30, 0, 15 * MINUTE, 10, id="no sooner than ten minutes"),
        pytest.param(1435, 30, 30, HOUR, 1440, id="no later than a day"),
        pytest.param(60, 0, 0, HOUR, 80, id="an empty feed"),
    ],
)
def test_a_feed_is_polled_so_that_about_half_of_it_is_known(
    before: int | None, entries: int, seen: int, gap: timedelta, after: int
) -> None:
    row = None if before is None else feed(before)
    assert round(next_interval(row, entries, seen, gap) / MINUTE) == after


def test_a_steady_feed_settles_where_a_third_to_two_thirds_are_known() -> None:
    """40 entries long, 16 new ones an hour."""
    row, shares = feed(15), []
    for _ in range(60):
        new = min(40, round(row.interval_minutes * 16 / 60))
        shares.append((40 - new) / 40)
        minutes = round(next_interval(row, 40, 40 - new, 15 * MINUTE) / MINUTE)
        row = feed(minutes)
    assert all(1 / 3 <= share <= 0.67 for share in shares[10:])


@pytest.mark.parametrize(
    ("row", "passed_over", "asked"),
    [
        pytest.param(None, 0, True, id="a host we don't know"),
        pytest.param(HostRow(host="h", asked=19, honoured=0), 0, True, id="still on trial"),
        pytest.param(HostRow(host="h", asked=20, honoured=0), 0, False, id="never a 304"),
        pytest.param(HostRow(host="h", asked=20, honoured=0), 49, True, id="one in fifty is tried"),
        pytest.param(HostRow(host="h", asked=1000, honoured=20), 0, True, id="some of its pages"),
        pytest.param(HostRow(host="h", asked=1000, honoured=19), 0, False, id="too few of its pages"),
    ],
)
def test_conditions_are_for_hosts_that_honour_them(
    row: HostRow | None, passed_over: int, asked: bool
) -> None:
    assert honours(row, passed_over) is asked
