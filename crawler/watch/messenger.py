"""Sends what is due, from a thread of its own: no tick and no run ever waits for a mail server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

import structlog

from archive.catalog import watch
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.rows import NoticeRow, Row
from archive.rows.finds import FOUND
from config.alarm_settings import AlarmSettings
from crawler.schedule.children import Retries
from crawler.watch.found import Watchlist, find_messages
from crawler.watch.notices import MEMORY, Message, due_messages, is_quiet
from crawler.watch.send import send

log = structlog.get_logger()

Commit = Callable[[Sequence[Row]], None]
Send = Callable[[Message], str | None]

_NOTHING_WATCHED = Watchlist()


class Messenger:
    """Tells people of alarms and finds, each address once. Used by one thread.

    What was sent is noted in the journal only afterwards: a process that dies between the two sends it again,
    once. A message that could not be sent is tried again after 2, 4, 8, … ticks, at most an hour.
    """

    def __init__(
        self,
        settings: AlarmSettings,
        clock: Clock,
        tick: float,
        send: Send = send,
        *,
        watchlist: Watchlist = _NOTHING_WATCHED,
    ) -> None:
        self._watchlist = watchlist
        self._settings, self._clock, self._send = settings, clock, send
        self._retries = Retries(tick)
        self._thread: threading.Thread | None = None
        self._results: list[tuple[Message, str | None]] = []
        self._told: dict[str, str] = {}  # problems by address, said already

    def follow(self, watchlist: Watchlist) -> None:
        """Tell of these searches from now on."""
        self._watchlist = watchlist

    def tick(self, catalog: Catalog, commit: Commit) -> None:
        """Note what was sent since the last call, and begin to send what is due.

        Raises what catalog and store raise; nothing that was sent is then forgotten.
        """
        if self._thread is not None:
            if self._thread.is_alive():
                return
            self._thread = None
        self._note(commit)
        messages = self._due(catalog)
        if messages:
            self._thread = threading.Thread(
                target=self._send_all, args=(messages,), name="send alarms", daemon=True
            )
            self._thread.start()

    def send_now(self, catalog: Catalog, commit: Commit) -> None:
        """Send what is due and note it; waits for the services. Raises as `tick`."""
        self._send_all(self._due(catalog))
        self._note(commit)

    def wait(self) -> None:
        """Until what is being sent is sent, or was refused."""
        if self._thread is not None:
            self._thread.join()

    def _due(self, catalog: Catalog) -> list[Message]:
        now = self._clock.now()
        if not (self._settings.to or self._watchlist.by_address) or is_quiet(self._settings, now):
            return []
        every = watch.alarms_since(catalog, now - MEMORY)
        notices = watch.notices_of(catalog, every)
        found = [row for row in every if row.kind == FOUND]
        alarms = [row for row in every if row.kind != FOUND]
        messages = due_messages(self._settings, alarms, notices, now)
        messages += find_messages(catalog, self._watchlist, found, notices)
        return [message for message in messages if message.to not in self._retries.held_back]

    def _send_all(self, messages: Iterable[Message]) -> None:
        self._results += [(message, self._send(message)) for message in messages]

    def _note(self, commit: Commit) -> None:
        sent = [message for message, problem in self._results if problem is None]
        rows = [
            NoticeRow(alarm_id=alarm_id, what=what, to=message.to, at=self._clock.now())
            for message in sent
            for alarm_id, what in message.notices
        ]
        if rows:
            commit(rows)
        for message, problem in self._results:
            self._report(message.to, problem)
        self._results = []

    def _report(self, to: str, problem: str | None) -> None:
        """Say once what keeps an address from being told."""
        if problem is None:
            self._retries.finished(to)
            if self._told.pop(to, None):
                log.info("alarms can be sent again", to=to)
            return
        wait = self._retries.failed(to)
        if self._told.get(to) != problem:
            self._told[to] = problem
            log.warning("alarms cannot be sent; it is tried again", problem=problem, next_try_seconds=wait)
