"""Worker processes for what costs CPU or may be killed by a hostile page.

A worker that dies, hangs or runs out of memory costs the one task it had; the pool goes on.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as TaskTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipelines import image_facts
from pipelines.extract import extract
from pipelines.extraction import Extraction
from pipelines.image_facts import ImageFacts, ImageRefused
from pipelines.rules import Rule

P = ParamSpec("P")
T = TypeVar("T")

TASKS_PER_WORKER = 2000  # a fresh process now and then gives back memory that the libraries cached
START_SECONDS = 60.0  # a worker that starts imports its libraries first


@dataclass(frozen=True, slots=True)
class TaskFailure:
    """A task that gave no result.

    Attributes:
        what: `crashed`, `timeout`, `memory` or `error`.
        detail: one line for the log.
    """

    what: str
    detail: str


class Workers:
    """A pool of worker processes with an asyncio face.

    Args:
        count: processes.
        memory_bytes: address space of each (RLIMIT_AS); about 1 GiB is sound.
        timeout_seconds: of one task, counted from its start in a worker.

    The number of tasks waiting is the caller's to bound: each holds its page in memory.
    """

    def __init__(self, count: int, memory_bytes: int, timeout_seconds: float) -> None:
        self._count = count
        self._memory_bytes = memory_bytes
        self._timeout = timeout_seconds
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
        rules: Sequence[Rule],
        captured_at: datetime,
        rules_at: datetime | None = None,
    ) -> Extraction:
        """`pipelines.extract.extract` in a worker; failures of the worker become reasons.

        The reasons `extract_crashed`, `extract_timeout`, `extract_memory` and `extract_error` (a fault of
        ours or of a library: the text is logged by the caller from `Extraction.reason`).
        """
        result = await self.run(
            extract,
            page_bytes,
            url=url,
            content_type=content_type,
            content_encoding=content_encoding,
            rules=tuple(rules),
            captured_at=captured_at,
            rules_at=rules_at,
        )
        return Extraction(None, f"extract_{result.what}") if isinstance(result, TaskFailure) else result

    async def inspect_image(
        self, data: bytes, *, max_pixels: int = image_facts.MAX_PIXELS
    ) -> ImageFacts | ImageRefused:
        """`pipelines.image_facts.inspect_image` in a worker; failures of the worker become reasons."""
        result = await self.run(image_facts.inspect_image, data, max_pixels=max_pixels)
        return ImageRefused(f"image_{result.what}") if isinstance(result, TaskFailure) else result

    async def run(
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | TaskFailure:
        """Run a picklable function in a worker; what became of it as a value, never as an exception."""
        try:
            return await asyncio.wrap_future(self._schedule(function, args, kwargs))
        except asyncio.CancelledError:
            raise
        except TaskTimeout:
            return TaskFailure("timeout", f"ran longer than {self._timeout} s")
        except ProcessExpired as error:
            return TaskFailure("crashed", f"worker ended with status {error.exitcode}")
        except MemoryError:
            return TaskFailure("memory", f"needed more than {self._memory_bytes} bytes of address space")
        except BrokenProcessPool as error:
            return TaskFailure("crashed", str(error))
        except Exception as error:  # noqa: BLE001 - any exception of the task, kept as its failure
            return TaskFailure("error", f"{type(error).__name__}: {error}")

    def _schedule(self, function, args, kwargs):
        if not self._pool.active:
            self._pool = self._start()
        return self._pool.schedule(function, args=args, kwargs=kwargs, timeout=self._timeout)

    def close(self) -> None:
        """Stop the workers; what still runs is given up. Safe to call again."""
        self._pool.stop()
        self._pool.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _limit(memory_bytes: int) -> None:
    """In a new worker: cap its address space, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
