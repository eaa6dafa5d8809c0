"""When a run's findings are acknowledged, over a real spool, store and catalog."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive import journal
from archive.catalog import journal_state, lookup, runs, segments
from archive.digest import sha256_hex
from archive.open_batch import Derived, OpenBatch
from archive.recorder import Recorder
from archive.rows import LedgerRow, Row, RunRow
from archive.spool import Spool
from config.errors import DatelineError
from config.sections import CrawlSettings
from crawler.acknowledge import Acknowledger
from tests.archive.material import INFO, NOON, exchange, nothing_known
from tests.crawler.conftest import SmallArchive

RUN = RunRow(id="run-1", kind="manual", sources=("news",), started_at=NOON)


@dataclass
class Stage:
    archive: SmallArchive
    recorder: Recorder
    committed: list[Row] = field(default_factory=list)
    on_commit: Callable[[], object] = list

    def acknowledger(self, **limits: object) -> Acknowledger:
        settings = CrawlSettings.model_validate({"segment_seconds": 3600, **limits})

        def note(rows: Sequence[Row]) -> None:
            self.committed.extend(rows)
            self.on_commit()

        return Acknowledger(self.archive.committer, self.recorder, settings, note)

    def record(self, number: int) -> None:
        self.recorder.record(exchange(url(number), b"<p>%d</p>" % number), "news").result()

    @property
    def captures(self) -> int:
        return sum(len(lookup.captures_of(self.archive.catalog, url(number))) for number in range(9))

    @property
    def ledger(self) -> list[int]:
        return [row.position for row in runs.ledger_of(self.archive.catalog, RUN.id)]


def url(number: int) -> str:
    return f"https://news.example/{number}"


def row(number: int) -> LedgerRow:
    return LedgerRow(
        run_id=RUN.id, url_key=str(number), url=url(number), source="news", found_by="feed", found_in="f",
        position=number,
    )  # fmt: skip


@pytest.fixture
def stage(small_archive: SmallArchive, tmp_path: Path) -> Iterator[Stage]:
    small_archive.committer.commit_rows([RUN])
    with Spool.create(tmp_path / "spool", NOON) as spool:
        batch = OpenBatch(
            spool.folder, run_id=RUN.id, clock=small_archive.clock, known=nothing_known, info=INFO
        )
        recorder = Recorder(batch)
        yield Stage(small_archive, recorder)
        recorder.close()


def test_results_wait_for_their_segment_and_discoveries_do_not(stage: Stage) -> None:
    async def scene() -> None:
        acknowledger = stage.acknowledger()
        stage.record(1)
        acknowledger.add([row(1)])
        await acknowledger.commit_now([row(2)])
        assert (stage.ledger, stage.captures, stage.committed) == ([2], 0, [])
        await acknowledger.commit_segments()
        assert (stage.ledger, stage.captures, stage.committed) == ([1, 2], 1, [row(1)])
        stage.committed.clear()
        await acknowledger.commit_segments()  # nothing new: nothing is written
        assert (stage.committed, len(segments.every(stage.archive.catalog))) == ([], 1)

    asyncio.run(scene())


@pytest.mark.parametrize(
    "limits", [{"segment_seconds": 0.1}, {"segment_bytes": 1}], ids=["old enough", "large enough"]
)
def test_the_background_commits_in_time(stage: Stage, limits: dict[str, object]) -> None:
    async def scene() -> None:
        acknowledger, done = stage.acknowledger(**limits), asyncio.Event()
        stage.on_commit = done.set
        stage.record(1)
        acknowledger.add([row(1)])
        task = asyncio.create_task(acknowledger.run())
        async with asyncio.timeout(300):
            await done.wait()
        task.cancel()
        assert (stage.ledger, stage.captures) == ([1], 1)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("rows", "characters", "is_time"),
    [(1_000, 1_000, False), (24_576, 1, True), (1, 24 << 20, True), (16_384, 8 << 20, True)],
    ids=["little", "many rows", "long texts", "both together"],
)
def test_what_is_much_in_memory_is_committed_before_its_time(
    stage: Stage, rows: int, characters: int, is_time: bool
) -> None:
    async def scene() -> None:
        acknowledger = stage.acknowledger()
        capture = stage.recorder.record(exchange(url(1), b"<p>1</p>"), "news").result()
        text = "x" * characters
        stage.recorder.derive(Derived(capture, text, sha256_hex(text.encode()), b"{}")).result()
        acknowledger.add([row(1)] * rows)
        assert acknowledger._is_time() is is_time
        stage.recorder.rotate().result()
        assert stage.recorder.open_text == 0

    asyncio.run(scene())


def test_many_discoveries_are_several_entries(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.acknowledge._ROWS_AT_ONCE", 2)

    async def scene() -> None:
        before = journal_state.newest(stage.archive.catalog)
        await stage.acknowledger().commit_now([row(number) for number in range(5)])
        assert stage.ledger == [0, 1, 2, 3, 4]
        written = journal.in_order(stage.archive.store, journal.entries(stage.archive.store))
        assert [len(entry.rows) for entry in written if entry.at > before] == [2, 2, 1]

    asyncio.run(scene())


def test_what_comes_while_a_commit_runs_is_in_the_next(stage: Stage) -> None:
    async def scene() -> None:
        acknowledger = stage.acknowledger()
        for number in range(5):
            stage.record(number)
            acknowledger.add([row(number)])
            commit = asyncio.create_task(acknowledger.commit_segments())
            await asyncio.sleep(0)  # it has taken its rows
            acknowledger.add([row(number + 100)])
            await commit
            assert stage.ledger[-1] == (number if number == 0 else number + 99)
        await acknowledger.commit_segments()
        assert stage.ledger == [*range(5), *range(100, 105)]

    asyncio.run(scene())


def test_a_commit_that_fails_is_told_and_acknowledges_nothing(stage: Stage, tmp_path: Path) -> None:
    async def scene() -> None:
        acknowledger = stage.acknowledger(segment_seconds=0.1)
        stage.record(1)
        acknowledger.add([row(1)])
        shutil.rmtree(tmp_path / "store")
        (tmp_path / "store").write_text("a file in the store's place")
        with pytest.raises(DatelineError):
            await acknowledger.commit_now([row(2)])
        async with asyncio.timeout(300):
            with pytest.raises(DatelineError):
                await acknowledger.run()

    asyncio.run(scene())
    assert (stage.ledger, stage.captures, stage.committed) == ([], 0, [])
