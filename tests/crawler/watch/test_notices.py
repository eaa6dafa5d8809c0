"""Who is told what, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.rows import AlarmRow, NoticeRow
from config.alarm_settings import AlarmSettings
from crawler.watch.alarm import Severity
from crawler.watch.notices import Message, due_messages, is_quiet

NOW = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DESK, CHAT = "${ALARM_DESK}", "file:/run/secrets/chat"
BOTH = AlarmSettings(to=(DESK, CHAT))

SILENT = AlarmRow(
    id="1", subject="site", kind="silent", severity="error", message="no new article for 3 nights",
    raised_at=NOW - 4 * HOUR,
)  # fmt: skip
DATES = AlarmRow(
    id="2", subject="site", kind="date", severity="warning", message="3% have a date; 98% are usual",
    raised_at=NOW - 4 * HOUR,
)  # fmt: skip
OVER = replace(SILENT, cleared_at=NOW, cleared_message="over: 23 new articles")


def told(message: Message) -> list[NoticeRow]:
    return [NoticeRow(alarm_id=one, what=what, to=message.to, at=NOW) for one, what in message.notices]


def test_one_message_to_each_address_and_none_again() -> None:
    messages = due_messages(BOTH, [DATES, SILENT], [], NOW)
    assert [message.to for message in messages] == [DESK, CHAT]
    assert {message.title for message in messages} == {"Dateline: 2 alarms"}
    assert messages[0].body.splitlines() == [
        "ALARM: site: no new article for 3 nights",
        "warning: site: 3% have a date; 98% are usual",
    ]
    assert messages[0].severity is Severity.ERROR
    again = due_messages(BOTH, [DATES, SILENT], told(messages[0]), NOW + HOUR)
    assert [message.to for message in again] == [CHAT]


def test_that_it_is_over_is_told_too() -> None:
    [first] = due_messages(AlarmSettings(to=(DESK,)), [SILENT], [], NOW)
    [second] = due_messages(AlarmSettings(to=(DESK,)), [OVER], told(first), NOW)
    assert second.title == "Dateline: 1 over"
    assert second.body == (
        "over: site: no new article for 3 nights (since 2026-03-20 02:00 UTC); over: 23 new articles"
    )
    assert second.severity is None
    assert due_messages(AlarmSettings(to=(DESK,)), [OVER], told(first) + told(second), NOW) == []


def test_what_began_and_ended_untold_is_told_in_one_line_for_a_week() -> None:
    [message] = due_messages(AlarmSettings(to=(DESK,)), [OVER], [], NOW)
    assert message.title == "Dateline: 1 over"
    assert "not told before" in message.body
    assert message.notices == (("1", "raised"), ("1", "cleared"))
    assert due_messages(BOTH, [OVER], [], NOW + timedelta(days=8)) == []


def test_the_least_severity() -> None:
    [message] = due_messages(AlarmSettings(to=(DESK,), severity="error"), [DATES, SILENT], [], NOW)
    assert message.notices == (("1", "raised"),)


def test_nobody_reads_a_thousand_lines() -> None:
    many = [replace(DATES, id=str(n), subject=f"site-{n}") for n in range(1000)]
    [message] = due_messages(AlarmSettings(to=(DESK,)), many, [], NOW)
    assert len(message.body.splitlines()) == 51
    assert message.body.endswith("and 950 more: `dateline alarms` has them all")
    assert len(message.notices) == 1000


@pytest.mark.parametrize(
    ("hours", "zone", "at", "quiet"),
    [
        (None, "UTC", "03:00", False),
        ("22:00-07:00", "UTC", "03:00", True),
        ("22:00-07:00", "UTC", "22:00", True),
        ("22:00-07:00", "UTC", "07:00", False),
        ("22:00-07:00", "Asia/Tokyo", "22:30", False),
        ("09:00-17:00", "UTC", "12:00", True),
        ("09:00-17:00", "UTC", "18:00", False),
        ("02:00-03:00", "Europe/Berlin", "01:30", True),
    ],
)
def test_quiet_hours(hours: str | None, zone: str, at: str, quiet: bool) -> None:
    settings = AlarmSettings(quiet=hours, timezone=zone)
    assert is_quiet(settings, datetime.fromisoformat(f"2026-03-20T{at}:00+00:00")) is quiet
