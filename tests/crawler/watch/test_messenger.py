"""Messages are sent beside the schedule, once to each address, kept when they cannot be sent, and noted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from archive.catalog import watch
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from archive.rebuild.run import rebuild
from archive.rows import AlarmRow
from config.alarm_settings import AlarmSettings
from config.settings import Settings
from crawler.watch.alarm import Condition, Severity, changes
from crawler.watch.keeper import AWAY, KEEPS_FAILING, AlarmKeeper, tell_now
from crawler.watch.messenger import Messenger
from crawler.watch.notices import Message
from tests.archive.material import SetClock

DESK, CHAT = "${ALARM_DESK}", "${ALARM_CHAT}"
TWO = AlarmSettings(to=(DESK, CHAT))


class Receiver:
    """Takes messages, but for those to addresses that are `away`."""

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.taken: list[tuple[str, str]] = []

    def __call__(self, message: Message) -> str | None:
        if message.to in self.away:
            return f"{message.to} does not answer"
        self.taken.append((message.to, message.title))
        return None


@pytest.fixture
def committer(archive: Archive) -> Committer:
    clock = SetClock()
    writer = JournalWriter(archive.store, new_writer(clock.now()), clock)
    return Committer(archive.store, archive.catalog, writer, clock)


def raise_one(archive: Archive, committer: Committer, kind: str = "silent") -> AlarmRow:
    condition = Condition(kind, "no new article for 3 nights", "site", Severity.ERROR)
    rows = changes(watch.open_alarms(archive.catalog), [condition], {condition.key}, SetClock().now())
    committer.commit_rows(rows)
    return rows[0]


def settle(messenger: Messenger, archive: Archive, committer: Committer) -> None:
    """A tick that sends, and one that notes what was sent."""
    for _ in range(2):
        messenger.tick(archive.catalog, committer.commit_rows)
        messenger.wait()
    messenger.tick(archive.catalog, committer.commit_rows)


def test_each_address_is_told_once_also_by_another_process(archive: Archive, committer: Committer) -> None:
    raise_one(archive, committer)
    receiver = Receiver()
    for _ in range(3):
        settle(Messenger(TWO, SetClock(), 30, receiver), archive, committer)
    assert receiver.taken == [(DESK, "Dateline: 1 alarm"), (CHAT, "Dateline: 1 alarm")]


def test_a_message_that_cannot_be_sent_is_kept_and_told_of_once(
    archive: Archive, committer: Committer
) -> None:
    raise_one(archive, committer)
    receiver = Receiver()
    receiver.away = {CHAT}
    messenger = Messenger(TWO, SetClock(), 0, receiver)  # a tick of nothing: tried again at once
    with capture_logs() as logs:
        settle(messenger, archive, committer)
        settle(messenger, archive, committer)
        receiver.away = set()
        settle(messenger, archive, committer)
    assert receiver.taken == [(DESK, "Dateline: 1 alarm"), (CHAT, "Dateline: 1 alarm")]
    assert [entry["event"] for entry in logs] == [
        "alarms cannot be sent; it is tried again",
        "alarms can be sent again",
    ]


def test_a_kill_between_sending_and_noting_sends_once_more(archive: Archive, committer: Committer) -> None:
    raise_one(archive, committer)
    receiver = Receiver()
    killed = Messenger(TWO, SetClock(), 30, receiver)
    killed.tick(archive.catalog, committer.commit_rows)
    killed.wait()  # and never ticks again
    for _ in range(3):
        settle(Messenger(TWO, SetClock(), 30, receiver), archive, committer)
    assert [to for to, _ in receiver.taken] == [DESK, CHAT, DESK, CHAT]


def test_alarms_and_notices_come_back_from_the_journal(archive: Archive, committer: Committer) -> None:
    raised = raise_one(archive, committer)
    settle(Messenger(TWO, SetClock(), 30, Receiver()), archive, committer)
    before = watch.newest_alarms(archive.catalog), watch.notices_of(archive.catalog, [raised])
    assert len(before[1]) == 2
    rebuild(archive.store, archive.catalog, lambda _done, _total: None)
    assert (watch.newest_alarms(archive.catalog), watch.notices_of(archive.catalog, [raised])) == before


def test_nothing_is_sent_in_quiet_hours(archive: Archive, committer: Committer) -> None:
    raise_one(archive, committer)
    receiver, clock = Receiver(), SetClock(step=timedelta())  # noon
    settle(Messenger(AlarmSettings(to=(DESK,), quiet="11:00-13:00"), clock, 30, receiver), archive, committer)
    assert receiver.taken == []
    clock.moment += timedelta(hours=1)
    settle(Messenger(AlarmSettings(to=(DESK,), quiet="11:00-13:00"), clock, 30, receiver), archive, committer)
    assert [to for to, _ in receiver.taken] == [DESK]


def test_a_run_without_a_schedule_tells_at_its_end(
    archive: Archive, committer: Committer, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_one(archive, committer)
    monkeypatch.setattr("crawler.watch.messenger.Messenger.send_now", lambda *_: sent.append(1))
    sent: list[int] = []
    tell_now(archive, Settings(alarms=AlarmSettings()), SetClock())
    assert sent == []
    tell_now(archive, Settings(alarms=TWO), SetClock())
    assert sent == [1]


def test_a_service_that_is_away_is_told_of_without_it(archive: Archive, committer: Committer) -> None:
    receiver = Receiver()
    keeper = AlarmKeeper(TWO, SetClock(), 30, receiver, away=0)
    for _ in range(5):
        keeper.away("catalog postgresql://… does not answer")
    assert receiver.taken == [(DESK, "Dateline: 1 alarm"), (CHAT, "Dateline: 1 alarm")]
    keeper.back()
    for _ in range(3):
        keeper.tick(archive.catalog, committer)
        keeper.wait()
    [row] = watch.newest_alarms(archive.catalog)
    assert row.kind == AWAY
    assert row.cleared_at is not None
    assert [title for _, title in receiver.taken[2:]] == ["Dateline: 1 over"] * 2


def test_a_hiccup_of_a_service_is_no_alarm(archive: Archive, committer: Committer) -> None:
    receiver = Receiver()
    keeper = AlarmKeeper(TWO, SetClock(), 30, receiver)
    keeper.away("catalog does not answer")
    keeper.back()
    keeper.tick(archive.catalog, committer)
    assert (receiver.taken, watch.newest_alarms(archive.catalog)) == ([], [])


def test_a_run_that_keeps_breaking_off(archive: Archive, committer: Committer) -> None:
    keeper = AlarmKeeper(AlarmSettings(), SetClock(), 30, Receiver())
    for _ in range(KEEPS_FAILING - 1):
        keeper.run_failed("run-1", ("a", "b"))
    keeper.tick(archive.catalog, committer)
    assert watch.open_alarms(archive.catalog) == []
    keeper.run_failed("run-1", ("a", "b"))
    keeper.tick(archive.catalog, committer)
    [row] = watch.open_alarms(archive.catalog)
    assert row.message == "run run-1 of a, b has broken off 3 times"
    keeper.run_ended("run-1")
    keeper.tick(archive.catalog, committer)
    assert watch.open_alarms(archive.catalog) == []


def test_alarms_of_a_source_that_is_crawled_no_more_are_over(archive: Archive, committer: Committer) -> None:
    keeper = AlarmKeeper(AlarmSettings(), SetClock(), 30, Receiver())
    raise_one(archive, committer)
    keeper.tick(archive.catalog, committer, {"site"})
    assert len(watch.open_alarms(archive.catalog)) == 1
    keeper.tick(archive.catalog, committer, {"other"})
    assert watch.open_alarms(archive.catalog) == []
