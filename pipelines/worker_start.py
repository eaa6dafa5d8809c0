"""Where workers come from: each is forked from a process that has the extractor imported and done no more.

Python's `forkserver`: importing costs a second of processor time, once for all workers in place of once each,
and they share the memory of what was imported. The process is new and knows nothing of the crawl: a fork of
the crawl itself would copy its threads, locks and open segments.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
from contextlib import suppress
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext, ForkServerContext
from multiprocessing.util import Finalize
from tempfile import gettempdir
from typing import Any

# Before a worker's memory is capped. The last: imagehash imports it with its first hash, 100 MB of mappings.
IMPORTED_FIRST = (
    "pipelines.extract_member",
    "pipelines.image_facts",
    "pipelines.memory.study",
    "pipelines.workers",
    "scipy.fftpack",
)
_READ_LAST = "pipelines.warm"
_LONGEST_FOLDER = 70  # characters; a socket's path may have 107, and its name below takes some thirty
_PIPE_BYTES = 1 << 20  # the most that Linux gives to everybody (pipe(7)); else a pipe has 64 KiB


class WarmContext(ForkServerContext):
    """Starts workers by fork of the warm process, with pipes that have room for a whole page.

    Through a pipe of 64 KiB a page of 340 goes in six pieces, and for each a worker waits until the thread
    that writes it has the interpreter.
    """

    def Pipe(self, duplex: bool = True) -> tuple[Connection, Connection]:  # noqa: N802 - the library's name
        reader, writer = super().Pipe(duplex)
        if not duplex and hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
            with suppress(OSError):  # more than a user may have (pipe-user-pages-soft): it works as it is
                fcntl.fcntl(writer.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return reader, writer


def warm_up(*also: str) -> None:
    """Start the warm process now, so that it is there when the first worker is wanted; does not wait for it.

    Args:
        also: modules that it shall import besides the extractor.
    """
    if worker_context(*also).get_start_method() == "forkserver":
        forkserver.ensure_running()


def worker_context(*also: str) -> BaseContext:
    """How to start a worker: by fork of the warm process, which starts with the first one or by `warm_up`.

    It needs a socket in the folder for temporary files; without one each worker starts by itself.
    """
    if not _has_room_for_a_socket():
        return multiprocessing.get_context("spawn")
    context = WarmContext()
    context.set_forkserver_preload([*IMPORTED_FIRST, *also, _READ_LAST])  # nothing happens once it is running
    _stop_at_exit()
    return context


def _has_room_for_a_socket() -> bool:
    try:
        return len(gettempdir()) <= _LONGEST_FOLDER
    except FileNotFoundError:  # no folder for temporary files that can be written to
        return False


@cache
def _stop_at_exit() -> None:
    """Have the warm process stopped at the end, after the workers, which multiprocessing ends before -1.

    It is waited for, so that what it and its workers took is accounted to this process.
    """
    Finalize(None, _stop, exitpriority=-10)


def _stop() -> None:
    server: Any = forkserver._forkserver  # noqa: SLF001 - no public name
    if server._forkserver_pid is not None:  # noqa: SLF001 - the same
        # It would end by itself once nobody has its pipe open, which a worker that is left may have.
        os.kill(server._forkserver_pid, signal.SIGTERM)  # noqa: SLF001 - the same
        server._stop()  # noqa: SLF001 - the same
