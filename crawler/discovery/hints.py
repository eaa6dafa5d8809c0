"""Dates as feeds and sitemaps hint them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

# W3C-DTF (https://www.w3.org/TR/NOTE-datetime) and what sitemaps make of it: a blank for the T, no colon in
# the offset, a comma before fractions, no zone.
_W3C = re.compile(
    r"(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?"
    r"(?:[Tt ]\s*(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?\s*"
    r"(?P<zone>[Zz]|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?"
)
_EARLIEST_YEAR = 1990  # before the web
_AHEAD = timedelta(hours=24)  # clocks and zones are wrong, years ahead are nonsense


def read_date(text: str | None) -> datetime | None:
    """Read a date in any W3C form, or as in mail (RFC 5322).

    Returns:
        Aware, in UTC; None if there is none or it is impossible.

    A date without time is its midnight, one without zone is taken as UTC: hints, not facts.
    """
    text = (text or "").strip()[:64]
    match = _W3C.fullmatch(text)
    try:
        if match is None:
            moment = parsedate_to_datetime(text)
            return in_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        part = match.groupdict(default="0")
        day = datetime(int(part["year"]), int(part["month"]) or 1, int(part["day"]) or 1, tzinfo=UTC)
        clock = time(int(part["hour"]), int(part["minute"]), min(int(part["second"]), 59))  # leap seconds
        return in_utc(datetime.combine(day, clock, UTC) - _offset(part["zone"]))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def in_utc(moment: datetime) -> datetime | None:
    """An aware moment in UTC; None if it lies before the web."""
    try:
        moment = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if moment.year >= _EARLIEST_YEAR else None


def plausible(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment, or None if it lies more than a day ahead of `now`."""
    return moment if moment is not None and moment <= now + _AHEAD else None


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset
