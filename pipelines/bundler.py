"""Small tasks sent to the workers several at a time: for each message, four threads here take their turns."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from pipelines import tasks
from pipelines.worker_pool import TaskFailure
from pipelines.workers import Workers

P = ParamSpec("P")
T = TypeVar("T")

MOST = 8
"""Tasks of one bundle."""


@dataclass(frozen=True, slots=True)
class _Task:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    answer: asyncio.Future[Any]

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for it still."""
        return not self.answer.done()


class Bundler:
    """Bundles what waits while every worker has something to do; nothing waits until a bundle is full.

    Args:
        workers: who carry the tasks out, as nobody's: sources take no turns.
        count: how many they are. Each has a bundle, and one more is ready for the first that is free.
    """

    def __init__(self, workers: Workers, count: int) -> None:
        self._workers = workers
        self._most_sent = count + 1
        self._waiting: deque[_Task] = deque()
        self._sent: set[asyncio.Task[None]] = set()

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T | TaskFailure:
        """As `Workers.run`, which is also what carries each task out whose bundle has failed.

        So a task that breaks a worker costs no other its answer, and each may have a whole task's time and
        memory if it needs them.
        """
        answer: asyncio.Future[T | TaskFailure] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Task(function, args, kwargs, answer))
        self._send()
        return await answer

    def _send(self) -> None:
        while len(self._sent) < self._most_sent and (bundle := self._next()):
            sent = asyncio.create_task(self._carry_out(bundle))
            self._sent.add(sent)
            sent.add_done_callback(self._ended)

    def _next(self) -> list[_Task]:
        bundle: list[_Task] = []
        while self._waiting and len(bundle) < MOST:
            task = self._waiting.popleft()
            if task.wanted:
                bundle.append(task)
        return bundle

    def _ended(self, sent: asyncio.Task[None]) -> None:
        self._sent.discard(sent)
        self._send()

    async def _carry_out(self, bundle: Sequence[_Task]) -> None:
        try:
            await self._answer(bundle)
        except Exception as error:  # noqa: BLE001 - for those who wait, each of whom raises it
            for task in bundle:
                if task.wanted:
                    task.answer.set_exception(error)
        finally:
            for task in bundle:
                task.answer.cancel()  # only where this was cancelled is one without an answer now

    async def _answer(self, bundle: Sequence[_Task]) -> None:
        calls = [(task.function, task.args, task.kwargs) for task in bundle]
        made = await self._workers.run(tasks.several, calls)
        if not isinstance(made, TaskFailure):
            for task, result in zip(bundle, made, strict=True):
                if task.wanted:
                    task.answer.set_result(result)
            return
        for task in bundle:
            if task.wanted:
                alone = await self._workers.run(task.function, *task.args, **task.kwargs)
                if task.wanted:
                    task.answer.set_result(alone)
