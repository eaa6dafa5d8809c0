"""The previews that people asked for, made one after the other, each by a child process."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import structlog

from archive.catalog import previews
from archive.catalog.catalog import Catalog
from archive.catalog.previews import KEPT, PATIENCE, PreviewRequest
from archive.clock import Clock
from crawler.schedule.children import Command

LONGEST = 900.0  # seconds that one may take: sixty requests at the slowest usual delay, and the reading

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Child:
    request: PreviewRequest
    process: subprocess.Popen[bytes]
    ends_by: float  # monotonic


class Previews:
    """Has requests answered; used by one thread. `changed` is called from another when a child has ended."""

    def __init__(
        self,
        catalog: Catalog,
        clock: Clock,
        command: Callable[[PreviewRequest], Command],
        changed: Callable[[], None],
        *,
        longest: float = LONGEST,
    ) -> None:
        self._catalog, self._clock, self._command = catalog, clock, command
        self._changed, self._longest = changed, longest
        self._child: _Child | None = None

    @property
    def going(self) -> bool:
        """Whether one is being made."""
        return self._child is not None

    def tick(self, *, leads: bool, busy: Collection[str]) -> None:
        """Look whether the child has ended; if this process `leads`, begin with the next request.

        A source that is `busy`, because a run has it, has its turn when the run is over.

        Raises what the catalog raises.
        """
        if self._child is not None:
            self._look(self._child)
        if self._child is None and leads:
            self._forget()
            waiting = [one for one in previews.waiting(self._catalog) if not self._refused(one)]
            chosen = next((one for one in waiting if one.source not in busy), None)
            if chosen is not None:
                self._start(chosen)

    def terminate(self) -> None:
        """Ask the child to end; its request waits for the next start."""
        if self._child is not None:
            self._child.process.terminate()
            self._child.process.wait()
            self._child = None

    def _forget(self) -> None:
        before = self._clock.now() - KEPT
        if previews.any_before(self._catalog, before):
            previews.forget(self._catalog, before)

    def _refused(self, request: PreviewRequest) -> bool:
        """A request of long ago: nobody waits for it any more."""
        if self._clock.now() - request.asked_at <= PATIENCE:
            return False
        self._fail(request, "no service of the schedule took it up within an hour; ask again")
        return True

    def _start(self, request: PreviewRequest) -> None:
        command = self._command(request)
        try:
            process = command.begin()
        except OSError as error:
            self._fail(request, f"it could not be begun: {error.strerror}")
            return
        log.info("preview begun", source=request.source, request=request.id)
        self._child = _Child(request, process, time.monotonic() + self._longest)
        threading.Thread(target=self._watch, args=(process,), name=request.id, daemon=True).start()

    def _look(self, child: _Child) -> None:
        status = child.process.poll()
        if status is None and time.monotonic() < child.ends_by:
            return
        if status is None:
            child.process.kill()
            child.process.wait()
            self._fail(child.request, f"it took longer than {self._longest:.0f} seconds")
        elif status != 0:
            self._fail(child.request, f"it ended with status {status}; the service's log says why")
        self._child = None

    def _fail(self, request: PreviewRequest, note: str) -> None:
        if previews.fail(self._catalog, request, note, self._clock.now()):
            log.warning("no preview", source=request.source, request=request.id, why=note)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self._changed()
