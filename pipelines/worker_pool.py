"""A pool of worker processes: one that dies, hangs or runs out of memory costs the one task it had."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as TaskTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipelines.worker_start import IMPORTED_FIRST, worker_context

T = TypeVar("T")

_BROKEN_POOLS = 3  # that a task outlives
_MOST_STALE = 2  # workers that may run out of memory before it is the task's own fault
_OUT_OF_MEMORY = 77  # the status with which a worker ends whose task got no more memory
TASKS_PER_WORKER = 2000  # a fresh process now and then gives back memory that the libraries cached


@dataclass(frozen=True, slots=True)
class TaskFailure:
    """A task that gave no result.

    Attributes:
        what: `crashed`, `timeout`, `memory` or `error`.
        detail: one line for the log.
    """

    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """What a task gave, and the seconds of processor time that it took in its worker."""

    result: T
    seconds: float


class WorkersClosedError(RuntimeError):
    """A task was given to workers that are closed: a fault of the caller."""


class WorkerPool:
    """Processes that carry out tasks in the order in which they are given; they start with the first one.

    A worker whose task gets no more memory ends, and the task is tried again: what the tasks before it left
    behind in the heap is not its fault, and after each failure one worker more is new.

    Args:
        count: processes.
        memory_bytes: what each may use, beyond which allocating fails (RLIMIT_AS); a page's tree and text
            take some forty times its bytes.
        timeout_seconds: of one task, counted from its start in a worker.
        renewed_after: tasks, after which a fresh process takes a worker's place.
    """

    def __init__(self, count: int, memory_bytes: int, timeout_seconds: float, renewed_after: int) -> None:
        self._count = count
        self._memory_bytes = memory_bytes
        self._timeout = timeout_seconds
        self._renewed_after = renewed_after
        self._closed = False
        self._unanswered: set[Future[Any]] = set()
        self._pool: ProcessPool | None = None  # until there is a first task
        self._first: Future[bool] | None = None  # done once the first workers have started

    async def _started(self) -> None:
        """Start the first workers, in a thread: the warm process that they come from may be importing."""
        if self._first is None:
            pool = self._pool = self._start()
            starter = ThreadPoolExecutor(1, "first-workers")
            self._first = starter.submit(lambda: pool.active)
            starter.shutdown(wait=False)
        if not self._first.done():
            await asyncio.shield(asyncio.wrap_future(self._first))

    def _start(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._count,
            max_tasks=self._renewed_after,
            initializer=_begin,
            initargs=(self._memory_bytes,),
            context=worker_context(),
        )

    async def carry_out(
        self,
        function: Callable[..., T],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        sent: Callable[[Future[Any]], None],
        *,
        again: bool = True,
    ) -> Timed[T] | TaskFailure:
        """Run a picklable function in a worker; what became of it as a value, never as an exception.

        Without `again`, a task that got no more memory is not tried once more.
        `sent` is told of each future that stands for the task; it is running once a worker has taken it up.

        Raises:
            WorkersClosedError: `close` was called before.
            asyncio.CancelledError: the awaiting task was cancelled; the worker's task is given up too.
        """
        for _ in range(min(self._count, _MOST_STALE) if again else 0):
            made = await self._try(function, args, kwargs, sent)
            if not isinstance(made, TaskFailure) or made.what != "memory" or self._closed:
                return made
        return await self._try(function, args, kwargs, sent)

    async def _try(
        self,
        function: Callable[..., T],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        sent: Callable[[Future[Any]], None],
    ) -> Timed[T] | TaskFailure:
        try:
            if not self._closed:
                await self._started()
            for _ in range(_BROKEN_POOLS):
                with suppress(BrokenProcessPool):  # a worker died that had no task; this one is not to blame
                    return await self._submit(function, args, kwargs, sent)
                self._renew()  # others may wait in the broken pool, and nobody else answers them
            return await self._submit(function, args, kwargs, sent)
        except WorkersClosedError:
            raise
        except Exception as error:  # noqa: BLE001 - any exception of the task, kept as its failure
            self._renew()
            return self._failure(error)

    @property
    def busy(self) -> bool:
        """Whether a task has no answer yet."""
        return bool(self._unanswered)

    def _failure(self, error: Exception) -> TaskFailure:
        match error:
            case TaskTimeout():
                return TaskFailure("timeout", f"ran longer than {self._timeout} s")
            case ProcessExpired(exitcode=code) if code == _OUT_OF_MEMORY:
                return TaskFailure("memory", f"needed more than {self._memory_bytes} bytes of address space")
            case ProcessExpired():
                return TaskFailure("crashed", f"worker ended with status {error.exitcode}")
            case BrokenProcessPool():
                return TaskFailure("crashed", f"workers keep dying: {error}")
            case _:
                return TaskFailure("error", f"{type(error).__name__}: {error}")

    def _submit(
        self,
        function: Callable[..., T],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        sent: Callable[[Future[Any]], None],
    ) -> asyncio.Future[Timed[T]]:
        if self._closed or self._pool is None:
            raise WorkersClosedError("the workers are closed")
        self._renew()
        future = self._pool.schedule(_timed, args=(function, args, kwargs), timeout=self._timeout)
        self._unanswered.add(future)
        future.add_done_callback(self._unanswered.discard)
        sent(future)
        return asyncio.wrap_future(future)

    def _renew(self) -> None:
        """Start a new pool in the place of one that broke."""
        if not self._closed and self._pool is not None and not self._pool.active:
            self._end_pool(self._pool)
            self._pool = self._start()

    def close(self) -> None:
        """Stop the workers; what still runs is given up. Safe to call again."""
        if not self._closed:
            self._closed = True
            if self._first is not None:
                wait([self._first])
            if self._pool is not None:
                self._end_pool(self._pool)

    def _end_pool(self, pool: ProcessPool) -> None:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
        # pebble 5.2 answers only for tasks that it has sent; behind one that fills the pipe others may wait.
        for future in tuple(self._unanswered):
            if not future.done():
                future.set_exception(BrokenProcessPool("the pool ended before this task began"))


def _timed(function: Callable[..., T], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Timed[T]:
    began = time.thread_time()
    try:
        result = function(*args, **kwargs)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # to unwind and to report would take memory as well
    return Timed(result, time.thread_time() - began)


def _begin(memory_bytes: int) -> None:
    """In a new worker, before its first task: leave Ctrl-C to the parent, import the reader, cap the memory.

    The imports take a second, on a busy machine many: the first page would pay for them with its time. They
    come before the cap, which leaves out what they map and do not use.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module in IMPORTED_FIRST:
        import_module(module)
    limit = memory_bytes + _unused()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _unused() -> int:
    """Bytes of address space that libraries have mapped by now and do not use.

    The linear algebra behind perceptual hashes maps 40 MiB for each processor: they are no memory, and a
    limit on the address space alone would leave nothing on a machine of many. 0 where /proc is missing.
    """
    try:
        mapped, resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[:2]
    except OSError:
        return 0
    return (int(mapped) - int(resident)) * resource.getpagesize()
