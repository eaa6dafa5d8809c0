"""Commits what the run has found out: discoveries at once, results with their captures' segment.

What waits for a commit is in memory: its rows, the articles they say something of, and their texts. So it is
committed when that is much, too, or a fast crawl of small pages would hold hundreds of MB of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

from archive.commit import Committer
from archive.recorder import Recorder
from archive.rows import Row
from config.settings import CrawlSettings
from crawler.allocator import give_back

_CHECK_SECONDS = 0.5
_ROWS_AT_ONCE = 10_000  # discoveries in a journal entry, which takes several times their memory to apply
MOST_HELD = 24 << 20  # bytes that may wait for a commit, about
_ROW = 1 << 10  # bytes in memory of a row, and of its share in what the run remembers until it is committed


class Acknowledger:
    """Gathers rows, and commits them when they are many, or their segment large or old, and at the end.

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
            for first in range(0, len(rows), _ROWS_AT_ONCE):
                some = rows[first : first + _ROWS_AT_ONCE]
                await asyncio.to_thread(self._committer.commit_rows, some)
            if len(rows) >= _ROWS_AT_ONCE:
                await asyncio.to_thread(give_back)

    async def commit_segments(self, *, searchable: bool = True) -> None:
        """Seal the open segments and acknowledge everything gathered (`Committer.commit_segments`)."""
        async with self._lock:
            rows, self._rows = [*self._rows, *self._with()], []
            self._opened = time.monotonic()
            if self._failure is not None:
                raise self._failure
            commit = partial(self._committer.commit_segments, self._recorder, rows, searchable=searchable)
            work = asyncio.ensure_future(asyncio.to_thread(commit))
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
            del rows
            await asyncio.to_thread(give_back)

    async def run(self) -> None:
        """Commit whenever it is time, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            if self._is_time():
                await self.commit_segments()

    def _is_time(self) -> bool:
        """Whether the open segment is large or old enough, or too much waits for it in memory."""
        if self._recorder.open_bytes >= self._limits.segment_bytes:
            return True
        if time.monotonic() - self._opened >= self._limits.segment_seconds:
            return True
        return len(self._rows) * _ROW + self._recorder.open_text >= MOST_HELD
