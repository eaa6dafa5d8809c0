"""Bytes first, seen from the reactor: awaits the recorder's thread without blocking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from archive.digest import url_key
from archive.exchange import Exchange
from archive.open_batch import Rendered
from archive.phases import Phases
from archive.recorder import Recorder
from archive.rows import CaptureRow


class RunRecorder:
    """The fetch room's `Recorder` over the archive's.

    Args:
        recorder: the archive's.
        recorded: called with each capture, in the event loop.
        phases: counts how long each takes to be durable.
    """

    def __init__(
        self,
        recorder: Recorder,
        recorded: Callable[[CaptureRow], None] = lambda _capture: None,
        phases: Phases | None = None,
    ) -> None:
        self._recorder, self._recorded, self._phases = recorder, recorded, phases or Phases()
        self._unmodified: dict[str, CaptureRow] = {}

    def expect_unmodified(self, url: str, capture: CaptureRow) -> None:
        """The next request for this URL sends this capture's validators: a 304 will stand for it."""
        self._unmodified[url_key(url)] = capture

    async def record(self, exchange: Exchange, *, source: str) -> CaptureRow:
        not_modified = exchange.status == HTTPStatus.NOT_MODIFIED  # another try may still bring it
        unmodified = self._unmodified.pop(url_key(exchange.url), None) if not_modified else None
        with self._phases.timed("record"):
            capture = await asyncio.wrap_future(self._recorder.record(exchange, source, unmodified))
        self._recorded(capture)
        return capture

    async def keep_rendered(self, rendered: Rendered) -> None:
        """Keep what a browser made of a recorded page."""
        await asyncio.wrap_future(self._recorder.keep_rendered(rendered))
