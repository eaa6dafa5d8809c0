"""Dry runs: traces as files, what a synthetic one is like, and what policies catch of a trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import ConfigError
from crawler.simulate import clairvoyant
from crawler.simulate.compare import ADAPTIVE, CLAIRVOYANT, DAILY, LEARNED, POLLER, PRIOR, compare
from crawler.simulate.replay import NIGHTLY, QUARTER_HOURLY, Cadence, Caught, apart
from crawler.simulate.synthetic import Recipe, shares, synthetic_trace
from crawler.simulate.trace import Change, TracedPage, read_trace, write_trace

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOME = '{"url":"u","source":"s","published":"2026-01-01T00:00:00Z"}'
SMALL = Recipe(pages=450, outlets=1, days=12.0, seed=5)


@pytest.fixture(scope="module")
def trace() -> list[TracedPage]:
    return synthetic_trace(SMALL)


def page(*hours: float, removed: float | None = None, name: str = "a") -> TracedPage:
    """Appeared on Monday at eight, and changed so many hours later."""
    changes = tuple(Change(MONDAY + hour * HOUR, ("text",)) for hour in hours)
    gone = None if removed is None else MONDAY + removed * HOUR
    return TracedPage(f"https://news.example/{name}", "news", MONDAY, changes, gone)


def test_the_synthetic_trace_has_the_published_rates() -> None:
    found = shares(synthetic_trace(Recipe(pages=12_000, seed=3)))
    expected = {
        "updated_24h": 0.35,
        "text_24h": 0.151,
        "text_week": 0.1785,
        "title_24h": 0.051,
        "title_week": 0.0606,
        "removed_24h": 0.0068,
        "removed_week": 0.015,
        "once_or_twice_of_updated": 0.80,
        "over_nine_of_updated": 0.05,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=0.15, abs=0.003)


def test_outlets_differ_as_those_that_were_watched() -> None:
    by_source: dict[str, list[TracedPage]] = {}
    for each in synthetic_trace(Recipe(pages=12_000, seed=4)):
        by_source.setdefault(each.source, []).append(each)
    updated = sorted(shares(pages)["updated_24h"] for pages in by_source.values())
    assert 0.18 < updated[0] < 0.26
    assert 0.48 < updated[-1] < 0.62


def test_a_trace_is_read_as_it_was_written(trace: list[TracedPage], tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    assert write_trace(path, trace) == 450
    assert read_trace(path) == trace
    assert synthetic_trace(SMALL) == trace
    assert synthetic_trace(Recipe(pages=450, outlets=1, days=12.0, seed=6)) != trace


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("{", "trace.jsonl:2:", id="no JSON"),
        pytest.param("[1]", "each line is an object", id="no object"),
        pytest.param('{"url": "u", "source": "s"}', "published", id="a key is missing"),
        pytest.param('{"url": "u", "source": "s", "published": "yesterday"}', "yesterday", id="no moment"),
        pytest.param(SOME[:-1] + ',"changes":[3]}', ":2:", id="no change"),
        pytest.param(SOME[:-1] + ',"rate":{"laws":3}}', ":2:", id="no rate"),
    ],
)  # fmt: skip
def test_a_broken_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text(f"{SOME}\n{line}\n")
    with pytest.raises(ConfigError) as error:
        read_trace(path)
    assert told in str(error.value)


def caught(
    page_or_pages: TracedPage | list[TracedPage], policy: str, cadence: Cadence
) -> tuple[int, int, int]:
    """(revisions, caught, requests)."""
    pages = [page_or_pages] if isinstance(page_or_pages, TracedPage) else page_or_pages
    [found] = compare(pages, cadence, policies=(policy,))
    return found.result.revisions, found.result.caught, found.result.requests


@pytest.mark.parametrize(
    ("traced", "policy", "cadence", "expected"),
    [
        pytest.param(page(), POLLER, QUARTER_HOURLY, (0, 0, 96), id="a day of quarters of an hour"),
        pytest.param(page(), PRIOR, QUARTER_HOURLY, (0, 0, 8), id="the ladder has eight looks"),
        pytest.param(page(), PRIOR, NIGHTLY, (0, 0, 4), id="and four at night"),
        pytest.param(page(1.1, 1.2), POLLER, QUARTER_HOURLY, (2, 1, 96), id="two changes between two looks"),
        pytest.param(page(20, 60), DAILY, QUARTER_HOURLY, (2, 2, 30), id="a look a day"),
        pytest.param(page(30.1), POLLER, QUARTER_HOURLY, (1, 0, 96), id="after the poller has stopped"),
        pytest.param(page(1), POLLER, NIGHTLY, (0, 0, 30), id="before the first capture is no revision"),
        pytest.param(page(24 * 40), PRIOR, NIGHTLY, (0, 0, 4), id="nor is what comes after a month"),
        pytest.param(page(removed=5), POLLER, QUARTER_HOURLY, (1, 1, 20), id="gone: no more"),
        # Missing at 16:00, at 0:00 and at 8:00, which makes the tombstone; then after a week.
        pytest.param(page(removed=5), PRIOR, Cadence(8 * HOUR), (1, 1, 4), id="a miss is due again at once"),
        # 15 min and 1 h; from there 15 min, 1 h, 3 h, 8 h, 24 h, 3 d and 7 d. The last is too late.
        pytest.param(page(0.9), PRIOR, QUARTER_HOURLY, (1, 1, 9), id="a change restarts the ladder"),
        # From 90 minutes on, half as long again each time; later than 30 days comes nothing.
        pytest.param(page(), ADAPTIVE, QUARTER_HOURLY, (0, 0, 13), id="plus fifty per cent"),
    ],
)  # fmt: skip
def test_what_a_policy_catches_is_what_a_person_counts(
    traced: TracedPage, policy: str, cadence: Cadence, expected: tuple[int, int, int]
) -> None:
    assert caught(traced, policy, cadence) == expected


def test_a_budget_is_what_a_source_gets_a_run() -> None:
    pages = [page(name=str(number)) for number in range(10)]
    [free, short] = [
        compare(pages, NIGHTLY, policies=(PRIOR,), budget=budget)[0].result for budget in (None, 2)
    ]
    assert free.requests == 40
    assert short.requests < free.requests


@pytest.mark.parametrize("cadence", [QUARTER_HOURLY, NIGHTLY], ids=["quarters of an hour", "nights"])
def test_our_schedule_beside_the_others(trace: list[TracedPage], cadence: Cadence) -> None:
    """The aims of `make bench-revisits`, over a trace so short that most of it goes into learning."""
    found = {each.policy: each.result for each in compare(trace, cadence)}
    ours, best, poller = found[LEARNED], found[CLAIRVOYANT], found[POLLER]
    assert ours.share >= (0.85 if cadence is QUARTER_HOURLY else 0.9 * poller.share)
    assert ours.requests <= 0.25 * poller.requests
    assert ours.yield_ >= 1.3 * found[ADAPTIVE].yield_
    assert 0.85 * best.caught <= ours.caught
    assert best.requests <= ours.requests
    assert best.share > max(ours.share, found[PRIOR].share) - 0.01


def test_the_clairvoyant_plan_keeps_to_its_budget_and_knows_whom_to_ask(trace: list[TracedPage]) -> None:
    for budget in (0, 1, 2000):
        for cadence in (NIGHTLY, QUARTER_HOURLY):
            plan = clairvoyant.plan(trace, cadence, budget)
            assert sum(map(len, plan.values())) <= budget + (budget > 0)
    plan = clairvoyant.plan(trace, NIGHTLY, 150)
    asked = [trace[number].rate for number in plan]
    left = [each.rate for number, each in enumerate(trace) if number not in plan]
    mean = [sum(rate.laws[0].rate for rate in rates if rate) / len(rates) for rates in (asked, left)]
    assert mean[0] > 2 * mean[1]


@pytest.mark.parametrize("seconds", [(2, 0, 1), (1, 2, 0), (0, 0, 0), (-3, 3, -3)], ids=str)
def test_seconds_of_a_nightly_archive_lose_no_change(seconds: tuple[int, ...]) -> None:
    """Looks at two in each of three nights, each a few seconds early or late."""
    first, *later = (
        datetime(2026, 3, 20 + night, 2, tzinfo=UTC) + timedelta(seconds=late)
        for night, late in enumerate(seconds)
    )
    pages = [TracedPage("u", "news", first, tuple(Change(at, ("text",)) for at in later))]
    for every in (NIGHTLY, Cadence(12 * HOUR, 2 * HOUR)):
        moved = apart(every, pages)
        assert moved.at_or_after(first) - first == pytest.approx(every.every / 2, abs=timedelta(seconds=5))
    [line] = compare(pages, apart(NIGHTLY, pages), policies=[POLLER])
    assert (line.result.caught, line.result.revisions) == (2, 2)


def test_moments_of_all_hours_leave_the_hour_as_it_is(trace: list[TracedPage]) -> None:
    assert apart(NIGHTLY, trace) == NIGHTLY
    assert apart(NIGHTLY, []) == NIGHTLY


def test_without_rate_functions_nobody_is_clairvoyant() -> None:
    assert compare([page(1)], NIGHTLY, policies=(CLAIRVOYANT,)) == []
    with pytest.raises(ValueError, match="rate function"):
        clairvoyant.plan([page(1)], NIGHTLY, 3)


def test_nothing_caught_of_nothing() -> None:
    assert (Caught(0, 0, 0, 1).share, Caught(0, 0, 0, 1).yield_) == (0.0, 0.0)
