"""What is due, and when a known page is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.outcome import Outcome, OutcomeKind
from crawler.candidate import Candidate, FoundBy
from crawler.due import PATIENCE, Why, due, next_look
from crawler.known_page import KnownPage
from crawler.revisit.pace import Pace

MONDAY = datetime(2026, 3, 2, 2, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def candidate(found_by: FoundBy = FoundBy.FEED, **hints: datetime) -> Candidate:
    return Candidate("https://news.example/a", found_by, "https://news.example/rss", **hints)


def page(fetched: timedelta = timedelta(), **more: object) -> KnownPage:
    return KnownPage(MONDAY, MONDAY + fetched, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "found", "after", "fetch", "why"),
    [
        pytest.param(None, candidate(), 0 * DAY, True, Why.NEW, id="never seen"),
        pytest.param(page(), candidate(), 2 * HOUR, False, Why.NOT_DUE, id="captured two hours ago"),
        pytest.param(page(), candidate(FoundBy.HAND), 2 * HOUR, True, Why.ASKED, id="asked for by hand"),
        pytest.param(
            page(), candidate(), 1 * DAY - 5 * HOUR / 60, True, Why.LOOK, id="next night, minutes early"
        ),
        pytest.param(page(), candidate(), 23 * HOUR, True, Why.LOOK, id="next night, clocks went forward"),
        pytest.param(page(1 * DAY), candidate(), 2 * DAY, False, Why.NOT_DUE, id="second night"),
        pytest.param(page(1 * DAY), candidate(), 3 * DAY, True, Why.LOOK, id="third night"),
        pytest.param(page(3 * DAY), candidate(), 4 * DAY, False, Why.NOT_DUE, id="fourth night"),
        pytest.param(page(3 * DAY), candidate(), 7 * DAY, True, Why.LOOK, id="after a week"),
        pytest.param(page(1 * DAY), candidate(), 20 * DAY, True, Why.LOOK, id="looks missed for weeks"),
        pytest.param(
            page(30 * DAY), candidate(), 31 * DAY, False, Why.LADDER_ENDED, id="after the last look"
        ),
        pytest.param(
            page(30 * DAY, last_changed_at=MONDAY + 30 * DAY),
            candidate(),
            31 * DAY,
            True,
            Why.LOOK,
            id="clock restarts",
        ),
        pytest.param(page(30 * DAY, misses=1), candidate(), 31 * DAY, True, Why.MISSED, id="a miss"),
        pytest.param(
            page(30 * DAY, misses=PATIENCE),
            candidate(),
            31 * DAY,
            False,
            Why.LADDER_ENDED,
            id="missed for a week",
        ),
        pytest.param(
            page(3 * DAY),
            candidate(modified=MONDAY + 3 * DAY + HOUR),
            4 * DAY,
            True,
            Why.HINTED,
            id="lastmod is newer",
        ),
        pytest.param(
            page(3 * DAY),
            candidate(published=MONDAY + 3 * DAY + HOUR),
            4 * DAY,
            True,
            Why.HINTED,
            id="published anew",
        ),
        pytest.param(
            page(3 * DAY),
            candidate(modified=MONDAY + 2 * DAY),
            4 * DAY,
            False,
            Why.NOT_DUE,
            id="lastmod is older",
        ),
        pytest.param(
            page(3 * DAY),
            candidate(modified=datetime(2099, 1, 1, tzinfo=UTC)),
            4 * DAY,
            False,
            Why.NOT_DUE,
            id="2099",
        ),
        pytest.param(
            page(2 * DAY, last_changed_at=MONDAY + 2 * DAY, tombstoned=True, misses=2),
            candidate(FoundBy.REVISIT),
            3 * DAY,
            False,
            Why.NOT_DUE,
            id="tombstone, next night",
        ),
        pytest.param(
            page(2 * DAY, last_changed_at=MONDAY + 2 * DAY, tombstoned=True, misses=2),
            candidate(FoundBy.FEED),
            3 * DAY,
            True,
            Why.REDISCOVERED,
            id="tombstone, named again",
        ),
        pytest.param(
            page(2 * DAY, last_changed_at=MONDAY + 2 * DAY, tombstoned=True, misses=2),
            candidate(FoundBy.REVISIT),
            9 * DAY,
            True,
            Why.LOOK,
            id="tombstone, after a week",
        ),
        pytest.param(
            page(9 * DAY, last_changed_at=MONDAY + 2 * DAY, tombstoned=True, misses=PATIENCE),
            candidate(FoundBy.SITEMAP),
            10 * DAY,
            False,
            Why.NOT_DUE,
            id="tombstone that an old sitemap names every night",
        ),
    ],
)
def test_due(known: KnownPage | None, found: Candidate, after: timedelta, fetch: bool, why: Why) -> None:
    decision = due(known, found, now=MONDAY + after)
    assert (decision.fetch, decision.why) == (fetch, why)


def test_a_no_has_its_outcome() -> None:
    assert due(page(), candidate(), now=MONDAY + HOUR).outcome == Outcome(OutcomeKind.SKIPPED, "not_due")
    assert due(None, candidate(), now=MONDAY).outcome is None


def runs_fetched(step: timedelta, steps: int) -> list[int]:
    """Run a schedule of `steps` after the first capture over an unchanging page."""
    known, fetched = page(), []
    for number in range(1, steps + 1):
        now = MONDAY + number * step
        if due(known, candidate(FoundBy.REVISIT), now=now, pace=Pace(gap=step)).fetch:
            fetched.append(number)
            known = KnownPage(MONDAY, now)
    return fetched


@pytest.mark.parametrize(
    ("step", "steps", "expected"),
    [
        pytest.param(DAY, 60, [1, 3, 7, 30], id="every night"),
        pytest.param(HOUR, 72, [1, 3, 8, 24, 72], id="every hour"),
        pytest.param(HOUR / 4, 100, [1, 4, 12, 32, 96], id="every quarter of an hour"),
        pytest.param(7 * DAY, 8, [1, 4], id="every week"),
        pytest.param(12 * HOUR, 61, [1, 2, 6, 14, 60], id="morning and evening"),
    ],
)
def test_a_schedule_takes_the_looks_nearest_to_its_slots(
    step: timedelta, steps: int, expected: list[int]
) -> None:
    assert runs_fetched(step, steps) == expected


moments = st.datetimes(datetime(2026, 3, 2), datetime(2026, 5, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None)
@given(
    known=st.builds(
        KnownPage,
        moments,
        moments,
        st.none() | moments,
        st.integers(0, PATIENCE + 1),
        st.none() | moments,
        st.booleans(),
    ),
    now=moments,
)
def test_next_look_is_when_a_page_becomes_due_by_itself(known: KnownPage, now: datetime) -> None:
    look = next_look(known)
    assert due(known, candidate(FoundBy.REVISIT), now=now).fetch == (look is not None and now >= look)


@pytest.mark.parametrize(
    ("gap", "hours"),
    [
        (HOUR / 4, [0, 0.25, 0.5, 1, 2, 4, 8, 16, 28, 40]),
        (HOUR, [0, 1, 2, 4, 8, 16, 28, 40]),
        (DAY, [0, 24, 48, 72]),
    ],
    ids=["every 15 minutes", "hourly", "nightly"],
)
def test_a_missing_page_is_looked_for_after_waits_that_double_up_to_half_a_day(
    gap: timedelta, hours: list[float]
) -> None:
    pace = Pace(gap=gap)
    first = MONDAY + 9 * DAY
    looks, now = [first], first
    while now - first < hours[-1] * HOUR:
        now += gap
        missing = page(looks[-1] - MONDAY, misses=1, first_missing_at=first)
        if due(missing, candidate(), now=now, pace=pace).fetch:
            looks.append(now)
    assert [(look - first) / HOUR for look in looks] == hours


def test_a_page_that_failed_is_tried_in_the_next_run() -> None:
    failed = page(30 * DAY, misses=3)
    assert (
        due(failed, candidate(), now=MONDAY + 30 * DAY + HOUR / 4, pace=Pace(gap=HOUR / 4)).why is Why.MISSED
    )
