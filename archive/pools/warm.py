"""Processes that are forked from one which has imported what they need, and has done no more.

Python's `forkserver`: importing costs a second of processor time, once for all in place of once each, and
they share the memory of what was imported. The process is new and knows nothing of this one: a fork of this
one would copy its threads, locks and open files. There is one, for all who want processes.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext, ForkServerContext
from multiprocessing.util import Finalize
from tempfile import gettempdir
from typing import Any

# What tasks over a whole archive need, most of them.
FOR_POOLS = ("archive.rebuild.run", "archive.verify.run")
_READ_LAST = "archive.pools.warm_last"
_LONGEST_FOLDER = 70  # characters; a socket's path may have 107, and its name below takes some thirty
_PIPE_BYTES = 1 << 20  # the most that Linux gives to everybody (pipe(7)); else a pipe has 64 KiB


class WarmContext(ForkServerContext):
    """Starts processes by fork of the warm one, with pipes that have room for a whole page.

    Through a pipe of 64 KiB a page of 340 goes in six pieces, and for each a worker waits until the thread
    that writes it has the interpreter.
    """

    def Pipe(self, duplex: bool = True) -> tuple[Connection, Connection]:  # noqa: N802 - the library's name
        reader, writer = super().Pipe(duplex)
        if not duplex and hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
            with suppress(OSError):  # more than a user may have (pipe-user-pages-soft): it works as it is
                fcntl.fcntl(writer.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return reader, writer


def start_warm(*modules: str) -> None:
    """Have the warm process start and import these, unless one is there; does not wait for it."""
    if warm_context(*modules).get_start_method() == "forkserver":
        with without_interrupt():
            forkserver.ensure_running()


@contextmanager
def without_interrupt() -> Iterator[None]:
    """Ctrl-C is this process's alone: one that is started meanwhile never hears it, nor those it forks."""
    resource_tracker.ensure_running()  # it starts with the first process, and unblocks what is blocked here
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def warm_context(*modules: str) -> BaseContext:
    """How to start a process that needs these modules: by fork of the warm one, which starts with the first.

    It needs a socket in the folder for temporary files; without one each process starts by itself.
    """
    if not _has_room_for_a_socket():
        return multiprocessing.get_context("spawn")
    context = WarmContext()
    context.set_forkserver_preload([*modules, _READ_LAST])  # nothing happens once it is running
    _stop_at_exit()
    return context


def _has_room_for_a_socket() -> bool:
    try:
        return len(gettempdir()) <= _LONGEST_FOLDER
    except FileNotFoundError:  # no folder for temporary files that can be written to
        return False


@cache
def _stop_at_exit() -> None:
    """Have the warm process stopped at the end, after those that multiprocessing ends before -1.

    It is waited for, so that what it and they took is accounted to this process.
    """
    Finalize(None, _stop, exitpriority=-10)


def _stop() -> None:
    server: Any = forkserver._forkserver  # noqa: SLF001 - no public name
    if server._forkserver_pid is not None:  # noqa: SLF001 - the same
        # It would end by itself once nobody has its pipe open, which a worker that is left may have.
        os.kill(server._forkserver_pid, signal.SIGTERM)  # noqa: SLF001 - the same
        server._stop()  # noqa: SLF001 - the same
