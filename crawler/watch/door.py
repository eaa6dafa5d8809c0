"""The door through which any part of the crawler or the schedule says that something is amiss, or is over.

    door.raise_alarm("disk_full", "the spool's disk has 310 MiB left", severity=Severity.ERROR)
    door.clear_alarm("disk_full")

Both may be said again and again: an alarm is raised once, and cleared once. Nothing waits and nothing is
written here; `settle` writes what was said into the journal when its owner can write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

from archive.rows import AlarmRow, Row
from crawler.watch.alarm import Condition, Key, Severity, changes


class AlarmDoor:
    """What was said and is not written yet; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._said: dict[Key, tuple[Condition | None, str]] = {}  # None: it is over, and what is said of that
        self._events: list[AlarmRow] = []

    def raise_alarm(
        self, kind: str, message: str, *, subject: str = "", severity: Severity = Severity.WARNING
    ) -> None:
        """Say that something is amiss, as often as it is seen.

        Args:
            kind: what is amiss, in one word that stays the same while it lasts: `disk_full`.
            message: a sentence with the figures.
            subject: a source's name; empty for the archive or the schedule as a whole.
            severity: `error` where nothing is archived, `warning` where less is than should be.
        """
        condition = Condition(kind, message, subject, severity)
        with self._lock:
            self._said[condition.key] = (condition, "")

    def clear_alarm(self, kind: str, *, subject: str = "", message: str = "it is over") -> None:
        """Say that nothing of this kind is amiss, as often as it is seen."""
        with self._lock:
            self._said[subject, kind] = (None, message)

    def note_event(self, event: AlarmRow) -> None:
        """Something happened that lasts no longer: a row that is raised and cleared already."""
        with self._lock:
            self._events.append(event)

    def settle(
        self,
        open_alarms: Callable[[], Sequence[AlarmRow]],
        commit: Callable[[Sequence[Row]], None],
        now: datetime,
    ) -> list[AlarmRow]:
        """Write what was said since the last call; the alarms that this raised or cleared.

        Raises what `open_alarms` and `commit` raise; everything is then said still.
        """
        with self._lock:
            said, events = dict(self._said), list(self._events)
        if not said and not events:
            return []
        rows = [*_rows(said, open_alarms(), now), *events]
        if rows:
            commit(rows)
        with self._lock:
            for key, what in said.items():
                if self._said.get(key) == what:  # else something else was said meanwhile
                    del self._said[key]
            del self._events[: len(events)]
        return rows


def _rows(
    said: dict[Key, tuple[Condition | None, str]], open_alarms: Sequence[AlarmRow], now: datetime
) -> list[AlarmRow]:
    raised = [condition for condition, _ in said.values() if condition is not None]
    rows = changes(open_alarms, raised, {condition.key for condition in raised}, now)
    for key, (condition, over) in said.items():
        if condition is None:
            rows += changes(open_alarms, [], {key}, now, over=over)
    return rows
