"""A process stands still while it puts a journal entry, and another one takes its place meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import leases, runs
from archive.catalog.catalog import Catalog
from archive.commit import Committer
from archive.digest import sha256_hex
from archive.held_leases import HostLeases, LeaseLost
from archive.journal import Entry, JournalClosed, JournalWriter, entries, new_writer, read_entry
from archive.maintenance import maintenance
from archive.opening import Archive
from archive.rows import RunRow
from archive.stores.local import LocalStore
from archive.stores.store import ObjectStore
from archive.succession import leases_of, succeed, succeeding
from archive.verify.run import verify
from tests.archive.material import NOON, SetClock, everything, rebuilt, silent

LEASE = "run:run-1"
SECONDS = 120.0


class Stopping(LocalStore):
    """Lets a test act just before a journal entry is put, and just after it."""

    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None

    def put(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        of_journal = key.startswith("journal/")
        if of_journal and (act := self.before):
            self.before = None  # what it does may put entries, too
            act()
        super().put(key, data, sha256=sha256, content_type=content_type)
        if of_journal and (act := self.after):
            self.after = None
            act()


@dataclass
class Time:
    """What every clock of a test shows; it goes on by hand."""

    passed: float = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed


class Process:
    """A writer with its leases, as a crawl has them."""

    def __init__(self, archive: Archive, time: Time) -> None:
        self.writer = new_writer(time.now())
        clocks = (time.seconds, time.seconds)
        self.leases = HostLeases(
            archive.catalog, self.writer, time, SECONDS, clocks, succeed=succeeding(archive, time)
        )
        journal = JournalWriter(archive.store, self.writer, time)
        self._committer = Committer(archive.store, archive.catalog, journal, time, self.leases.require)

    def take(self, name: str = LEASE) -> bool:
        return asyncio.run(self.leases.take(name))

    def say(self, name: str) -> None:
        self._committer.commit_rows([run_row(name)])


def run_row(name: str) -> RunRow:
    return RunRow(id=name, kind="manual", sources=(), started_at=NOON)


@pytest.fixture
def archive(catalog: Catalog, tmp_path: Path) -> Archive:
    return Archive(Stopping(tmp_path / "store"), catalog)


def said(archive: Archive) -> set[str]:
    return {run.id for run in runs.newest_runs(archive.catalog)}


def written_by(store: ObjectStore, writer: str) -> list[Entry]:
    return [read_entry(store, key) for key in entries(store) if f"/{writer}-" in key]


def sound(archive: Archive) -> bool:
    """Whether the catalog is what the bucket says, and the bucket has no fault."""
    assert everything(archive.catalog) == rebuilt(archive.store)
    return list(verify(archive.store, archive.catalog, silent).problems) == []


def test_what_is_put_after_the_place_was_taken_does_not_count(archive: Archive) -> None:
    time = Time()
    one, two = Process(archive, time), Process(archive, time)
    assert one.take()
    one.say("a")

    def stand_still() -> None:
        time.passed += SECONDS
        assert two.take()
        two.say("b")

    archive.store.before = stand_still  # type: ignore[attr-defined]
    with pytest.raises(LeaseLost, match=LEASE):
        one.say("late")
    assert said(archive) == {"a", "b"}
    assert [len(entry.rows) for entry in written_by(archive.store, one.writer)] == [1, 0]
    assert sound(archive)
    with pytest.raises(LeaseLost):
        one.say("later")


def test_what_was_put_in_time_is_entered_before_the_place_is_taken(archive: Archive) -> None:
    time = Time()
    one, two = Process(archive, time), Process(archive, time)
    assert one.take()
    seen: set[str] = set()

    def stand_still() -> None:
        time.passed += SECONDS
        assert two.take()
        seen.update(said(archive))

    archive.store.after = stand_still  # type: ignore[attr-defined]
    one.say("in time")
    assert seen == {"in time"}
    with pytest.raises(LeaseLost):
        one.say("late")
    assert said(archive) == {"in time"}
    assert sound(archive)


def test_one_that_comes_back_before_its_leases_are_taken_puts_nothing_either(archive: Archive) -> None:
    """Its journal is closed, and the one that closed it did not live to take the leases."""
    time = Time()
    one = Process(archive, time)
    assert one.take()
    time.passed += SECONDS
    succeed(archive.store, archive.catalog, time, one.writer, NOON)
    with pytest.raises(LeaseLost):
        one.say("late")
    other = Process(archive, time)
    assert other.take("run:run-2")
    succeed(archive.store, archive.catalog, time, other.writer, NOON)  # whose lease has not run out
    with pytest.raises(JournalClosed, match=other.writer):
        other.say("late")
    assert said(archive) == set()
    assert sound(archive)


def test_a_journal_is_closed_once_however_many_take_the_place(archive: Archive) -> None:
    time = Time()
    gone = Process(archive, time)
    assert gone.take()
    gone.say("a")
    assert gone.take("host:a.example")
    time.passed += SECONDS
    assert Process(archive, time).take()
    assert Process(archive, time).take("host:a.example")
    for hours in (1, 2):
        until = NOON + timedelta(hours=hours)
        succeed(archive.store, archive.catalog, time, gone.writer, until)
    assert [len(entry.rows) for entry in written_by(archive.store, gone.writer)] == [1, 0]
    assert sound(archive)


def test_two_that_take_the_place_at_once_agree(archive: Archive) -> None:
    time = Time()
    gone = Process(archive, time)
    assert gone.take()
    time.passed += SECONDS

    def faster() -> None:
        succeed(archive.store, archive.catalog, time, gone.writer, NOON + timedelta(seconds=7))

    archive.store.before = faster  # type: ignore[attr-defined]
    succeed(archive.store, archive.catalog, time, gone.writer, NOON)
    [closing] = written_by(archive.store, gone.writer)
    assert (closing.number, closing.rows, closing.at) == (1, (), NOON + timedelta(seconds=7))
    assert sound(archive)


def test_the_closing_entry_stands_on_the_day_of_the_last_put(archive: Archive) -> None:
    """However much later the place is taken: the key of an entry has its day."""
    time = Time()
    one = Process(archive, time)
    assert one.take()

    def sleep() -> None:
        time.passed += 40 * 3600.0
        assert Process(archive, time).take()

    archive.store.before = sleep  # type: ignore[attr-defined]
    with pytest.raises(LeaseLost):
        one.say("late")
    [closing] = written_by(archive.store, one.writer)
    assert closing.at == NOON + timedelta(seconds=SECONDS)
    assert sound(archive)


def test_a_holder_that_is_no_writer_leaves_no_entry(archive: Archive) -> None:
    leases.acquire(archive.catalog, [LEASE, "host:a.example"], "preview-of-somebody", SECONDS, SetClock(NOON))
    later = Time(SECONDS)
    assert Process(archive, later).take()
    assert list(entries(archive.store)) == []
    assert leases.last_holder(archive.catalog, "host:a.example") is None


def test_a_damaged_entry_does_not_keep_anybody_from_the_place(archive: Archive) -> None:
    time = Time()
    gone = Process(archive, time)
    assert gone.take()
    place = f"journal/{NOON:%Y-%m-%d}/{gone.writer}-00000001.jsonl"
    archive.store.put(place, b"{", sha256=sha256_hex(b"{"), content_type="application/jsonl")
    time.passed += SECONDS
    two = Process(archive, time)
    assert two.take()
    two.say("b")
    assert said(archive) == {"b"}


def test_maintenance_closes_what_runs_have_left_standing(archive: Archive) -> None:
    time = Time()
    one = Process(archive, time)
    assert one.take()
    time.passed += SECONDS
    late = JournalWriter(archive.store, one.writer, time)
    with (
        maintenance(archive.catalog, "packer", time, succeeding(archive, time)),
        pytest.raises(JournalClosed),
    ):
        late.put((run_row("late"),))
    assert sound(archive)


def test_maintenance_takes_the_place_of_maintenance(archive: Archive) -> None:
    gone = new_writer(NOON)
    leases.acquire(archive.catalog, ["maintenance"], gone, SECONDS, SetClock(NOON))
    later = Time(SECONDS)
    with maintenance(archive.catalog, "packer", later, succeeding(archive, later)):
        assert [entry.rows for entry in written_by(archive.store, gone)] == [()]


def test_a_run_has_the_leases_that_close(archive: Archive) -> None:
    gone = new_writer(NOON)
    leases.acquire(archive.catalog, [LEASE], gone, SECONDS, SetClock(NOON))
    held = leases_of(archive, new_writer(NOON), SetClock(NOON + timedelta(seconds=SECONDS)))
    assert asyncio.run(held.take(LEASE))
    assert [entry.rows for entry in written_by(archive.store, gone)] == [()]
