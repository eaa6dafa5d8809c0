"""A pool of processes on this machine, each with the archive open for itself."""

from __future__ import annotations

import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, partial
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import LifoQueue
from threading import Lock
from typing import Any, TypeVar

from archive.opening import Archive, open_again
from archive.pools.answer import answered, result_of
from archive.pools.pool import PoolError, name_of
from archive.pools.warm import FOR_POOLS, warm_context, without_interrupt
from config.settings import Settings

T = TypeVar("T")
R = TypeVar("R")

_WAITING = 2  # items for each process beside the one in its hands, so that it need not wait for us
_PATIENCE = 5.0  # seconds, that a process has to end


class ProcessPool:
    """A `Pool` of processes, which start with the first tasks; none is forked from this one.

    A thread stands beside each process and waits for it, over a pipe that nobody else has: a process that is
    killed, whatever it was doing, costs another try of the task in its hands and nothing else.
    """

    def __init__(self, settings: Settings, count: int, begin: Callable[[], None] | None = None) -> None:
        """Make a pool of `count` processes that open the archive of the settings, which is open here.

        Each calls `begin` first, a function that can be pickled.
        """
        self.size = count
        self._settings, self._begin = settings, begin
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="dateline-pool")
        self._idle: LifoQueue[_Helper | None] = LifoQueue()  # who was busy last has all it needs
        for _ in range(count):
            self._idle.put(None)  # a place, whose process starts when it is needed
        self._lock = Lock()  # of the following two
        self._helpers: set[_Helper] = set()
        self._closed = False

    def map(
        self, task: Callable[[Archive, T], R], items: Iterable[T], *, waiting: int | None = None
    ) -> Iterator[R]:
        most = self.size + (_WAITING * self.size if waiting is None else waiting)
        left, ahead = iter(items), deque[Future[R]]()
        try:
            while True:
                new = islice(left, most - len(ahead))
                ahead.extend(self._submit(task, item) for item in new)
                if not ahead:
                    return
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

    def _submit(self, task: Callable[[Archive, T], R], item: T) -> Future[R]:
        if self._closed:
            raise PoolError("the pool of processes is closed")
        return self._threads.submit(self._carry_out, task, item)

    def _carry_out(self, task: Callable[[Archive, T], R], item: T) -> R:
        """Have a task done by a process, once more if that ends; called in a thread of the pool."""
        question = pickle.dumps((task, item))
        for _ in range(2):
            helper = self._idle.get()
            try:
                helper = helper or self._started()
                answer = helper.ask(question)
            except (EOFError, BrokenPipeError, ConnectionResetError):  # the pipe has no other end any more
                self._let_go(helper)
                helper = None
                continue
            finally:
                self._idle.put(helper)
            result: R = result_of(answer)
            return result
        raise PoolError(
            f"{name_of(task, item)} ended its process twice: look whether the system ran out of memory "
            "(`journalctl -k`); --workers 1 does without processes"
        )

    def _started(self) -> _Helper:
        with self._lock:
            if self._closed:
                raise PoolError("the pool of processes was closed")
            helper = _Helper(self._settings, self._begin)
            self._helpers.add(helper)
            return helper

    def _let_go(self, helper: _Helper | None) -> None:
        if helper is not None:
            with self._lock:
                self._helpers.discard(helper)
            helper.end()

    def close(self) -> None:
        """End the processes; what they are doing is given up."""
        with self._lock:
            self._closed = True
            for helper in self._helpers:
                helper.terminate()
        self._threads.shutdown(cancel_futures=True)
        while self._helpers:
            self._helpers.pop().end()


class _Helper:
    """A process of the pool, as its thread sees it."""

    def __init__(self, settings: Settings, begin: Callable[[], None] | None) -> None:
        context: Any = warm_context(*FOR_POOLS)  # whose `Process` the stubs do not know
        self._pipe: Connection
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, settings, begin)
        self._process: BaseProcess = context.Process(target=_serve, args=arguments, daemon=True)
        with theirs, without_interrupt():
            self._process.start()

    def ask(self, question: bytes) -> bytes:
        """The answer to a task and its item; raises EOFError or OSError if the process has ended."""
        self._pipe.send_bytes(question)
        return self._pipe.recv_bytes()

    def terminate(self) -> None:
        self._process.terminate()

    def end(self) -> None:
        """End the process if it lives, and wait until it is gone."""
        self._pipe.close()
        self._process.terminate()
        self._process.join(_PATIENCE)
        self._process.kill()
        self._process.join()
        self._process.close()


class _Place:
    """What a process of the pool works with."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def archive(self) -> Archive:
        """Opened with the first task, whose error it is if that fails."""
        return open_again(self._settings)

    def carry_out(self, question: bytes) -> object:
        """The task and item of these bytes."""
        task, item = pickle.loads(question)  # noqa: S301 - over a pipe that nobody else has
        return task(self.archive, item)


def _serve(pipe: Connection, settings: Settings, begin: Callable[[], None] | None) -> None:
    """In a new process: carry out tasks until the other end of the pipe is closed, or gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # blocked until here
    if begin is not None:
        begin()
    place = _Place(settings)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            pipe.send_bytes(answered(partial(place.carry_out, pipe.recv_bytes())))
