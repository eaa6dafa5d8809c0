"""The moment at which a slot may begin: jitter that stays in its night; what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from archive.rows import PauseRow
from config.day_window import parse_day_window
from config.source import Source
from crawler.schedule.slots import Slot, slots_between
from crawler.schedule.timetable import Timetable, next_begin, timetable_of
from crawler.schedule.upcoming import upcoming

DAY = timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia"])
@pytest.mark.parametrize("cron", ["0 2 * * *", "30 23 * * *", "0 * * * *", "15 0 * * 1"])
def test_jitter_is_bounded_in_its_night_in_order_and_the_same_each_time(cron: str, zone: str) -> None:
    table = Timetable("times", cron, zone, jitter=timedelta(hours=3))
    slots = list(slots_between(cron, zone, NEW_YEAR, NEW_YEAR + 120 * DAY, source="times"))
    starts = [table.starts(slot) for slot in slots]
    assert starts == [replace(table).starts(Slot("times", slot.local, zone)) for slot in slots]
    for slot, start in zip(slots, starts, strict=True):
        assert timedelta() <= start - slot.instant < table.jitter
        assert start.astimezone(ZoneInfo(zone)).date() == slot.night
    assert all(
        start < following.instant for start, (_, following) in zip(starts, pairwise(slots), strict=False)
    )


def test_jitter_spreads_sources() -> None:
    slot = datetime(2026, 3, 10, 2)  # noqa: DTZ001 - wall time
    tables = [Timetable(f"s{number}", "0 2 * * *", "UTC", jitter=timedelta(hours=1)) for number in range(400)]
    late = [(t.starts(Slot(t.source, slot, "UTC")) - slot.replace(tzinfo=UTC)).seconds for t in tables]
    assert 1650 < mean(late) < 1950
    assert min(late) < 60
    assert max(late) > 3540


def test_a_source_says_it_all() -> None:
    timing = {"jitter": "20m", "not_between": ["7:00-9:00"], "blackout": "skip"}
    source = Source.model_validate(
        {"name": "a", "homepage": "https://a.example/", "group": "g", "timing": timing}
    )
    table = Timetable(
        "a", "0 2 * * *", "UTC", timedelta(minutes=20), (parse_day_window("07:00-09:00"),), "skip"
    )
    assert timetable_of(source) == table  # a group that sets no limit is none to the schedule
    assert timetable_of(source, 2) == replace(table, group="g", most_in_group=2)


A = Timetable("a", "0 2 * * *", "UTC")
MORNING = (parse_day_window("01:00-06:00"),)


@pytest.mark.parametrize(
    ("table", "pauses", "begins", "paused"),
    [
        pytest.param(A, (), "11T02:00", False, id="plain"),
        pytest.param(replace(A, not_between=MORNING), (), "11T06:00", False, id="after the window"),
        pytest.param(replace(A, not_between=MORNING, blackout="skip"), (), None, False, id="always skipped"),
        pytest.param(A, ("a", None), None, True, id="paused"),
        pytest.param(A, ("*", "12T03:00"), "13T02:00", True, id="all paused until"),
        pytest.param(A, ("b", None), "11T02:00", False, id="another is paused"),
    ],
)
def test_what_comes_next(
    table: Timetable, pauses: tuple[str, str | None], begins: str | None, paused: bool
) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)

    rows = []
    if pauses:
        until = at(pauses[1]) if pauses[1] else None
        rows = [PauseRow(source=pauses[0], since=at("10T03:00"), until=until, actor="a", reason="")]
    newest = {"a": Slot("a", datetime(2026, 3, 10, 2), "UTC")}  # noqa: DTZ001 - wall time
    (found,) = upcoming([table], newest, at("10T12:00"), DAY, rows)
    assert found.begins == (at(begins) if begins else None)
    assert (found.pause is not None, found.overdue) == (paused, False)


def test_a_year_of_alarms_with_windows_is_one_a_slot() -> None:
    table = Timetable(
        "a", "0 2 * * *", "Europe/Berlin", timedelta(hours=1), (parse_day_window("02:10-03:30"),)
    )
    moments, coming = [], next_begin(table, NEW_YEAR)
    while coming is not None and coming[1] < NEW_YEAR + 365 * DAY:
        moments.append(coming[1])
        coming = next_begin(table, coming[1])
    assert len(moments) == 365
    assert all(table.closed_until(moment) is None for moment in moments)
