"""A worker that dies, hangs or eats memory costs its one task; the pool goes on."""

from __future__ import annotations

import asyncio
import errno
import io
import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from PIL import Image

from pipelines.extract import extract
from pipelines.image_answer import ImageFacts, ImageRefused
from pipelines.workers import PageGivenUpError, TaskFailure, Turn, Workers, WorkersClosedError
from tests.pipelines.in_a_loop import in_a_loop

LONG = 300.0  # seconds, for what ends by itself: a busy machine takes long
PAGE = (
    "<html><body><h1>Old bridge to close</h1>"
    + "<p>The old bridge will be closed for a year, they said.</p>" * 9
).encode()
ARGUMENTS = {
    "url": "https://e.org/a", "content_type": "text/html", "content_encoding": None,
    "captured_at": datetime(2026, 3, 1, tzinfo=UTC),
}  # fmt: skip


@pytest.fixture(scope="module")
def workers(_spawned_workers: None) -> Iterator[Workers]:
    with Workers(count=2, memory_bytes=1 << 30, timeout_seconds=LONG) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty(_spawned_workers: None) -> Iterator[Workers]:
    with Workers(count=1, memory_bytes=700 << 20, timeout_seconds=5.0) as pool:
        yield pool


async def answers(pool: Workers) -> bool:
    """For hasty workers: reading a page takes its imports, which may take them longer than they have."""
    return await pool.run(len, b"abc") == 3


async def still_works(pool: Workers) -> bool:
    result = await pool.extract(PAGE, **ARGUMENTS)
    return result.article is not None


@in_a_loop
async def test_the_result_is_that_of_this_process(workers: Workers) -> None:
    assert await workers.extract(PAGE, **ARGUMENTS) == extract(PAGE, **ARGUMENTS)


@in_a_loop
async def test_a_picture_is_inspected(workers: Workers) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (80, 60), "red").save(stream, "PNG")
    facts = await workers.inspect_image(stream.getvalue())
    assert isinstance(facts, ImageFacts)
    assert (facts.width, facts.height) == (80, 60)
    assert await workers.inspect_image(b"nothing") == ImageRefused("unknown_format")


@in_a_loop
async def test_the_reader_is_imported_before_the_first_task_and_costs_it_no_time(workers: Workers) -> None:
    assert await workers.run(eval, "'pipelines.extract' in __import__('sys').modules")


@in_a_loop
async def test_a_crash_costs_one_task(workers: Workers) -> None:
    results = await asyncio.gather(workers.run(os.abort), *(still_works(workers) for _ in range(6)))
    assert isinstance(results[0], TaskFailure)
    assert results[0].what == "crashed"
    assert all(results[1:])


@in_a_loop
async def test_crashes_in_a_row_do_not_break_the_pool(workers: Workers) -> None:
    results = await asyncio.gather(*(workers.run(os._exit, 3) for _ in range(5)))
    assert [result.what for result in results if isinstance(result, TaskFailure)] == ["crashed"] * 5
    assert await still_works(workers)


@in_a_loop
async def test_an_idle_worker_that_is_killed_is_replaced(workers: Workers) -> None:
    victim = await workers.run(os.getpid)
    assert isinstance(victim, int)
    os.kill(victim, signal.SIGKILL)
    assert all([await still_works(workers) for _ in range(4)])


@pytest.mark.parametrize("kills", [2, 3])
@in_a_loop
async def test_what_waits_behind_a_full_pipe_survives_workers_that_die_at_their_start(
    kills: int, tmp_path: Path
) -> None:
    """The pool ends with such a worker, and pebble answers only for what it has sent already."""
    others, never = set(multiprocessing.active_children()), tmp_path / "never"
    os.mkfifo(never)
    with Workers(1, 2 << 30, LONG) as one:
        assert isinstance(await one.run(os.getpid), int)
        waits = asyncio.create_task(one.run(never.read_bytes))
        async with asyncio.timeout(LONG):
            held = await _once_it_is_read(never)
            large = [asyncio.create_task(one.run(len, bytes(500_000))) for _ in range(4)]
            await asyncio.sleep(0.1)  # the first of them are on their way
            for _ in range(kills):
                while not (new := set(multiprocessing.active_children()) - others):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0)
                for child in new:
                    os.kill(child.pid or 0, signal.SIGKILL)
                others |= new
            assert await asyncio.gather(*large) == [500_000] * 4
            assert isinstance(await waits, TaskFailure)
        os.close(held)


async def _once_it_is_read(pipe: Path) -> int:
    """A named pipe's writing end, which can't be opened before the reader has."""
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        await asyncio.sleep(0.01)


@in_a_loop
async def test_an_exception_is_a_value(workers: Workers) -> None:
    assert await workers.run(int, "x") == TaskFailure(
        "error", "ValueError: invalid literal for int() with base 10: 'x'"
    )


@in_a_loop
async def test_what_cannot_be_sent_to_a_worker_is_a_value(workers: Workers) -> None:
    result = await workers.run(lambda: 1)
    assert isinstance(result, TaskFailure)
    assert result.what == "error"
    assert await still_works(workers)


@in_a_loop
async def test_a_task_that_hangs_is_stopped(hasty: Workers) -> None:
    assert await answers(hasty)
    result = await hasty.run(sum, count())
    assert isinstance(result, TaskFailure)
    assert result.what == "timeout"
    assert await answers(hasty)


@in_a_loop
async def test_a_task_that_wants_too_much_memory_is_refused(hasty: Workers) -> None:
    result = await hasty.run(bytes, 1 << 30)
    assert isinstance(result, TaskFailure)
    assert result.what == "memory"
    assert await answers(hasty)


@in_a_loop
async def test_what_earlier_tasks_left_in_the_heap_is_not_the_fault_of_the_next(hasty: Workers) -> None:
    left = "len(__import__('sys').__dict__.setdefault('left', bytearray(400 << 20)))"
    assert await hasty.run(eval, left) == 400 << 20
    assert await hasty.run(eval, "len(bytearray(401 << 20))") == 401 << 20
    assert await hasty.run(eval, "'left' in __import__('sys').__dict__") is False


@pytest.mark.parametrize("what", ["crashed", "timeout", "memory", "error"])
@in_a_loop
async def test_failures_become_reasons(monkeypatch: pytest.MonkeyPatch, what: str, workers: Workers) -> None:
    async def fail(*_: object, **__: object) -> TaskFailure:
        return TaskFailure(what, "made up")

    monkeypatch.setattr(workers, "run_in_turn", fail)
    result = await workers.extract(PAGE, **ARGUMENTS)
    assert result.article is None
    assert str(result.outcome) == f"failed(extract_{what})"
    assert await workers.inspect_image(b"x") == ImageRefused(f"image_{what}")


@in_a_loop
async def test_what_waits_goes_in_its_turn(tmp_path: Path) -> None:
    """While the one worker reads from a pipe; the next task is with it already, as both are nobody's."""
    gate, went = tmp_path / "gate", list[str]()
    os.mkfifo(gate)

    async def task(word: str) -> None:
        turn = Turn(word.rstrip("!"), urgent=word.endswith("!"))
        assert await one.run_in_turn(turn, len, word) == len(word)
        went.append(word)

    with Workers(1, 1 << 30, LONG) as one:
        held = asyncio.create_task(one.run(gate.read_text))
        tasks = [asyncio.create_task(task(word)) for word in ("next", "a", "given up", "a", "b", "a!", "b!")]
        await asyncio.sleep(0)
        tasks[2].cancel()
        await asyncio.to_thread(gate.write_text, "go on")
        assert await held == "go on"
        await asyncio.wait(tasks)
    assert went == ["next", "a!", "b!", "a", "b", "a"]


@in_a_loop
async def test_a_relief_reads_while_slow_tasks_hold_all_workers(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    quick = Turn("quick")
    with Workers(1, 1 << 30, LONG) as one:
        at_work = await one.run_in_turn(quick, os.getpid)
        held = asyncio.create_task(one.run_in_turn(Turn("slow"), gate.read_text))
        await asyncio.sleep(0)
        relief = await one.run_in_turn(quick, os.getpid)
        assert relief != at_work
        assert not held.done()
        await asyncio.to_thread(gate.write_text, "")
        await held
        assert await one.run_in_turn(quick, os.getpid) == at_work


@in_a_loop
async def test_slow_pages_that_wait_are_given_up_and_nothing_else(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    slow, picture = Turn("slow"), Turn("slow", urgent=True)
    with Workers(1, 1 << 30, LONG) as one:
        assert isinstance(await one.run_in_turn(slow, os.abort), TaskFailure)
        read = asyncio.create_task(one.run_in_turn(slow, gate.read_text))
        waits = asyncio.create_task(one.run_in_turn(slow, int))
        others = [asyncio.create_task(one.run_in_turn(turn, int)) for turn in (picture, Turn("a"), Turn())]
        await asyncio.sleep(0)
        one.give_up_slow_pages()
        for given_up in (waits, one.run_in_turn(slow, int)):
            with pytest.raises(PageGivenUpError):
                await given_up
        await asyncio.to_thread(gate.write_text, "to its end")
        assert await read == "to its end"
        assert await asyncio.gather(*others) == [0, 0, 0]


@in_a_loop
async def test_who_waits_when_the_workers_are_closed_is_told(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    pool = Workers(1, 1 << 30, LONG)
    tasks = [asyncio.create_task(pool.run(gate.read_text)) for _ in range(3)]
    await asyncio.sleep(0)
    pool.close()
    for task in tasks:
        with pytest.raises(WorkersClosedError):
            await task


@in_a_loop
async def test_a_cancelled_task_gives_its_worker_back(hasty: Workers) -> None:
    task = asyncio.create_task(hasty.run(sum, count()))
    await asyncio.wait([task], timeout=0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await answers(hasty)


@in_a_loop
async def test_closed_workers_say_so() -> None:
    pool = Workers(count=1, memory_bytes=1 << 30, timeout_seconds=5)
    pool.close()
    pool.close()
    with pytest.raises(WorkersClosedError):
        await pool.run(int)
