"""Commits what the run has found out: discoveries at once, results with their captures' segment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from archive.commit import Committer
from archive.recorder import Recorder
from archive.rows import Row
from config.settings import CrawlSettings

_CHECK_SECONDS = 0.5


class Acknowledger:
    """Gathers rows, and commits them when the open segment is large or old enough, and at the end.

    Used from the event loop; the commits themselves run in a thread. A failed commit is raised to the
    caller of `flush`, `close`, or by the background task `run`.
    """

    def __init__(
        self,
        committer: Committer,
        recorder: Recorder,
        limits: CrawlSettings,
        committed: Callable[[Sequence[Row]], None],
    ) -> None:
        self._committer, self._recorder, self._limits, self._committed = (
            committer,
            recorder,
            limits,
            committed,
        )
        self._rows: list[Row] = []
        self._opened = time.monotonic()
        self._lock = asyncio.Lock()
        self._failure: BaseException | None = None  # of a commit that nobody waited for any more
        self._with: Callable[[], Sequence[Row]] = tuple

    def add(self, rows: Sequence[Row]) -> None:
        """Rows that stand on captures recorded before this call, to be acknowledged with their segment."""
        self._rows.extend(rows)

    def commit_with(self, rows: Callable[[], Sequence[Row]]) -> None:
        """Ask for further rows at each commit: what has been learned from all that was added so far."""
        self._with = rows

    async def commit_now(self, rows: Sequence[Row]) -> None:
        """Acknowledge rows that stand on no capture of the open segment."""
        async with self._lock:
            await asyncio.to_thread(self._committer.commit_rows, rows)

    async def commit_segments(self) -> None:
        """Seal the open segments and acknowledge everything gathered."""
        async with self._lock:
            rows, self._rows = [*self._rows, *self._with()], []
            self._opened = time.monotonic()
            if self._failure is not None:
                raise self._failure
            work = asyncio.ensure_future(
                asyncio.to_thread(self._committer.commit_segments, self._recorder, rows)
            )
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                # The thread goes on, and how it ends decides about all that follows.
                await asyncio.wait([work])
                self._failure = work.exception()
                if self._failure is None:
                    self._committed(rows)
                raise
            self._committed(rows)

    async def run(self) -> None:
        """Commit whenever it is time, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            age = time.monotonic() - self._opened
            if self._recorder.open_bytes >= self._limits.segment_bytes or age >= self._limits.segment_seconds:
                await self.commit_segments()
