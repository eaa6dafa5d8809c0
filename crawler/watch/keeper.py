"""What the schedule does about alarms at each tick: write what came through the door, tell people.

A store or catalog that is away cannot hold an alarm that says so: that one is sent at once, and written down
when the service is back.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from archive.catalog import leases, watch
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from archive.rows import AlarmRow, NoticeRow
from config.alarm_settings import AlarmSettings
from config.settings import Settings
from crawler.schedule.leadership import LEASE as SCHEDULER
from crawler.watch.alarm import Condition, Severity, cleared_row, raised_row
from crawler.watch.door import AlarmDoor
from crawler.watch.found import Watchlist
from crawler.watch.judge import is_of_nights
from crawler.watch.messenger import Messenger, Send
from crawler.watch.notices import RAISED, due_messages
from crawler.watch.searching import SearchWatch
from crawler.watch.send import send

log = structlog.get_logger()

AWAY_SECONDS = 600.0  # after which a service that is away is an alarm
AWAY = "service_away"
KEEPS_FAILING = 3  # times that a run breaks off before it is an alarm

_NOTHING_WATCHED = Watchlist()


class AlarmKeeper:
    """The door of a process that schedules, and the messages that come of it. Used by one thread."""

    def __init__(
        self,
        settings: AlarmSettings,
        clock: Clock,
        tick: float,
        send: Send = send,
        *,
        away: float = AWAY_SECONDS,
        watchlist: Watchlist = _NOTHING_WATCHED,
    ) -> None:
        self.door = AlarmDoor()
        self._settings, self._clock, self._send, self._patience = settings, clock, send, away
        self._messenger = Messenger(settings, clock, tick, send, watchlist=watchlist)
        self._searches = SearchWatch(watchlist.searches)
        self._since: float | None = None  # monotonic: when a service was missed first
        self._away: AlarmRow | None = None  # told, and not written down
        self._notices: list[NoticeRow] = []
        self._failed: Counter[str] = Counter()  # by run

    def tick(self, catalog: Catalog, committer: Committer, watched: Collection[str] | None = None) -> None:
        """Write down and tell what there is; raises what store and catalog raise.

        Args:
            catalog: has the open alarms.
            committer: writes.
            watched: sources that are crawled: what nights raised of others is over; None: say nothing of it.
        """
        open_alarms = watch.open_alarms(catalog)
        for row in open_alarms:
            unwatched = watched is not None and row.subject not in watched
            if unwatched and is_of_nights(row.kind):
                self.door.clear_alarm(row.kind, subject=row.subject, message="it is not crawled any more")
        for row in self.door.settle(lambda: open_alarms, committer.commit_rows, self._clock.now()):
            told = "alarm" if row.cleared_at is None else "alarm is over"
            log.warning(told, kind=row.kind, subject=row.subject, message=row.message)
        if self._notices:
            committer.commit_rows(self._notices)
            self._notices = []
        committer.commit_rows(self._searches.check(catalog, self._clock.now()))
        self._messenger.tick(catalog, committer.commit_rows)

    def follow(self, watchlist: Watchlist) -> None:
        """Watch these searches from the next tick on."""
        self._searches.follow(watchlist.searches)
        self._messenger.follow(watchlist)

    def away(self, problem: str) -> None:
        """Store or catalog did not answer; after ten minutes of that people are told, without them."""
        now = time.monotonic()
        self._since = self._since if self._since is not None else now
        if self._away is not None or now - self._since < self._patience:
            return
        since = self._clock.now() - timedelta(seconds=now - self._since)
        told = f"store or catalog does not answer since {since:%H:%M} UTC, and nothing is crawled: {problem}"
        self._away = raised_row(Condition(AWAY, told, severity=Severity.ERROR), self._clock.now())
        for message in due_messages(self._settings, [self._away], (), self._clock.now()):
            problem_sending = self._send(message)
            if problem_sending is None:
                at = self._clock.now()
                self._notices.append(NoticeRow(alarm_id=self._away.id, what=RAISED, to=message.to, at=at))
            else:
                log.warning("alarms cannot be sent", problem=problem_sending)

    def back(self) -> None:
        """Store and catalog answer."""
        self._since = None
        if self._away is not None:
            over = "it answers again"
            self.door.note_event(cleared_row(self._away, self._clock.now(), over))
            self._away = None

    def wait(self) -> None:
        """Until what is being sent is sent, or was refused."""
        self._messenger.wait()

    def leader_lost(self, holder: str, until: datetime) -> None:
        """This scheduler leads after one that did not say good-bye."""
        told = f"the scheduler {holder} has not been heard of since {until:%Y-%m-%d %H:%M} UTC"
        self.event(Condition("leader_lost", told), "another one leads now")

    def run_failed(self, run_id: str, sources: Sequence[str]) -> None:
        """A run's process ended and the run did not; one that keeps doing so is an alarm."""
        self._failed[run_id] += 1
        if self._failed[run_id] >= KEEPS_FAILING:
            told = f"run {run_id} of {', '.join(sources)} has broken off {self._failed[run_id]} times"
            self.door.raise_alarm("run_failing", told, severity=Severity.ERROR)

    def run_ended(self, run_id: str) -> None:
        """A run came to its end."""
        del self._failed[run_id]
        if not any(count >= KEEPS_FAILING for count in self._failed.values()):
            self.door.clear_alarm("run_failing", message=f"run {run_id} came to its end")

    def event(self, condition: Condition, over: str) -> None:
        """Something happened that does not last: one alarm, which is over with the same breath."""
        now = self._clock.now()
        self.door.note_event(cleared_row(raised_row(condition, now), now, over))


def tell_now(archive: Archive, settings: Settings, clock: Clock) -> None:
    """Look what saved searches find, and tell people of it and of what is amiss, after a run by hand.

    Where a schedule leads, it does that itself. Waits for the services that messages go through; what could
    not be sent is tried again after the next run. Raises what store and catalog raise.
    """
    watchlist = Watchlist.of(settings)
    if not (settings.alarms.to or settings.searches) or leases.holder_of(archive.catalog, SCHEDULER, clock):
        return
    journal = JournalWriter(archive.store, new_writer(clock.now()), clock)
    committer = Committer(archive.store, archive.catalog, journal, clock)
    committer.commit_rows(SearchWatch(settings.searches).check(archive.catalog, clock.now()))
    messenger = Messenger(settings.alarms, clock, settings.schedule.tick, watchlist=watchlist)
    messenger.send_now(archive.catalog, committer.commit_rows)
