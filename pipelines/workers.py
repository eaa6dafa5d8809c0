"""Worker processes for what costs CPU or may be killed by a hostile page.

A worker that dies, hangs or runs out of memory costs the one task it had; the pool goes on. Which task goes
next is decided in `pipelines.turns`; a task that waits costs none of its time-out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import structlog

from pipelines import tasks
from pipelines.extraction import Extraction
from pipelines.guidance import UNGUIDED, Guidance
from pipelines.image_answer import MAX_PIXELS, ImageFacts, ImageRefused
from pipelines.turns import ANYBODY, Place, Turn, Turns
from pipelines.worker_pool import TASKS_PER_WORKER, TaskFailure, WorkerPool, WorkersClosedError

__all__ = ["PageGivenUpError", "TaskFailure", "Turn", "Workers", "WorkersClosedError", "unread"]

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

_LOOK_SECONDS = 0.5  # between two looks at who holds the workers, while others wait
_RELIEF_SECONDS = 30.0  # without a task, after which the relief goes home
_READERS: tuple[Callable[..., Any], ...] = (tasks.extract, tasks.extract_member, tasks.several)


class PageGivenUpError(RuntimeError):
    """A page of a slow source waited for a worker in vain: nothing has been read of it."""


class Workers:
    """Worker processes with an asyncio face.

    Args:
        count: processes; a relief may come to them while tasks that take long hold them all.
        memory_bytes: what each may use.
        timeout_seconds: of one task, counted from its start in a worker.
        renewed_after: tasks, after which a fresh process takes a worker's place.

    The number of tasks waiting is the caller's to bound: each holds its page in memory.
    """

    def __init__(
        self,
        count: int,
        memory_bytes: int,
        timeout_seconds: float,
        *,
        renewed_after: int = TASKS_PER_WORKER,
    ) -> None:
        self._limits = memory_bytes, timeout_seconds, renewed_after
        self._closed = self._hurry = False
        self._turns = Turns(count)
        self._granted: dict[int, tuple[Turn, asyncio.Future[Place]]] = {}
        self._sent: dict[int, Future[Any]] = {}
        self._next_look: asyncio.TimerHandle | None = None
        self._pool = WorkerPool(count, *self._limits)
        self._relief: WorkerPool | None = None
        self._relief_needed = 0.0  # when it last had a task, monotonic

    async def extract(
        self,
        page_bytes: bytes,
        *,
        url: str,
        content_type: str | None,
        content_encoding: str | None,
        captured_at: datetime,
        guidance: Guidance = UNGUIDED,
        turn: Turn = ANYBODY,
    ) -> Extraction:
        """`pipelines.extract.extract` in a worker; failures of the worker become reasons.

        They are `extract_crashed`, `extract_timeout`, `extract_memory` and `extract_error` (a fault of
        ours or of a library). The page is archived all the same and can be read again. Where a page that
        shall also say what it teaches fails, it is read once more without.
        """

        def read(guidance: Guidance) -> Awaitable[Extraction | TaskFailure]:
            return self.run_in_turn(
                turn,
                tasks.extract,
                page_bytes,
                url=url,
                content_type=content_type,
                content_encoding=content_encoding,
                captured_at=captured_at,
                guidance=guidance,
            )

        result = await read(guidance)
        if isinstance(result, TaskFailure) and guidance.lesson:  # no page is lost for what it teaches
            result = await read(replace(guidance, lesson=False))
        return unread(result, url) if isinstance(result, TaskFailure) else result

    async def inspect_image(
        self, data: bytes, *, max_pixels: int = MAX_PIXELS, turn: Turn = ANYBODY
    ) -> ImageFacts | ImageRefused:
        """`pipelines.image_facts.inspect_image` in a worker; failures of the worker become reasons."""
        result = await self.run_in_turn(turn, tasks.inspect_image, data, max_pixels=max_pixels)
        return ImageRefused(f"image_{result.what}") if isinstance(result, TaskFailure) else result

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T | TaskFailure:
        """`run_in_turn` of a task that is no source's."""
        return await self.run_in_turn(ANYBODY, function, *args, **kwargs)

    async def run_in_turn(
        self, turn: Turn, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | TaskFailure:
        """Run a picklable function in a worker; what became of it as a value, never as an exception.

        Raises:
            WorkersClosedError: `close` was called before.
            PageGivenUpError: see `give_up_slow_pages`.
            asyncio.CancelledError: the awaiting task was cancelled; the worker's task is given up too.
        """
        ticket = self._turns.ask(turn)
        try:
            pool = self._pool_at(await self._place(turn, ticket))
            # An article that needs as much is none that anybody reads, and would need as much again here.
            made = await pool.carry_out(
                function,
                args,
                kwargs,
                lambda future: self._sent.__setitem__(ticket, future),
                again=function not in _READERS,
            )
            if isinstance(made, TaskFailure):
                self._turns.ended(ticket, 0.0 if made.what == "error" else None)
                return made
            self._turns.ended(ticket, made.seconds)
            return made.result
        finally:
            self._turns.gone(ticket)  # unless it has ended
            self._sent.pop(ticket, None)
            self._look()

    def give_up_slow_pages(self) -> None:
        """From now on, give up what waits of pages of slow sources; what is being read ends."""
        self._hurry = True
        if self._granted:
            self._look()

    async def _place(self, turn: Turn, ticket: int) -> Place:
        """Wait until a task's turn has come."""
        if self._closed:
            raise WorkersClosedError("the workers are closed")
        granted: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._granted[ticket] = turn, granted
        try:
            self._look()
            return await granted
        finally:
            self._granted.pop(ticket, None)

    def _look(self) -> None:
        """Give a place to whoever has one coming; look again later if somebody has not."""
        now = time.monotonic()
        for ticket, future in self._sent.items():
            if future.running():
                self._turns.began(ticket, now)
        if self._hurry:
            for turn, granted in self._granted.values():
                if self._turns.is_slow_page(turn) and not granted.done():
                    granted.set_exception(PageGivenUpError(f"no more slow pages of {turn.source} are read"))
        while (given := self._turns.next(now)) is not None:
            ticket, place = given
            _, granted = self._granted[ticket]
            if not granted.done():  # else it was given up, and will say so itself
                granted.set_result(place)
        if self._turns.waiting and self._next_look is None:
            self._next_look = asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look_again)
        elif not self._turns.waiting and self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def _look_again(self) -> None:
        self._next_look = None
        self._look()

    def _pool_at(self, place: Place) -> WorkerPool:
        if place is Place.WORKER:
            return self._pool
        if self._relief is None:
            self._relief = WorkerPool(1, *self._limits)
            asyncio.get_running_loop().call_later(_RELIEF_SECONDS, self._send_relief_home)
        self._relief_needed = time.monotonic()
        return self._relief

    def _send_relief_home(self) -> None:
        """Give its memory back once it has had nothing to do for a while."""
        if self._relief is None or self._closed:
            return
        loop, idle = asyncio.get_running_loop(), time.monotonic() - self._relief_needed
        if self._relief.busy or idle < _RELIEF_SECONDS:
            loop.call_later(_RELIEF_SECONDS, self._send_relief_home)
        else:
            loop.run_in_executor(None, self._relief.close)
            self._relief = None

    def close(self) -> None:
        """Stop the workers; what still runs or waits is given up. Safe to call again."""
        if not self._closed:
            self._closed = True
            for _, granted in self._granted.values():
                if not granted.done():
                    granted.set_exception(WorkersClosedError("the workers were closed"))
            self._pool.close()
            if self._relief is not None:
                self._relief.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def unread(failure: TaskFailure, url: str) -> Extraction:
    """What a page came to whose reading gave no result."""
    if failure.what == "error":
        log.warning("reading a page failed", url=url, detail=failure.detail)
    return Extraction(None, f"extract_{failure.what}")
