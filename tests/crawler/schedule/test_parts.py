"""The alarm clock, the waits after failures, the table of what runs next, rows and slots."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from archive.rows import SlotRow
from crawler.schedule.alarms import SlotTrigger, make_alarms
from crawler.schedule.children import LONGEST_WAIT, Retries
from crawler.schedule.run_ledger import slot_of
from crawler.schedule.slots import Slot, slots_between
from crawler.schedule.timetable import Timetable
from crawler.schedule.upcoming import upcoming

DAY = timedelta(days=1)
NIGHTLY = Timetable("a", "0 0 * * *", "Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize("cron", ["0 0 * * *", "0 2 * * *", "30 2 * * *"])
def test_the_trigger_fires_once_for_each_slot_of_a_year(cron: str) -> None:
    table = Timetable("a", cron, "Europe/Berlin")
    trigger, fired = SlotTrigger(table), []
    now = utc("01-01T12:00")
    moment = trigger.get_next_fire_time(None, now)
    while moment and moment < utc("12-31T12:00"):
        fired.append(moment)
        moment = trigger.get_next_fire_time(moment, now)
    slots = slots_between(cron, "Europe/Berlin", now, utc("12-31T12:00"), source="a")
    assert fired == [slot.instant for slot in slots]
    assert len(fired) == 364


def test_alarms_ring_for_a_slot_that_was_slept_through_and_once() -> None:
    rung = threading.Semaphore(0)
    scheduler = make_alarms([NIGHTLY], rung.release)
    scheduler.start(paused=True)
    job = scheduler.get_job("a")
    assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
    scheduler.modify_job("a", next_run_time=datetime.now(UTC) - 3 * DAY)
    scheduler.resume()
    assert rung.acquire(timeout=300)
    scheduler.shutdown(wait=True)
    assert not rung.acquire(blocking=False)


def test_waits_double_up_to_an_hour_and_are_forgotten() -> None:
    retries = Retries(30.0)
    assert [retries.failed("r") for _ in range(8)] == [
        60,
        120,
        240,
        480,
        960,
        1920,
        LONGEST_WAIT,
        LONGEST_WAIT,
    ]
    assert retries.held_back == {"r"}
    retries.finished("r")
    assert retries.held_back == frozenset()
    assert retries.failed("r") == 60


@pytest.mark.parametrize(
    ("newest", "now", "expected"),
    [
        pytest.param("03-28T00:00", "03-28T12:00", ("2026-03-29T00:00 Europe/Berlin", False), id="tonight"),
        pytest.param("03-28T00:00", "03-29T01:00", ("2026-03-29T00:00 Europe/Berlin", True), id="missed"),
        pytest.param(
            "03-29T00:00", "03-28T12:00", ("2026-03-30T00:00 Europe/Berlin", False), id="clock back"
        ),
        pytest.param(None, "03-28T12:00", ("2026-03-28T00:00 Europe/Berlin", True), id="a new source"),
    ],
)
def test_what_runs_next(newest: str | None, now: str, expected: tuple[str, bool]) -> None:
    last = {"a": Slot("a", datetime.fromisoformat(f"2026-{newest}"), "Europe/Berlin")} if newest else {}
    (found,) = upcoming([NIGHTLY], last, utc(now), DAY)
    assert found.slot is not None
    assert (found.slot.key, found.overdue) == expected


def test_the_soonest_runs_first() -> None:
    tables = [Timetable("late", "0 5 * * *", "UTC"), Timetable("soon", "0 4 * * *", "UTC")]
    done = {
        name: Slot(name, datetime.fromisoformat(f"2026-03-28T0{h}:00"), "UTC")
        for name, h in (("late", 5), ("soon", 4))
    }
    found = upcoming(tables, done, utc("03-28T12:00"), DAY)
    assert [item.timetable.source for item in found] == ["soon", "late"]


@pytest.mark.parametrize(
    ("key", "zone"),
    [
        pytest.param("2026-03-10T02:00 Europe/Berlin", "Europe/Berlin", id="known"),
        pytest.param("2026-03-10T02:00 Atlantis/Capital", "UTC", id="a zone that is no more"),
    ],
)
def test_slot_of_a_row(key: str, zone: str) -> None:
    row = SlotRow(source="a", slot=key, due_at=utc("03-10T01:00"), night="2026-03-10", status="run")
    slot = slot_of(row)
    assert (slot.zone, slot.instant) == (zone, utc("03-10T01:00"))
