"""What keeps a schedule of very many sources quick, and must change nothing that it decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog import runs
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.rows import SlotRow
from crawler.schedule.alarms import make_alarms
from crawler.schedule.run_ledger import NewestSlots
from crawler.schedule.slots import Slot, slots_between
from crawler.schedule.timetable import Timetable, due, next_begin
from tests.crawler.schedule.conftest import Stage

BEGIN = datetime(2026, 3, 28, tzinfo=UTC)  # the clocks of Berlin change on the 29th
BERLIN = "Europe/Berlin"
crons = st.sampled_from(["0 2 * * *", "30 2 * * *", "*/20 * * * *", "0 6 * * 1"])
minutes = st.integers(0, 4 * 24 * 60)


def row(source: str, local: str) -> SlotRow:
    slot = Slot(source, datetime.fromisoformat(f"2026-03-{local}"), "UTC")
    return SlotRow(
        source=source, slot=slot.key, due_at=slot.instant, night=slot.night.isoformat(), status="run"
    )


@given(crons, st.sampled_from([BERLIN, "UTC", "Asia/Kolkata"]), minutes, minutes)
def test_nothing_is_due_before_the_next_slot_and_something_from_then_on(
    cron: str, zone: str, first: int, later: int
) -> None:
    table = Timetable("a", cron, zone)
    last = next_begin(table, BEGIN + timedelta(minutes=first))
    assert last is not None
    now = last[1] + timedelta(minutes=later)
    expected = list(slots_between(cron, zone, last[1], now, source="a"))
    found = due(table, last_done=last[0], now=now, grace=timedelta(days=30))
    assert found.run == (expected[-1] if expected else None)
    assert [missed.slot for missed in found.missed] == expected[:-1]


def test_a_slot_that_others_have_too_is_still_its_own_source_s() -> None:
    found = [next_begin(Timetable(name, "0 2 * * *", BERLIN), BEGIN) for name in "ab"]
    assert [each[0].source for each in found if each] == ["a", "b"]


def test_one_bell_for_all_that_begin_together() -> None:
    jitter = timedelta(minutes=20)
    tables = [
        Timetable("a", "0 2 * * *", BERLIN),
        Timetable("b", "0 2 * * *", BERLIN, group="g", most_in_group=1),
        Timetable("c", "0 2 * * *", "UTC"),
        Timetable("d", "0 2 * * *", BERLIN, jitter=jitter),
        Timetable("e", "0 2 * * *", BERLIN, jitter=jitter),
    ]
    assert {job.id for job in make_alarms(tables, lambda: None).get_jobs()} == {"a", "c", "d", "e"}


@pytest.mark.parametrize("number", [1, 700])
def test_the_newest_slots_of_many_sources_are_those_of_each(stage: Stage, number: int) -> None:
    catalog = stage.archive.catalog
    names = [f"s{n:03}" for n in range(number)]
    enter(stage, [row(name, f"{day:02}T02:00") for name in names for day in (10, 12, 11)])
    found = runs.newest_slots(catalog, [*names, "never"])
    assert set(found) == set(names)
    assert {one.slot for one in found.values()} == {"2026-03-12T02:00 UTC"}
    assert found[names[0]] == runs.newest_slot(catalog, names[0])


def test_the_ledger_is_asked_once_and_then_told(stage: Stage) -> None:
    enter(stage, [row("a", "10T02:00")])
    slots = NewestSlots()
    assert slots.of(stage.archive.catalog, ["a", "b"])["a"].local.day == 10
    enter(stage, [row("a", "12T02:00")])  # by somebody who does not tell
    assert slots.of(stage.archive.catalog, ["a", "b"])["a"].local.day == 10
    slots.entered([row("b", "11T02:00"), row("a", "12T02:00"), row("a", "11T02:00")])
    known = slots.of(stage.archive.catalog, ["a", "b"])
    assert {name: slot.local.day for name, slot in known.items()} == {"a": 12, "b": 11}


def enter(stage: Stage, rows: list[SlotRow]) -> None:
    """Write slots as somebody else would."""
    writer = new_writer(stage.clock.now())
    journal = JournalWriter(stage.archive.store, writer, stage.clock)
    Committer(stage.archive.store, stage.archive.catalog, journal, stage.clock).commit_rows(rows)
