"""Which messages are due to whom, and what they say (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from archive.rows import AlarmRow, NoticeRow
from config.alarm_settings import AlarmSettings
from crawler.watch.alarm import Severity

RAISED, CLEARED = "raised", "cleared"
MEMORY = timedelta(days=7)  # what was over before that is told to nobody any more

_MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address, about everything that it was not told yet.

    Attributes:
        to: the reference to the address.
        title, body: what it says.
        severity: the worst of what is raised; None if all of it is over.
        notices: (alarm id, `raised` or `cleared`) that it tells.
    """

    to: str
    title: str
    body: str
    severity: Severity | None
    notices: tuple[tuple[str, str], ...]


def is_quiet(settings: AlarmSettings, now: datetime) -> bool:
    """Whether nothing is sent at this moment."""
    if settings.quiet_hours is None:
        return False
    begin, end = settings.quiet_hours
    clock = now.astimezone(ZoneInfo(settings.timezone)).time()
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def due_messages(
    settings: AlarmSettings, alarms: Iterable[AlarmRow], notices: Iterable[NoticeRow], now: datetime
) -> list[Message]:
    """A message for each address that has to be told something.

    That an alarm is over is told to whom it was told that it was raised; both at once, where the first could
    not be sent in time.

    Args:
        settings: whom, and the least severity.
        alarms: those that are open, and those that were over lately.
        notices: what was told of these.
        now: aware.
    """
    told = {(row.alarm_id, row.what, row.to) for row in notices}
    least = [Severity.ERROR] if settings.severity == "error" else list(Severity)
    ours = [row for row in alarms if row.severity in least and not _is_forgotten(row, now)]
    messages = []
    for to in dict.fromkeys(settings.to):
        raised = [row for row in ours if (row.id, RAISED, to) not in told]
        over = [row for row in ours if row.cleared_at is not None and (row.id, CLEARED, to) not in told]
        if raised or over:
            messages.append(_message(to, raised, over))
    return messages


def trial_message(to: str) -> Message:
    """A message that only says that messages arrive."""
    return Message(to, "Dateline: a test", "Alarms of this archive are sent here.", None, ())


def _is_forgotten(row: AlarmRow, now: datetime) -> bool:
    return row.cleared_at is not None and now - row.cleared_at > MEMORY


def _message(to: str, raised: Sequence[AlarmRow], over: Sequence[AlarmRow]) -> Message:
    standing = [row for row in raised if row.cleared_at is None]
    parts = [f"{len(standing)} alarm{'' if len(standing) == 1 else 's'}"] if standing else []
    parts += [f"{len(over)} over"] if over else []
    lines = [f"{_mark(row)} {_subject(row)}{row.message}" for row in _worst_first(standing)]
    lines += [f"over: {_subject(row)}{_ended(row, told=row not in raised)}" for row in over]
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], f"and {more} more: `dateline alarms` has them all"]
    severities = [Severity(row.severity) for row in standing]
    worst = Severity.ERROR if Severity.ERROR in severities else Severity.WARNING if severities else None
    pairs = [(row.id, RAISED) for row in raised] + [(row.id, CLEARED) for row in over]
    return Message(to, f"Dateline: {', '.join(parts)}", "\n".join(lines), worst, tuple(pairs))


def _worst_first(rows: Iterable[AlarmRow]) -> list[AlarmRow]:
    return sorted(rows, key=lambda row: (row.severity != Severity.ERROR, row.subject, row.raised_at))


def _mark(row: AlarmRow) -> str:
    return "ALARM:" if row.severity == Severity.ERROR else "warning:"


def _subject(row: AlarmRow) -> str:
    return f"{row.subject}: " if row.subject else ""


def _ended(row: AlarmRow, *, told: bool) -> str:
    since = f"since {row.raised_at:%Y-%m-%d %H:%M} UTC"
    ended = f"; {row.cleared_message}" if row.cleared_message else ""
    return f"{row.message} ({since}{'' if told else ', not told before'}){ended}"
