"""Bytes first: exchanges go to the spool and are durable before anything interprets them.

One thread writes. It takes everything that waits, appends it, and makes it durable with one fsync (group
commit), so that many pages a second cost few fsyncs and no page waits longer than the one before it took.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from archive.exchange import Exchange
from archive.open_batch import Derived, OpenBatch, Rendered, SealedBatch
from archive.rows import CaptureRow
from archive.segment import SealError, SpoolError

T = TypeVar("T")
_GROUP = 256  # jobs that share an fsync


@dataclass(frozen=True, slots=True)
class _Job:
    run: Callable[[], object]
    done: Future[Any]


class Recorder:
    """Records exchanges of one run. Its methods may be called from any thread and do not block.

    A failed write or fsync, or a segment that does not read back, ends the recorder: every waiting and later
    call raises the same SpoolError or SealError, and nothing is acknowledged that is not durable.
    """

    def __init__(self, batch: OpenBatch) -> None:
        self._batch = batch
        self._failure: Exception | None = None
        self._closing = threading.Lock()
        self._closed = False
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    @property
    def open_bytes(self) -> int:
        """Bytes recorded since the last rotation."""
        return self._batch.size

    @property
    def open_text(self) -> int:
        """Bytes of clean text recorded since the last rotation, which wait in memory."""
        return self._batch.text_size

    def record(
        self, exchange: Exchange, source: str, unmodified: CaptureRow | None = None
    ) -> Future[CaptureRow]:
        """Record an exchange; the future's row has no segment name yet, but its bytes are durable.

        `unmodified` is the capture whose validators were sent, in case the answer is 304.
        """
        return self._submit(lambda: self._batch.record(exchange, source, unmodified))

    def derive(self, derived: Derived) -> Future[None]:
        """Record text and article JSON of a capture as `conversion` and `metadata` records."""
        return self._submit(lambda: self._batch.derive(derived))

    def keep_rendered(self, rendered: Rendered) -> Future[None]:
        """Record what a browser made of a capture, as `conversion` records."""
        return self._submit(lambda: self._batch.keep_rendered(rendered))

    def rotate(self) -> Future[SealedBatch]:
        """Seal what is open and give it to the caller; later records open new segments."""
        return self._submit(self._batch.rotate)

    def forget(self, segment: str) -> None:
        """The catalog knows this segment now, so its payloads need not be remembered here."""
        self._submit(lambda: self._batch.forget(segment))

    def close(self) -> None:
        """Do what waits and end the thread; what is open stays in the spool. Later calls raise SpoolError."""
        with self._closing:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()

    def _submit(self, run: Callable[[], T]) -> Future[T]:
        done: Future[T] = Future()
        with self._closing:  # nothing is queued behind the end, where nobody would ever answer it
            if self._closed:
                done.set_exception(SpoolError("the recorder is closed; nothing more can be recorded"))
            else:
                self._jobs.put(_Job(run, done))
        return done

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs = [job]
            while not self._jobs.empty() and len(jobs) < _GROUP:
                more = self._jobs.get()
                if more is None:
                    self._jobs.put(None)  # close after this group
                    break
                jobs.append(more)
            self._run_group(jobs)
        self._batch.close()

    def _run_group(self, jobs: list[_Job]) -> None:
        # One that was given up while it waited is not begun; one that has begun can be given up no more, or
        # setting its result would raise here and end the thread that everybody waits for.
        begun = [job for job in jobs if job.done.set_running_or_notify_cancel()]
        results = [(job, *self._attempt(job.run)) for job in begun]
        _, unsynced = self._attempt(self._batch.sync)
        for job, value, error in results:
            if failure := error or unsynced:
                job.done.set_exception(failure)
            else:
                job.done.set_result(value)
        self._attempt(self._batch.read_back)  # nobody waits for it; what it finds ends the recorder

    def _attempt(self, run: Callable[[], object]) -> tuple[object, Exception | None]:
        if self._failure:
            return None, self._failure
        try:
            return run(), None
        except (SpoolError, SealError) as error:
            self._failure = error
            return None, error
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the result
            return None, error
