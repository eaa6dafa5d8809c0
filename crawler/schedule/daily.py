"""What the schedule has done once a day beside crawls: expiry, in a child process of its own."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from datetime import date

import structlog

from archive.clock import Clock
from crawler.schedule.children import Command

AGAIN_SECONDS = 3600.0  # after a try that failed: a run was in the way, or a service

log = structlog.get_logger()


class Daily:
    """Starts a command once a day (UTC), when no run is going on and it is `wanted`; used by one thread."""

    def __init__(self, command: Command, clock: Clock, wanted: Callable[[], bool] = lambda: True) -> None:
        self._command, self._clock, self._wanted = command, clock, wanted
        self._done_on: date | None = None
        self._not_before = 0.0  # monotonic
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def going(self) -> bool:
        """Whether it is being done."""
        return self._process is not None

    def tick(self, *, quiet: bool) -> None:
        """Look whether it has ended, and start it if its day has come and it is `quiet`."""
        if self._process is not None:
            self._look(self._process)
        elif quiet and self._is_due() and self._wanted():  # a source file may have changed since
            self._start()

    def _is_due(self) -> bool:
        return self._done_on != self._clock.now().date() and time.monotonic() >= self._not_before

    def terminate(self) -> None:
        """Ask it to end: what it leaves half done is finished by the next start."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        self._done_on = self._clock.now().date()
        try:
            self._process = self._command.begin()
        except OSError as error:
            self._failed(str(error))

    def _look(self, process: subprocess.Popen[bytes]) -> None:
        status = process.poll()
        if status is not None:
            self._process = None
            if status != 0:
                self._failed(f"exit status {status}")

    def _failed(self, problem: str) -> None:
        self._done_on, self._not_before = None, time.monotonic() + AGAIN_SECONDS
        log.warning("expiry failed; it is tried again in an hour", problem=problem)
