"""Moments as people type them: a date, or a date and a time; UTC unless they name a zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import typer

ALLOWED = "a date such as 2026-03-21, or a moment such as 2026-03-21T18:30 (UTC) or 2026-03-21T18:30+01:00"

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_MEMENTO = re.compile(r"\d{14}", re.ASCII)  # 20260321183000, as in the addresses of web archives


def latest(text: str, option: str) -> datetime:
    """The last moment that `text` can mean: of a date, the end of that day.

    Raises BadParameter, naming the option, if it is no date and no moment.
    """
    given = _read(text, option)
    if isinstance(given, datetime):
        return given
    return datetime(given.year, given.month, given.day, 23, 59, 59, 999999, tzinfo=UTC)


def start(text: str, option: str) -> datetime:
    """The first moment of a span that begins with `text`: of a date, the start of that day."""
    given = _read(text, option)
    return given if isinstance(given, datetime) else datetime(given.year, given.month, given.day, tzinfo=UTC)


def end(text: str, option: str) -> datetime:
    """The first moment after a span that ends with `text`: a date is in it, a moment is not."""
    given = _read(text, option)
    return given if isinstance(given, datetime) else latest(text, option) + timedelta(microseconds=1)


def _read(text: str, option: str) -> date | datetime:
    """A date, or a moment in UTC."""
    written = text.strip()
    try:
        if _DATE.fullmatch(written):
            if written == date.max.isoformat():
                raise OverflowError("no day comes after it")  # noqa: TRY301 - one message for all
            return date.fromisoformat(written)
        if _MEMENTO.fullmatch(written):
            return datetime.strptime(written, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if _MOMENT.fullmatch(written):
            moment = datetime.fromisoformat(written)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{option} {text!r}: {error}; allowed is {ALLOWED}") from None
    raise typer.BadParameter(f"{option} {text!r} is no time; allowed is {ALLOWED}")
