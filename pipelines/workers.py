"""Worker processes for what costs CPU or may be killed by a hostile page.

A worker that dies, hangs or runs out of memory costs the one task it had; the pool goes on.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TaskTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipelines import image_facts
from pipelines.extract import extract
from pipelines.extraction import Extraction
from pipelines.guidance import UNGUIDED, Guidance
from pipelines.image_facts import ImageFacts, ImageRefused

P = ParamSpec("P")
T = TypeVar("T")

_BROKEN_POOLS = 3  # that a task outlives
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


class WorkersClosedError(RuntimeError):
    """A task was given to workers that are closed: a fault of the caller."""


class Workers:
    """A pool of worker processes with an asyncio face.

    Args:
        count: processes.
        memory_bytes: what each may use, beyond which allocating fails (RLIMIT_AS); a page's tree and text
            take some forty times its bytes.
        timeout_seconds: of one task, counted from its start in a worker.

    The number of tasks waiting is the caller's to bound: each holds its page in memory.
    """

    def __init__(self, count: int, memory_bytes: int, timeout_seconds: float) -> None:
        self._count = count
        self._memory_bytes = memory_bytes
        self._timeout = timeout_seconds
        self._closed = False
        self._unanswered: set[Future[Any]] = set()
        self._pool = self._start()

    def _start(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._count,
            max_tasks=TASKS_PER_WORKER,
            initializer=_limit,
            initargs=(self._memory_bytes,),
            # spawn: a fork would copy the crawl's threads, locks and open segments
            context=multiprocessing.get_context("spawn"),
        )

    async def extract(
        self,
        page_bytes: bytes,
        *,
        url: str,
        content_type: str | None,
        content_encoding: str | None,
        captured_at: datetime,
        guidance: Guidance = UNGUIDED,
    ) -> Extraction:
        """`pipelines.extract.extract` in a worker; failures of the worker become reasons.

        They are `extract_crashed`, `extract_timeout`, `extract_memory` and `extract_error` (a fault of
        ours or of a library). The page is archived all the same and can be read again.
        """
        result = await self.run(
            extract,
            page_bytes,
            url=url,
            content_type=content_type,
            content_encoding=content_encoding,
            captured_at=captured_at,
            guidance=guidance,
        )
        return Extraction(None, f"extract_{result.what}") if isinstance(result, TaskFailure) else result

    async def inspect_image(
        self, data: bytes, *, max_pixels: int = image_facts.MAX_PIXELS
    ) -> ImageFacts | ImageRefused:
        """`pipelines.image_facts.inspect_image` in a worker; failures of the worker become reasons."""
        result = await self.run(image_facts.inspect_image, data, max_pixels=max_pixels)
        return ImageRefused(f"image_{result.what}") if isinstance(result, TaskFailure) else result

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T | TaskFailure:
        """Run a picklable function in a worker; what became of it as a value, never as an exception.

        Raises:
            WorkersClosedError: `close` was called before.
            asyncio.CancelledError: the awaiting task was cancelled; the worker's task is given up too.
        """
        try:
            for _ in range(_BROKEN_POOLS):
                with suppress(BrokenProcessPool):  # a worker died that had no task; this one is not to blame
                    return await self._submit(function, *args, **kwargs)
                self._renew()  # others may wait in the broken pool, and nobody else answers them
            return await self._submit(function, *args, **kwargs)
        except WorkersClosedError:
            raise
        except Exception as error:  # noqa: BLE001 - any exception of the task, kept as its failure
            self._renew()
            return self._failure(error)

    def _failure(self, error: Exception) -> TaskFailure:
        match error:
            case TaskTimeout():
                return TaskFailure("timeout", f"ran longer than {self._timeout} s")
            case ProcessExpired():
                return TaskFailure("crashed", f"worker ended with status {error.exitcode}")
            case BrokenProcessPool():
                return TaskFailure("crashed", f"workers keep dying: {error}")
            case MemoryError():
                return TaskFailure("memory", f"needed more than {self._memory_bytes} bytes of address space")
            case _:
                return TaskFailure("error", f"{type(error).__name__}: {error}")

    def _submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        if self._closed:
            raise WorkersClosedError("the workers are closed")
        self._renew()
        future = self._pool.schedule(function, args=args, kwargs=kwargs, timeout=self._timeout)
        self._unanswered.add(future)
        future.add_done_callback(self._unanswered.discard)
        return asyncio.wrap_future(future)

    def _renew(self) -> None:
        """Start a new pool in the place of one that broke."""
        if not self._closed and not self._pool.active:
            self._end_pool()
            self._pool = self._start()

    def close(self) -> None:
        """Stop the workers; what still runs is given up. Safe to call again."""
        if not self._closed:
            self._closed = True
            self._end_pool()

    def _end_pool(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        # pebble 5.2 answers only for tasks that it has sent; behind one that fills the pipe others may wait.
        for future in tuple(self._unanswered):
            if not future.done():
                future.set_exception(BrokenProcessPool("the pool ended before this task began"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _limit(memory_bytes: int) -> None:
    """In a new worker: cap its memory, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
