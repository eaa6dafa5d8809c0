"""A worker that dies, hangs or eats memory costs its one task; the pool goes on."""

from __future__ import annotations

import asyncio
import functools
import io
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from PIL import Image

from pipelines.extract import extract
from pipelines.image_facts import ImageFacts, ImageRefused
from pipelines.workers import TaskFailure, Workers, WorkersClosedError

PAGE = (
    "<html><body><h1>Old bridge to close</h1>"
    + "<p>The old bridge will be closed for a year, they said.</p>" * 9
).encode()
ARGUMENTS = {
    "url": "https://e.org/a", "content_type": "text/html", "content_encoding": None,
    "captured_at": datetime(2026, 3, 1, tzinfo=UTC),
}  # fmt: skip


def in_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(count=2, memory_bytes=1 << 30, timeout_seconds=20) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty() -> Iterator[Workers]:
    with Workers(count=1, memory_bytes=700 << 20, timeout_seconds=5.0) as pool:
        yield pool


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
async def test_what_waits_behind_a_full_pipe_survives_workers_that_die_at_their_start(kills: int) -> None:
    """The pool ends with such a worker, and pebble answers only for what it has sent already."""
    others = set(multiprocessing.active_children())
    with Workers(1, 2 << 30, 60) as one:
        assert isinstance(await one.run(os.getpid), int)
        asleep = asyncio.create_task(one.run(time.sleep, 60))
        large = [asyncio.create_task(one.run(len, bytes(500_000))) for _ in range(4)]
        for _ in range(kills):
            await asyncio.sleep(0.1)  # the next worker is on its way by then
            for child in set(multiprocessing.active_children()) - others:
                os.kill(child.pid or 0, signal.SIGKILL)
        async with asyncio.timeout(40):
            assert await asyncio.gather(*large) == [500_000] * 4
            assert isinstance(await asleep, TaskFailure)


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
    assert await still_works(hasty)
    result = await hasty.run(sum, count())
    assert isinstance(result, TaskFailure)
    assert result.what == "timeout"
    assert await still_works(hasty)


@in_a_loop
async def test_a_task_that_wants_too_much_memory_is_refused(hasty: Workers) -> None:
    result = await hasty.run(bytes, 1 << 30)
    assert isinstance(result, TaskFailure)
    assert result.what == "memory"
    assert await still_works(hasty)


@pytest.mark.parametrize("what", ["crashed", "timeout", "memory", "error"])
@in_a_loop
async def test_failures_become_reasons(monkeypatch: pytest.MonkeyPatch, what: str, workers: Workers) -> None:
    async def fail(*_: object, **__: object) -> TaskFailure:
        return TaskFailure(what, "made up")

    monkeypatch.setattr(workers, "run", fail)
    result = await workers.extract(PAGE, **ARGUMENTS)
    assert result.article is None
    assert str(result.outcome) == f"failed(extract_{what})"
    assert await workers.inspect_image(b"x") == ImageRefused(f"image_{what}")


@in_a_loop
async def test_a_cancelled_task_gives_its_worker_back(hasty: Workers) -> None:
    task = asyncio.create_task(hasty.run(sum, count()))
    await asyncio.wait([task], timeout=0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await still_works(hasty)


@in_a_loop
async def test_closed_workers_say_so() -> None:
    pool = Workers(count=1, memory_bytes=1 << 30, timeout_seconds=5)
    pool.close()
    pool.close()
    with pytest.raises(WorkersClosedError):
        await pool.run(int)
