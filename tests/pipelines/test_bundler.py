"""Small tasks of one message: each has its own answer, and the failure of one is no other's."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelines import tasks
from pipelines.bundler import MOST, Bundler
from pipelines.workers import TaskFailure, Workers, WorkersClosedError
from tests.pipelines.in_a_loop import in_a_loop

LONG = 300.0  # seconds, for what ends by itself: a busy machine takes long


class CountedWorkers(Workers):
    """Workers that note what they are given: how many tasks of a bundle, 1 for a task alone."""

    def __init__(self) -> None:
        super().__init__(1, 1 << 30, LONG)
        self.given: list[int] = []

    async def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        self.given.append(len(args[0]) if function is tasks.several else 1)
        return await super().run(function, *args, **kwargs)


@pytest.fixture(scope="module")
def shared() -> Iterator[CountedWorkers]:
    with CountedWorkers() as pool:
        yield pool


@pytest.fixture
def workers(shared: CountedWorkers) -> CountedWorkers:
    shared.given.clear()
    return shared


@pytest.mark.parametrize(
    ("count", "given"),
    [
        (0, []),
        (1, [1]),
        (2, [1, 1]),  # one that is carried out, one that is ready
        (3, [1, 1, 1]),
        (2 + MOST, [1, 1, MOST]),
        (3 + 2 * MOST, [1, 1, MOST, MOST, 1]),
    ],
)
@in_a_loop
async def test_what_waits_goes_together(count: int, given: list[int], workers: CountedWorkers) -> None:
    bundler = Bundler(workers, 1)
    answers = await asyncio.gather(*(bundler.run(divmod, number, 3) for number in range(count)))
    assert answers == [divmod(number, 3) for number in range(count)]
    assert workers.given == given


@in_a_loop
async def test_arguments_may_have_names(workers: CountedWorkers) -> None:
    assert await Bundler(workers, 1).run(int, "ff", base=16) == 255


@pytest.mark.parametrize(
    ("function", "args", "what"),
    [(int, ("no number",), "error"), (os.abort, (), "crashed"), (bytes, (1 << 40,), "memory")],
    ids=["it raises", "it ends its worker", "it needs too much memory"],
)
@in_a_loop
async def test_each_task_of_a_bundle_that_failed_is_carried_out_alone(
    function: Callable[..., Any], args: tuple[Any, ...], what: str, workers: CountedWorkers
) -> None:
    bundler = Bundler(workers, 1)
    first = [bundler.run(len, b"1"), bundler.run(len, b"22")]
    fails = bundler.run(function, *args)
    *lengths, failed, after = await asyncio.gather(
        *first, bundler.run(len, b"333"), fails, bundler.run(abs, -4)
    )
    assert [*lengths, after] == [1, 2, 3, 4]
    assert isinstance(failed, TaskFailure)
    assert failed.what == what
    assert workers.given == [1, 1, 3, 1, 1, 1]


@in_a_loop
async def test_what_nobody_waits_for_is_not_carried_out(workers: CountedWorkers) -> None:
    bundler = Bundler(workers, 1)
    calls = [asyncio.create_task(bundler.run(abs, -number)) for number in range(6)]
    await asyncio.sleep(0)  # all have asked by now
    calls[3].cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(answers.pop(3), asyncio.CancelledError)
    assert answers == [0, 1, 2, 4, 5]
    assert workers.given == [1, 1, 3]


@in_a_loop
async def test_all_who_wait_hear_that_the_workers_are_closed() -> None:
    pool = CountedWorkers()
    bundler = Bundler(pool, 1)
    calls = [asyncio.create_task(bundler.run(abs, -number)) for number in range(4)]
    pool.close()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(answer) for answer in answers] == [WorkersClosedError] * 4


@in_a_loop
async def test_a_loop_may_end_while_tasks_wait(workers: CountedWorkers) -> None:
    bundler = Bundler(workers, 1)
    calls = [asyncio.create_task(bundler.run(abs, -number)) for number in range(4)]
    await asyncio.sleep(0)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 4
    assert await bundler.run(abs, -5) == 5
