"""Moments in addresses and headers: 14 digits (UTC), and the dates of HTTP."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime

_DIGITS = re.compile(r"\d{4}(?:\d\d){0,5}", re.ASCII)
_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT"
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LAST = (59, 59, 23)  # second, minute, hour

TIMESTAMP = "14 digits YYYYMMDDhhmmss in UTC, or 4 to 12 of them"
HTTP_DATE = "a date such as `Thu, 01 Jan 2026 12:00:00 GMT` (RFC 9110, 5.6.7)"


def digits(moment: datetime) -> str:
    """A moment as 14 digits."""
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S}".rjust(14, "0")


def from_digits(text: str, *, up: bool = False) -> datetime:
    """The moment of 4 to 14 digits: the first second that they can mean, or with `up` the last.

    Raises ValueError if they are no moment.
    """
    if not _DIGITS.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no timestamp")
    given = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, len(text), 2))]
    parts = [*given, *(1, 1, 0, 0, 0)[len(given) - 1 :]]
    if up:
        if len(given) < 2:  # noqa: PLR2004 - a year alone
            parts[1] = 12
        if not 1 <= parts[1] <= 12 or parts[0] < 1:  # noqa: PLR2004 - months
            raise ValueError(f"{text!r} is no timestamp")
        highest = [parts[0], parts[1], monthrange(parts[0], parts[1])[1], *reversed(_LAST)]
        parts = [*parts[: len(given)], *highest[len(given) :]]
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def http_date(moment: datetime) -> str:
    """A moment as HTTP writes it (IMF-fixdate), whatever the locale."""
    utc = moment.astimezone(UTC)
    day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
    return f"{day}, {utc.day:02} {month} {utc.year:04} {utc:%H:%M:%S} GMT"


def from_http_date(text: str) -> datetime:
    """The moment of an IMF-fixdate, the one form that RFC 7089 (2.1.1.1) allows; raises ValueError."""
    found = _HTTP_DATE.fullmatch(text.strip())
    if found is None or found[2] not in _MONTHS:
        raise ValueError(f"{text[:60]!r} is no date of HTTP")
    day, month, year, hour, minute, second = found.groups()
    parts = (int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), min(int(second), 59))
    return datetime(*parts, tzinfo=UTC)
