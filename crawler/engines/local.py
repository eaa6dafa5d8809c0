"""Fetchers as child processes on this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence

from crawler.engines.engine import EndedFetcher
from crawler.schedule.children import Command


class LocalEngine:
    """So many child processes at most; an `Engine`."""

    def __init__(self, processes: int, command: Callable[[str], Command]) -> None:
        """Make places; `command`: how a process is started that claims a part of the run of this id."""
        self._slots = tuple(f"here-{number}" for number in range(processes))
        self._command = command
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._failed: list[EndedFetcher] = []

    @property
    def slots(self) -> Sequence[str]:
        return self._slots

    def start(self, slot: str, run_id: str) -> None:
        command = self._command(run_id)
        try:
            self._running[slot] = subprocess.Popen(
                command.arguments,
                env=dict(command.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # what it did is in the ledger; its log goes to stderr
                process_group=0,  # Ctrl-C in a terminal reaches us alone, and we tell them once
            )
        except OSError as error:
            self._failed.append(EndedFetcher(slot, None, f"{command.arguments[0]}: {error.strerror}"))

    def ended(self) -> list[EndedFetcher]:
        ended, self._failed = self._failed, []
        for slot, process in list(self._running.items()):
            if (status := process.poll()) is not None:
                del self._running[slot]
                ended.append(EndedFetcher(slot, status))
        return ended

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()

    def close(self) -> None:
        self.stop()
        for process in self._running.values():
            process.wait()
        self._running = {}
