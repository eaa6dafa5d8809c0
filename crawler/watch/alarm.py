"""Alarms: what is amiss, and when that is said; raised once, cleared when over (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from archive.rows import AlarmRow

Key: TypeAlias = tuple[str, str]
"""Subject (a source's name, or empty) and kind: of these no two alarms are open at once."""


class Severity(StrEnum):
    """How bad it is: `error` where nothing is archived, `warning` where less is than should be."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is amiss now.

    Attributes:
        kind: what; a word that stays the same while it lasts.
        message: a sentence for people, with the figures; its first words need no subject.
        subject: a source's name; empty for the archive or the schedule as a whole.
        severity: how bad it is.
    """

    kind: str
    message: str
    subject: str = ""
    severity: Severity = Severity.WARNING

    @property
    def key(self) -> Key:
        """Of these no two are open at once."""
        return self.subject, self.kind


def changes(
    open_alarms: Iterable[AlarmRow],
    amiss: Iterable[Condition],
    judged: Collection[Key],
    now: datetime,
    *,
    over: str = "it is as it should be again",
    night: str | None = None,
    run_id: str | None = None,
) -> list[AlarmRow]:
    """The alarms to raise and those to clear, as whole rows.

    Args:
        open_alarms: those that were not over until now.
        amiss: what holds now. What is open already stays as it was raised, however often it is seen.
        judged: what could be told; an open alarm that is not among these stays open.
        now: aware.
        over: what is said of those that are cleared.
        night: that was judged, if it was one.
        run_id: that was judged, if it was one.
    """
    by_key = {(row.subject, row.kind): row for row in open_alarms}
    conditions = {condition.key: condition for condition in amiss}
    raised = [
        raised_row(condition, now, night=night, run_id=run_id)
        for key, condition in sorted(conditions.items())
        if key not in by_key
    ]
    cleared = [
        cleared_row(row, now, over)
        for key, row in sorted(by_key.items())
        if key in judged and key not in conditions
    ]
    return [*raised, *cleared]


def raised_row(
    condition: Condition, now: datetime, *, night: str | None = None, run_id: str | None = None
) -> AlarmRow:
    """The alarm of a condition that has begun to hold."""
    return AlarmRow(
        id=alarm_id(condition, now),
        subject=condition.subject,
        kind=condition.kind,
        severity=str(condition.severity),
        message=condition.message,
        raised_at=now,
        night=night,
        run_id=run_id,
    )


def cleared_row(row: AlarmRow, now: datetime, over: str) -> AlarmRow:
    """The same alarm, over."""
    return replace(row, cleared_at=now, cleared_message=over)


def alarm_id(condition: Condition, at: datetime) -> str:
    """Ids sort by age, and tell a person what they are of."""
    parts = (f"{at:%Y%m%dT%H%M%S.%fZ}", condition.kind, condition.subject)
    return "-".join(part for part in parts if part)
