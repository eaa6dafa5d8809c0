"""Moments as searches name them (pure): a year, a month, a day, or a moment; UTC unless a zone is named."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from archive.clock import require_utc

ALLOWED = "2026, 2026-03, 2026-03-21, or a moment such as 2026-03-21T18:30 (UTC) or 2026-03-21T18:30+01:00"

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def first_of(text: str) -> datetime:
    """The first moment of the year, month or day, or the moment itself; raises ValueError."""
    return _read(text)[0]


def after(text: str) -> datetime:
    """The first moment after the year, month or day, or the moment itself; raises ValueError."""
    return _read(text)[1]


def _read(text: str) -> tuple[datetime, datetime]:
    try:
        if found := _DAY.fullmatch(text):
            year, month, day = (int(part) if part else None for part in found.groups())
            begin = date(year or 0, month or 1, day or 1)
            if day is not None:
                end = begin + timedelta(days=1)
            elif month is not None:
                end = date(begin.year + month // 12, month % 12 + 1, 1)
            else:
                end = date(begin.year + 1, 1, 1)
            return _midnight(begin), _midnight(end)
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else require_utc(moment)
            return utc, utc
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:40]!r} is no time ({error}); allowed: {ALLOWED}") from None
    raise ValueError(f"{text[:40]!r} is no time; allowed: {ALLOWED}")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
