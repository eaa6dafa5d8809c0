"""The capacity model: sizes, looks, days, nights, costs, each beside what can be counted by hand."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import ConfigError
from crawler.capacity.constants import measured
from crawler.capacity.day import Counts, costs_of, dropped
from crawler.capacity.expected import expected_day, size_classes, source_day
from crawler.capacity.lines import as_document, number, size
from crawler.capacity.looks import looks_at, looks_on
from crawler.capacity.night import (
    Machine,
    PageCost,
    RunTime,
    SourceTime,
    groups,
    pass_night,
    process_rate,
    run_time,
    spread,
)
from crawler.capacity.plan import plan_of
from crawler.capacity.workload import Keep, Spread, Workload, sizes

DAY = timedelta(days=1)
PARTS = ("main_cpu", "worker_cpu", "captures", "derived", "journal", "catalog")
# Round numbers, so that a plan can be worked out by hand.
FLAT = {
    **{f"{kind}.{part}": 10.0 for kind in ("known", "furniture") for part in PARTS},
    **{
        f"{kind}.{part}": 1.0
        for kind in ("identical", "not_modified", "not_due", "picture", "document")
        for part in PARTS
    },
    "page.packed": 1000.0,
    "picture.size": 1000.0,
    "page.unpacked": 5000.0,
    "zstd.share": 0.5,
    "process.memory": 200.0,
    "worker.memory": 100.0,
    "commit.objects": 5.0,
}


@given(
    st.integers(1, 3000),
    st.floats(0.01, 200, allow_nan=False),
    st.floats(1, 5000, allow_nan=False),
)
@settings(max_examples=40)
def test_sizes_add_up_and_fall(sources: int, mean: float, largest: float) -> None:
    found = sizes(Workload(sources, mean * sources, largest=largest))
    assert len(found) == sources
    assert math.fsum(found) == pytest.approx(mean * sources, rel=1e-6)
    assert all(earlier >= later - 1e-9 for earlier, later in pairwise(found))
    assert found[0] <= max(largest, mean) * 1.02


def test_sizes_follow_the_law() -> None:
    found = sizes(Workload(100_000, 5_000_000))
    assert found[0] == pytest.approx(1500, rel=0.01)
    # From the flat top on the size falls with the rank.
    assert found[20_000] / found[40_000] == pytest.approx(2, rel=0.05)


def test_classes_hold_every_source_once() -> None:
    load = Workload(5000, 250_000)
    classes = size_classes(load)
    assert sum(count for _, count in classes) == 5000
    assert sum(each * count for each, count in classes) == pytest.approx(250_000)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sources": 0}, "sources = 0: allowed are 1 to"),
        ({"delay": -1.0}, "delay = -1: allowed are 0 to 3600"),
        ({"night": 30.0}, "night = 30: allowed are 0.1 to 24"),
        ({"pictures": math.nan}, "pictures = nan: allowed are 0 to 1000"),
        ({"not_modified": 1.5}, "not_modified = 1.5: allowed are 0 to 1"),
        ({"sources": 90_000, "articles_per_day": 50.0}, "did you mean 4.5e+06"),
    ],
)
def test_nonsense_is_refused(wrong: dict[str, float], said: str) -> None:
    values = {"sources": 100, "articles_per_day": 5000.0, **wrong}
    with pytest.raises(ConfigError) as caught:
        Workload(**values)  # type: ignore[arg-type] # as a command gives them
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("articles", "taken"),
    [
        # The ladder: a look after 1, 3 and 7 days, and another after 1 for those (a ninth) that changed.
        pytest.param(1.0, [0, 1, 1.11, 2.0, 2.15, 2.17, 2.20, 3.15], id="too few to learn from"),
        # 200 looks are known after the fourth night; then what hardly changes waits for its first look.
        pytest.param(64.0, [0, 1, 1.11, 2.0, 1.2, 1.1, 0.9, 1.0], id="learned in between"),
        pytest.param(1024.0, [0, 1, 0.78, 0.78, 0.75, 0.75, 0.75, 0.8], id="learned on the first night"),
    ],
)
def test_how_many_looks_a_source_takes(articles: float, taken: list[float]) -> None:
    looks = looks_at(DAY, articles, 8)
    assert looks.taken == pytest.approx(taken, abs=0.2)
    # Of the third that changes within a day, most did before the first look.
    assert looks.changed[1] == pytest.approx(0.112, abs=0.01)
    assert all(changed <= taken for taken, changed in zip(looks.taken, looks.changed, strict=True))


def test_looks_of_a_size_lie_between_those_of_its_neighbours() -> None:
    few, many = looks_at(DAY, 64.0, 8).taken[4], looks_at(DAY, 128.0, 8).taken[4]
    assert looks_on(DAY, 64.0, 5)[0] == pytest.approx(few)
    assert looks_on(DAY, 64 * math.sqrt(2), 5)[0] == pytest.approx((few + many) / 2)
    assert looks_on(DAY, 1e-6, 5) == looks_on(DAY, 0.01, 5)


def test_a_run_a_week_looks_as_often_as_it_may() -> None:
    week = timedelta(days=7)
    # Of rungs, a run takes the last that is behind it: after 7 and 30 days, the latter half a week early.
    assert [looks_on(week, 0.1, night)[0] for night in (1, 7, 14)] == pytest.approx([0, 0, 1])
    assert looks_on(week, 0.1, 42)[0] > 1.9


def test_hourly_looks_are_more_and_find_more() -> None:
    hourly, nightly = looks_at(timedelta(hours=1), 1.0, 3), looks_at(DAY, 1.0, 3)
    assert sum(hourly.taken) > 2 * sum(nightly.taken)
    assert sum(hourly.changed) > 2 * sum(nightly.changed)


def test_the_first_night_has_no_looks_and_later_ones_have_more() -> None:
    load = Workload(1000, 50_000)
    first, second, late = (expected_day(load, night=night) for night in (1, 2, 60))
    assert (first.new, first.looks) == (pytest.approx(50_000), 0)
    assert second.looks == pytest.approx(50_000)
    assert late.looks > 2 * second.looks


def test_a_source_takes_no_more_looks_than_its_budget() -> None:
    load = Workload(1, 1500, delay=60.0)
    budget = 24 * 60 / 2  # half of the requests that fit
    assert source_day(load, 1500, 60).looks == pytest.approx(budget)


def test_a_day_costs_what_its_things_cost() -> None:
    counts = Counts(
        new=2, changed=1, furniture=3, identical=4, not_modified=5, not_due=6, pictures=7, documents=8
    )
    costs = costs_of(counts, FLAT, page_bytes=2000, picture_bytes=3000)
    assert costs.main_cpu == pytest.approx((6 * 10 + 4 + 5 + 6 + 7 + 8) / 1000)
    # Pages come twice as large as those that were measured, pictures three times.
    assert costs.captures == pytest.approx(6 * 10 * 2 + 4 + 5 + 7 * 3 + 8)
    assert costs.received == pytest.approx(10 * 2000 + 7 * 3000 + 8)
    assert dropped(counts, FLAT, 2000) == pytest.approx(3 * 10 * 2 + 4 + 5)
    assert (counts.requests, counts.ledger_rows, counts.versions) == (30, 21, 3)


@pytest.mark.parametrize(
    ("sources", "delay", "cost", "rate"),
    [
        pytest.param(10, 1.0, PageCost(0.001, 0.001), 64.0, id="few sources: 64 places"),
        pytest.param(10, 5.0, PageCost(0.001, 0.001), 12.8, id="which are kept for a delay"),
        pytest.param(10, 0.0, PageCost(0.001, 0.001), 160.0, id="or for the site's own .4 s"),
        pytest.param(99.5, 5.0, PageCost(0.001, 0.001), 80.0, id="100 sources: 400 places"),
        pytest.param(10_000, 5.0, PageCost(0.001, 0.001), 204.8, id="very many: 1,024"),
        pytest.param(10_000, 1.0, PageCost(0.05, 0.001), 20.0, id="its own processor"),
        pytest.param(10_000, 1.0, PageCost(0.001, 0.1), 20.0, id="two readers"),
    ],
)
def test_what_limits_a_process(sources: float, delay: float, cost: PageCost, rate: float) -> None:
    assert process_rate(Machine(), sources, delay, cost) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("starts", "hours", "late", "at_once", "rate"),
    [
        pytest.param([(2.0, 1.0)], 2.0, 0.0, 1, 5.0, id="one run"),
        pytest.param([(2.0, 0.5), (12.0, 0.5)], 1.0, 0.0, 1, 5.0, id="one after the other"),
        pytest.param([(2.0, 0.5), (2.5, 0.5)], 1.0, 0.0, 2, 10.0, id="side by side"),
        pytest.param([(2.0, 0.5), (2.96, 0.5)], 1.0, 0.0, 2, 7.4, id="together for a moment"),
        pytest.param([(2.0, 0.02)], 0.04, 0.0, 1, 2.4, id="over before five minutes are"),
        pytest.param(
            [(2.0 + n / 10, 0.2) for n in range(5)], 0.4, 0.0, 4, 20.0, id="four at once are allowed"
        ),
        pytest.param([(2.0 + n / 20, 0.2) for n in range(5)], 0.6, 0.2, 4, 20.0, id="the fifth waits"),
    ],
)
def test_how_a_night_passes(
    starts: list[tuple[float, float]], hours: float, late: float, at_once: int, rate: float
) -> None:
    runs = [
        RunTime(begins, 2 * share, 2 * share, 0.1, 2 * share, ((2 * share * 3600, 2 * share * 3600 * 5.0),))
        for begins, share in starts
    ]
    found = pass_night(runs)
    assert (found.hours, found.late, found.at_once) == (pytest.approx(hours), pytest.approx(late), at_once)
    assert found.rate == pytest.approx(rate)


@pytest.mark.parametrize(
    ("begin", "end", "found"),
    [
        pytest.param(10, 110, {0: 60}, id="within one stretch"),
        pytest.param(200, 400, {0: 30, 1: 30}, id="half in each"),
        pytest.param(0, 600, {0: 30, 1: 30}, id="two whole ones"),
        pytest.param(150, 750, {0: 15, 1: 30, 2: 15}, id="three"),
        pytest.param(400, 400, {1: 60}, id="at once"),
    ],
)
def test_pages_are_shared_out_over_stretches(begin: float, end: float, found: dict[int, float]) -> None:
    stretches: defaultdict[int, float] = defaultdict(float)
    spread(stretches, begin, end, 60)
    assert {stretch: number for stretch, number in stretches.items() if number} == pytest.approx(found)


@pytest.mark.parametrize(
    ("classes", "rate", "bulk", "seconds"),
    [
        pytest.param([SourceTime(1, 100, 1.0)], 50.0, 2, 100, id="one source: its delay"),
        pytest.param([SourceTime(100, 10, 1.0)], 50.0, 20, 20, id="many: the rate"),
        pytest.param(
            [SourceTime(1, 110, 1.0), SourceTime(99, 10, 1.0)], 50.0, 22, 120, id="one goes on alone"
        ),
        pytest.param([SourceTime(100, 10, 3.0)], 50.0, 20, 30, id="pictures hold the pages up"),
    ],
)
def test_how_long_a_run_takes(classes: list[SourceTime], rate: float, bulk: float, seconds: float) -> None:
    found = run_time(2.0, 1.0, classes, rate)
    assert (found.bulk * 3600, found.hours * 3600) == (pytest.approx(bulk), pytest.approx(seconds))
    assert sum(took for took, _ in found.course) == pytest.approx(seconds)
    assert sum(pages for _, pages in found.course) == pytest.approx(sum(c.sources * c.pages for c in classes))


def test_the_largest_source_is_expected_where_it_may_be() -> None:
    classes = [SourceTime(1, 1010, 1.0), SourceTime(99, 10, 1.0)]
    found = run_time(2.0, 0.25, classes, 100.0)
    # One run in four has it, and takes 1,010 seconds; those that do not are over after ten.
    assert found.hours * 3600 == pytest.approx(10 + 1000 / 4)
    assert found.longest * 3600 == pytest.approx(1010)
    four = pass_night([run_time(float(hour), 0.25, classes, 100.0) for hour in (2, 8, 14, 20)])
    assert four.hours * 3600 == pytest.approx(1010)


def test_a_run_fetches_less_when_fewer_hosts_have_any_left() -> None:
    found = run_time(2.0, 1.0, [SourceTime(10, 100, 2.0), SourceTime(90, 10, 1.0)], 50.0)
    assert found.course == ((20.0, 1000.0), (180.0, 900.0))


def test_shares_of_the_zones_add_up() -> None:
    assert sum(share for _, share in groups(Workload(1, 1))) == pytest.approx(1.0)
    assert [share for _, share in groups(Workload(1, 1, spread=Spread.ONE_ZONE))] == pytest.approx(
        [0.8, 0.1, 0.1]
    )


def test_more_of_everything_needs_more() -> None:
    load = Workload(10_000, 500_000)
    plan = plan_of(load, FLAT)
    assert plan_of(replace(load, night=1.0), FLAT).processes > plan.processes
    assert plan_of(replace(load, spread=Spread.ONE_ZONE, night=2.0), FLAT).parts > plan.parts
    assert plan_of(replace(load, replica=True), FLAT).storage.objects == pytest.approx(
        2 * plan.storage.objects
    )
    assert plan.memory == plan.processes * (200 + 2 * 100) * 1e6
    changed = plan_of(replace(load, keep=Keep.CHANGED), FLAT).storage.captures
    daily = plan_of(replace(load, keep=Keep.CHANGED_DAILY), FLAT).storage.captures
    assert changed < daily == pytest.approx(plan.storage.captures)
    packed = plan_of(replace(load, zstd=True, pictures=0.0), FLAT).storage.captures
    assert packed == pytest.approx(0.5 * plan_of(replace(load, pictures=0.0), FLAT).storage.captures)


def test_a_night_that_cannot_be_kept_is_said() -> None:
    with pytest.raises(ConfigError, match=r"not fetched within night = 0\.1 h"):
        plan_of(Workload(1_000_000, 1e9, largest=1e6, night=0.1, delay=3600.0), FLAT)
    with pytest.raises(ConfigError, match=r"bench\.constants --write"):
        plan_of(Workload(1, 1), {})


def test_a_plan_by_the_measured_constants_can_be_printed() -> None:
    document = as_document(plan_of(Workload(100, 5000), measured()))
    assert document["counts"]["requests"] > document["counts"]["pages"] > 5000
    assert document["storage"]["objects_a_year"] == pytest.approx(365 * document["storage"]["objects"])


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.1234, "0.123"), (12.34, "12.3"), (99.96, "100"), (1234567, "1,230,000")],
)
def test_numbers_have_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (999.6, "1 KB"),
        (1234, "1.23 KB"),
        (2.8e12, "2.8 TB"),
        (1.5e18, "1,500 PB"),
    ],
)
def test_sizes_have_units(value: float, shown: str) -> None:
    assert size(value) == shown
