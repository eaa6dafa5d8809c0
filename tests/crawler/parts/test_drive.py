"""A run is driven until every part of it is done, whoever fails in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import leases, parts
from archive.held_leases import HostLeases
from archive.journal import JournalClosed, JournalWriter, new_writer
from archive.opening import Archive
from archive.phases import Phases
from archive.rows import RunRow
from archive.spool import Spool
from config.settings import Settings
from config.source import Source
from crawler.engines.engine import EndedFetcher, EngineError
from crawler.parts import drive
from crawler.parts.drive import MOST_FAILURES, Division
from crawler.plan import RunPlan
from crawler.progress import Progress
from crawler.run import Job
from crawler.run_end import Stop
from tests.archive.material import NOON, SetClock
from tests.crawler.conftest import SmallArchive

DEFINITIONS = {f"s{n}": {"name": f"s{n}", "homepage": f"https://www.site{n}.example/"} for n in range(6)}
PARTS = 4  # of 32, into which these six fall
RUN = RunRow(id="run-1", kind="manual", sources=tuple(DEFINITIONS), started_at=NOON)


class Here:
    """An engine with two places, whose fetchers do at once what they are told."""

    slots = ("one", "two")

    def __init__(self, act: Callable[[str, str], int]) -> None:
        self._act = act
        self._ended: list[EndedFetcher] = []
        self.started = 0

    def start(self, slot: str, run_id: str) -> None:
        self.started += 1
        self._ended.append(EndedFetcher(slot, self._act(slot, run_id)))

    def ended(self) -> list[EndedFetcher]:
        told, self._ended = self._ended, []
        return told

    def stop(self) -> None:
        """Nothing goes on."""

    def close(self) -> None:
        """Nothing is held."""


def job_of(archive: SmallArchive, folder: Path) -> Job:
    sources = {name: Source.model_validate(one) for name, one in DEFINITIONS.items()}
    spool = Spool.create(folder, NOON)
    return Job(
        RunPlan(RUN, sources),
        Settings(),
        Archive(archive.store, archive.catalog),
        archive.clock,
        Progress(),
        Stop(),
        spool,
        archive.committer,
        HostLeases(archive.catalog, spool.writer, archive.clock),
        Phases(),
    )


@pytest.fixture
def job(small_archive: SmallArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    monkeypatch.setattr(drive, "LOOK_SECONDS", 0.0)
    small_archive.committer.commit_rows([RUN])
    made = job_of(small_archive, tmp_path / "spool")
    yield made
    made.spool.close()


def nobody(holder: str, until: datetime) -> None:
    raise AssertionError(f"the place of {holder} was taken, whose leases ended at {until}")


def claimed(job: Job, slot: str, *, done: bool) -> bool:
    part = parts.claim(job.archive.catalog, RUN.id, slot, 60, job.clock, succeed=nobody)
    if part is not None:
        parts.leave(job.archive.catalog, part, slot, done=done)
        leases.release(job.archive.catalog, slot)
    return part is not None


def test_every_part_is_carried_out_and_nothing_is_left(job: Job) -> None:
    engine = Here(lambda slot, _run: 0 if claimed(job, slot, done=True) else 9)
    assert asyncio.run(Division(engine, 32, DEFINITIONS)(job))
    assert engine.started == PARTS
    assert parts.divided_runs(job.archive.catalog) == []


def test_a_part_that_was_left_is_given_to_the_next(job: Job) -> None:
    tries = iter([False, False, *[True] * PARTS])
    engine = Here(lambda slot, _run: 0 if claimed(job, slot, done=next(tries)) else 9)
    assert asyncio.run(Division(engine, 32, DEFINITIONS)(job))
    assert engine.started == PARTS + 2


def test_a_run_that_is_asked_to_stop_is_not_done(job: Job) -> None:
    def stop(_slot: str, _run: str) -> int:
        job.stop()
        return 0

    assert not asyncio.run(Division(Here(stop), 32, DEFINITIONS)(job))
    assert len(parts.states(job.archive.catalog, RUN.id, job.clock)) == PARTS


def test_where_every_fetcher_fails_the_run_is_left_for_later(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "LONGEST_WAIT", 0.0)
    engine = Here(lambda _slot, _run: 3)
    with pytest.raises(EngineError, match="every fetcher failed 5 times in a row, the last one with exit"):
        asyncio.run(Division(engine, 32, DEFINITIONS)(job))
    assert engine.started == 2 * MOST_FAILURES


def test_a_fetcher_of_an_earlier_division_that_stands_still_writes_nothing_more(job: Job) -> None:
    archive, gone = job.archive, new_writer(NOON)
    parts.divide(archive.catalog, drive.parts_of(job.plan, DEFINITIONS, 32))
    past = SetClock(NOON - timedelta(hours=1))
    assert parts.claim(archive.catalog, RUN.id, gone, 60, past, succeed=nobody) is not None
    engine = Here(lambda slot, _run: 0 if claimed(job, slot, done=True) else 9)
    assert asyncio.run(Division(engine, 32, DEFINITIONS)(job))
    with pytest.raises(JournalClosed, match=gone):
        JournalWriter(archive.store, gone, past).put((RUN,))


def test_fetchers_whose_driver_is_no_more_are_left_alone(job: Job) -> None:
    """The next driver finds their parts as they are; where nobody is left, it divides the run anew."""
    made = drive.parts_of(job.plan, DEFINITIONS, 32)
    parts.divide(job.archive.catalog, made)
    alive = parts.claim(job.archive.catalog, RUN.id, "alive", 1e6, job.clock, succeed=nobody)
    assert alive is not None

    def act(slot: str, _run: str) -> int:
        if not claimed(job, slot, done=True) or engine.started == PARTS - 1:
            parts.leave(job.archive.catalog, alive, "alive", done=True)
            leases.release(job.archive.catalog, "alive")
        return 0

    engine = Here(act)
    assert asyncio.run(Division(engine, 32, DEFINITIONS)(job))
    assert engine.started == PARTS - 1
