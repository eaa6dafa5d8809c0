"""Keeps a machine in its cluster: starts Ray again when it ends, and lets fetchers end in peace.

A fetcher is a child of one of Ray's processes, and outlives it: Ray ends when the first machine is gone, or
has given this one up, and neither is a reason to leave a part of a run. Such a child becomes ours (prctl(2),
PR_SET_CHILD_SUBREAPER), so that whoever stops this machine can wait for what is in flight.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

AGAIN_SECONDS = 5.0
_PR_SET_CHILD_SUBREAPER = 36

log = structlog.get_logger()


class Keeper:
    """One program that is kept running in this process's care; the process can do nothing else meanwhile."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], again: float = AGAIN_SECONDS
    ) -> None:
        """Keep `words` running; `again`: seconds until it is started once more."""
        self._words, self._environment, self._again = list(words), dict(environment), again
        self._program: int | None = None  # its process id
        self._asked_to_stop = False

    def stopping(self) -> bool:
        """Whether the program is not to be started again."""
        return self._asked_to_stop

    def run(self) -> None:
        """Return when SIGTERM or SIGINT has come, and the program and all that it has left have ended."""
        adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        while not self.stopping():
            self._program = os.posix_spawn(self._words[0], self._words, self._environment, setpgroup=0)
            if self.stopping():  # it came in between
                os.kill(self._program, signal.SIGTERM)
            status = self._wait_for_the_program()
            if not self.stopping():
                log.warning("Ray has ended, and is started again", status=status, seconds=self._again)
                time.sleep(self._again)
        for child in children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        with suppress(ChildProcessError):
            while True:
                os.wait()

    def _stop(self) -> None:
        self._asked_to_stop = True
        if self._program is not None:
            with suppress(ProcessLookupError):
                os.kill(self._program, signal.SIGTERM)

    def _wait_for_the_program(self) -> int:
        while True:
            child, status = os.wait()
            if child == self._program:
                self._program = None
                return os.waitstatus_to_exitcode(status)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> list[int]:
    """Process ids of this process's children (proc(5); none where there is no /proc)."""
    found = Path("/proc/self/task").glob("*/children")
    return [int(child) for listed in found for child in listed.read_text().split()]
