"""What a request asks a page for: numbers, days, moments and addresses, each checked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from starlette.requests import Request

from web.moments import TIMESTAMP, from_digits
from web.problem import bad_request

LONGEST = 500  # characters of a word that is asked for
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)  # as for the API
_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def word(request: Request, name: str) -> str | None:
    """A parameter of the query, without the spaces around it; None if it is empty or not there."""
    text = request.query_params.get(name, "").strip()
    if len(text) > LONGEST or "\x00" in text:
        raise bad_request(f"{name}= has {len(text)} characters; allowed: {LONGEST}, none of them NUL")
    return text or None


def whole(request: Request, name: str, most: int = 10**9) -> int | None:
    """A whole number from 0 on."""
    text = word(request, name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > most:  # noqa: PLR2004
        raise bad_request(f"{name}={text[:40]!r}; allowed: a number from 0 to {most}")
    return int(text)


def number_in(request: Request, name: str) -> int:
    """The same of a part of the path."""
    text = str(request.path_params[name])
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise bad_request(f"{text[:40]!r} is no number of a version; allowed: 1, 2, 3 and so on")
    return int(text)


def day_of(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        if _DAY.fullmatch(text) and _FIRST_DAY <= (day := date.fromisoformat(text)) <= _LAST_DAY:
            return day
    except ValueError:
        pass  # the 31st of February: told below
    allowed = f"YYYY-MM-DD, such as 2026-03-22, from {_FIRST_DAY} to {_LAST_DAY}"
    raise bad_request(f"{text[:40]!r} is no day; allowed: {allowed}")


def moment_asked(request: Request, name: str) -> datetime | None:
    """A moment in UTC: digits, a day (its end), or as a browser's form writes it (2026-03-22T18:30)."""
    text = word(request, name)
    if text is None:
        return None
    if text.isdigit():
        try:
            return from_digits(text, up=True)
        except ValueError as error:
            raise bad_request(f"{name}: {error}; allowed: {TIMESTAMP}") from error
    try:
        if len(text) == len("2026-03-22"):
            return datetime.fromisoformat(f"{text}T23:59:59+00:00")
        given = datetime.fromisoformat(text)
    except ValueError as error:
        allowed = "2026-03-22, 2026-03-22T18:30 or 20260322183000"
        raise bad_request(f"{name}={text[:40]!r} is no moment; allowed: {allowed}") from error
    return given.replace(tzinfo=given.tzinfo or UTC).astimezone(UTC)


def article_id(request: Request) -> str:
    """The id of an article in the path."""
    return _digest(str(request.path_params["article"]), _ID, "id of an article: 32 hex digits")


def sha256(request: Request) -> str:
    """The digest of a picture in the path."""
    return _digest(str(request.path_params["sha256"]), _SHA256, "digest of a picture: 64 hex digits")


def _digest(text: str, allowed: re.Pattern[str], said: str) -> str:
    if not allowed.fullmatch(text):
        raise bad_request(f"{text[:80]!r}; allowed here: the {said}")
    return text
