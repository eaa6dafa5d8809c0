"""The child processes that carry runs out, and how long to wait with a run whose child failed."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.clock import Clock
from archive.rows import RunRow
from crawler.schedule.decide import REQUESTED, Going

LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a process: program with arguments, and its environment."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def begin(self) -> subprocess.Popen[bytes]:
        """Start it, to be told when to end; raises OSError if that cannot be done."""
        return subprocess.Popen(
            self.arguments,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # what it did is read from the catalog; its log goes to stderr
            process_group=0,  # Ctrl-C in a terminal reaches us alone, and we tell the children once
        )


@dataclass(frozen=True, slots=True)
class EndedChild:
    """A child that is no more, or that could not be started (`status` None, `problem` says why)."""

    run: RunRow
    status: int | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Child:
    going: Going
    run: RunRow
    process: subprocess.Popen[bytes]


class Children:
    """Starts and ends children; used by one thread. `changed` is called from another when one has ended."""

    def __init__(self, command: Callable[[RunRow], Command], changed: Callable[[], None]) -> None:
        self._command, self._changed = command, changed
        self._children: dict[str, _Child] = {}
        self._failed_starts: list[EndedChild] = []

    @property
    def going(self) -> dict[str, Going]:
        """By run id, what they work on; one that ended stays here until `reap`."""
        return {run_id: child.going for run_id, child in self._children.items()}

    def start(self, run: RunRow, clock: Clock) -> None:
        """Start a child for a run. One that cannot be started is given back by `reap`, with the problem."""
        command = self._command(run)
        try:
            process = command.begin()
        except OSError as error:
            self._failed_starts.append(EndedChild(run, None, f"{command.arguments[0]}: {error.strerror}"))
            return
        asked = run.kind == REQUESTED
        going = Going(run.id, run.sources, None if asked else clock.now(), asked=asked)
        self._children[run.id] = _Child(going, run, process)
        threading.Thread(target=self._watch, args=(process,), name=f"watch {run.id}", daemon=True).start()

    def reap(self) -> list[EndedChild]:
        """Those that ended since the last call."""
        ended, self._failed_starts = self._failed_starts, []
        for run_id, child in list(self._children.items()):
            if (status := child.process.poll()) is not None:
                del self._children[run_id]
                ended.append(EndedChild(child.run, status))
        return ended

    def terminate(self) -> None:
        """Ask all of them to acknowledge what is in flight and end (SIGTERM)."""
        for child in self._children.values():
            child.process.terminate()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self._changed()


class Retries:
    """When an unfinished run whose child failed may go on: after 2, 4, 8, … ticks, at most an hour."""

    def __init__(self, tick: float) -> None:
        self._tick = tick
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def failed(self, run_id: str) -> float:
        """Its child ended and the run did not; the result is the seconds until the next try."""
        count = self._failures[run_id] = self._failures.get(run_id, 0) + 1
        wait = min(LONGEST_WAIT, self._tick * 2.0 ** min(count, 16))
        self._not_before[run_id] = time.monotonic() + wait
        return wait

    def finished(self, run_id: str) -> None:
        """The run is done; forget its failures."""
        self._failures.pop(run_id, None)
        self._not_before.pop(run_id, None)

    @property
    def held_back(self) -> frozenset[str]:
        """Ids of the runs whose time has not come."""
        now = time.monotonic()
        return frozenset(run_id for run_id, moment in self._not_before.items() if moment > now)
