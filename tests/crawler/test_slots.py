"""Slots: one a night, whatever clocks do."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from crawler.schedule.slots import Slot, next_slot, parse_slot_key, slots_between
from crawler.schedule.timetable import DueSlots, Timetable, due

NEW_YEAR, NEXT_YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))

# Both hemispheres, half-hour and midnight changes, far offsets, a negative winter (Dublin), none at all.
ZONES = [
    *("UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Helsinki", "America/New_York"),
    *("America/Los_Angeles", "America/St_Johns", "America/Havana", "America/Santiago", "America/Asuncion"),
    *(
        "America/Nuuk",
        "Atlantic/Azores",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Asia/Kathmandu",
    ),
    *("Asia/Seoul", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Auckland", "Pacific/Chatham"),
    *("Pacific/Kiritimati", "Pacific/Pago_Pago", "Antarctica/Troll"),
]
TIMES = [(0, 0), (0, 30), (1, 15), (2, 0), (2, 30), (3, 0), (23, 59)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", sorted(available_timezones()) if FULL else ZONES)
def test_every_night_has_one_slot(zone: str) -> None:
    hour_of_change = next(
        (
            at
            for at in _hours(2026)
            if at.astimezone(ZoneInfo(zone)).utcoffset() != _offset(zone, at, hours=1)
        ),
        None,
    )
    # The nights around a change in full, the year at two times: 25 zones stay quick.
    for hour, minute in TIMES:
        cron = f"{minute} {hour} * * *"
        whole_year = FULL or (hour, minute) in {(0, 0), (2, 30)}
        start, end = (NEW_YEAR, NEXT_YEAR) if whole_year else _around(hour_of_change)
        slots = list(slots_between(cron, zone, start, end, source="times"))
        nights = [slot.night for slot in slots]
        assert nights == [nights[0] + number * DAY for number in range(len(nights))]
        assert len(nights) in {(end - start).days, (end - start).days + 1, (end - start).days - 1}
        assert all(a.instant < b.instant for a, b in pairwise(slots))
        for slot in slots:
            local = slot.instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            assert local == slot.local or _skipped(slot.local, zone)


def _hours(year: int) -> list[datetime]:
    return [datetime(year, 1, 1, tzinfo=UTC) + number * timedelta(hours=1) for number in range(365 * 24)]


def _offset(zone: str, at: datetime, *, hours: int) -> timedelta | None:
    return (at + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset()


def _around(change: datetime | None) -> tuple[datetime, datetime]:
    middle = (change or NEW_YEAR + 100 * DAY).replace(hour=12)
    return middle - 3 * DAY, middle + 3 * DAY


def _skipped(local: datetime, zone: str) -> bool:
    return (
        local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        != local
    )


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        pytest.param("2026-03-28T02:00", "Europe/Berlin", "2026-03-28T01:00", id="winter"),
        pytest.param(
            "2026-03-29T02:00", "Europe/Berlin", "2026-03-29T01:00", id="skipped: first moment after"
        ),
        pytest.param("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00", id="skipped, later in the gap"),
        pytest.param(
            "2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00", id="first moment after the gap"
        ),
        pytest.param("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30", id="twice: the first"),
        pytest.param("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00", id="after both"),
        pytest.param(
            "2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30", id="half an hour skipped"
        ),
        pytest.param("2026-03-08T00:30", "America/Havana", "2026-03-08T05:00", id="midnight skipped"),
        pytest.param("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00", id="a whole day skipped"),
        pytest.param("2026-03-29T02:00", "UTC", "2026-03-29T02:00", id="UTC"),
    ],
)
def test_instant(local: str, zone: str, instant: str) -> None:
    assert Slot("times", datetime.fromisoformat(local), zone).instant == utc(instant)


@pytest.mark.parametrize(
    ("cron", "day", "expected"),
    [
        pytest.param("0 2,3 * * *", "2026-03-29", ["03:00"], id="skipped hour and the next are one"),
        pytest.param("15,45 2 * * *", "2026-03-29", ["02:45"], id="two in the gap are one"),
        pytest.param(
            "0 * * * *", "2026-03-29", [f"{h:02}:00" for h in range(24) if h != 2], id="every hour, spring"
        ),
        pytest.param("0 * * * *", "2026-10-25", [f"{h:02}:00" for h in range(24)], id="every hour, autumn"),
        pytest.param("30 2 * * *", "2026-10-25", ["02:30"], id="an hour that comes twice"),
    ],
)
def test_days_of_change_in_berlin(cron: str, day: str, expected: list[str]) -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
    tomorrow = (datetime.fromisoformat(day) + DAY).replace(tzinfo=zone)
    before = midnight.astimezone(UTC) - timedelta(seconds=1)
    slots = list(
        slots_between(cron, zone.key, before, tomorrow.astimezone(UTC) - timedelta(seconds=1), source="t")
    )
    assert [f"{slot.local:%H:%M}" for slot in slots] == expected
    assert len({slot.instant for slot in slots}) == len(slots)


def test_key_and_night() -> None:
    slot = Slot("times", datetime(2026, 3, 29, 2, 0), "Europe/Berlin")  # noqa: DTZ001
    assert slot.key == "2026-03-29T02:00 Europe/Berlin"
    assert slot.night == date(2026, 3, 29)
    assert parse_slot_key("times", slot.key) == slot


@pytest.mark.parametrize(
    "key", ["", "2026-03-29 Europe/Berlin", "2026-03-29T02:00", "2026-03-29T02:00 Mars/Base"]
)
def test_a_broken_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="slot key"):
        parse_slot_key("times", key)


@pytest.mark.parametrize(
    ("cron", "zone", "message"),
    [
        ("0 2 * *", "UTC", "expected five fields"),
        ("0 0 2 * * *", "UTC", "expected five fields"),
        ("0 25 * * *", "UTC", "Bad hour"),
        ("0 2 * * *", "Mars/Base", "expected an IANA name"),
        ("0 2 * * *", "../etc/passwd", "expected an IANA name"),
    ],
)
def test_a_broken_timetable_is_refused(cron: str, zone: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        next_slot(cron, zone, NEW_YEAR, source="times")


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        next_slot("0 2 * * *", "UTC", datetime(2026, 1, 1), source="times")  # noqa: DTZ001


def test_next_slot_is_after_the_moment_given() -> None:
    first = next_slot("0 2 * * *", "Europe/Berlin", utc("2026-03-28T12:00"), source="times")
    assert first is not None
    second = next_slot("0 2 * * *", "Europe/Berlin", first.instant, source="times")
    assert second is not None
    assert (first.key, second.key) == ("2026-03-29T02:00 Europe/Berlin", "2026-03-30T02:00 Europe/Berlin")


def test_a_day_that_never_comes_has_no_slot() -> None:
    assert next_slot("0 2 29 2 1#5", "UTC", NEW_YEAR, source="times") is not None
    assert list(slots_between("0 2 29 2 *", "UTC", NEW_YEAR, NEXT_YEAR, source="times")) == []


def due_keys(found: DueSlots) -> tuple[str | None, list[tuple[str, str]]]:
    run = f"{found.run.local:%m-%d}" if found.run else None
    return run, [(f"{missed.slot.local:%m-%d}", missed.reason) for missed in found.missed]


@pytest.mark.parametrize(
    ("last_done", "now", "grace_hours", "expected"),
    [
        pytest.param("03-10", "03-11T01:59", 24, (None, []), id="nothing yet"),
        pytest.param("03-10", "03-11T02:00", 24, ("03-11", []), id="on the second"),
        pytest.param("03-10", "03-11T08:00", 24, ("03-11", []), id="asleep for six hours"),
        pytest.param(
            "03-10", "03-13T02:10", 72, ("03-13", [("03-11", "coalesced"), ("03-12", "coalesced")]), id="once"
        ),
        pytest.param(
            "03-10", "03-13T02:10", 24, ("03-13", [("03-11", "grace"), ("03-12", "grace")]), id="too late"
        ),
        pytest.param("03-10", "03-11T09:00", 6, (None, [("03-11", "grace")]), id="past grace, recorded"),
        pytest.param("03-10", "03-09T12:00", 24, (None, []), id="clock went back a day"),
        pytest.param("03-10", "03-10T02:00", 24, (None, []), id="fires twice"),
        pytest.param(None, "03-11T09:00", 24, ("03-11", []), id="new source: last night"),
        pytest.param(None, "03-11T09:00", 72, ("03-11", []), id="new source misses nothing"),
        pytest.param(None, "03-11T09:00", 6, (None, []), id="new source waits for tonight"),
    ],
)
def test_due_slots(
    last_done: str | None, now: str, grace_hours: int, expected: tuple[str | None, list[tuple[str, str]]]
) -> None:
    done = Slot("times", datetime.fromisoformat(f"2026-{last_done}T02:00"), "UTC") if last_done else None
    found = due(
        Timetable("times", "0 2 * * *", "UTC"),
        last_done=done,
        now=utc(f"2026-{now}"),
        grace=timedelta(hours=grace_hours),
    )
    assert due_keys(found) == expected


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Pacific/Auckland"]
)
@pytest.mark.parametrize("tick_minutes", [17, 190, 1500])
def test_a_year_of_ticks_runs_or_records_every_night_once(zone: str, tick_minutes: int) -> None:
    last, ran, missed = None, [], []
    now, end = utc("2026-01-01T00:00"), utc("2026-04-20T00:00")
    if tick_minutes == 17:
        now, end = utc("2026-03-01T00:00"), utc("2026-04-08T00:00")
    while now < end:
        found = due(Timetable("t", "0 2 * * *", zone), last_done=last, now=now, grace=timedelta(hours=20))
        missed += [item.slot for item in found.missed]
        ran += [found.run] if found.run else []
        last = max((*ran, *missed), key=lambda slot: slot.instant, default=None)
        now += timedelta(minutes=tick_minutes)
    nights = sorted(slot.night for slot in (*ran, *missed))
    assert nights == [nights[0] + number * DAY for number in range(len(nights))]
    assert len(nights) > 30
