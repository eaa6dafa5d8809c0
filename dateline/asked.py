"""What is asked with, checked before it is asked: moments, ids, addresses (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from archive.search.query import QueryError, parse
from archive.spelling import ALLOWED, spell
from archive.views.search import Order, Which
from dateline.errors import WrongQuestion

Moment = datetime | date | str
Day = date | str

_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_RUN = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_WORD = re.compile(r"[a-z0-9_]{1,80}")
_MOST = 999_999_999


@dataclass(frozen=True, slots=True)
class Search:
    """A search that can be understood.

    Attributes:
        words: in the language of searches. filters: fields beside them.
    """

    words: str
    filters: dict[str, str]
    which: Which
    order: Order


def search_asked(words: str, filters: dict[str, str | None], versions: str, sort: str) -> Search:
    """Raises WrongQuestion."""
    given = {name: value for name, value in filters.items() if value is not None}
    try:
        parse(words, given)
    except QueryError as error:
        raise wrong(str(error)) from error
    try:
        return Search(words, given, Which(versions), Order(sort))
    except ValueError as error:
        raise wrong(f"{error}; allowed: versions {', '.join(Which)}; sort {', '.join(Order)}") from error


def moment_asked(given: Moment | None) -> datetime | None:
    """A moment in UTC to the second: of a day its last one. Raises WrongQuestion."""
    if given is None:
        return None
    at: datetime | date = given if isinstance(given, date) else _read(given)
    if not isinstance(at, datetime):
        return datetime.combine(at, time(23, 59, 59), UTC)
    if at.tzinfo is None:
        raise wrong(f"the moment {at} has no zone; allowed: one with a zone, such as 2026-03-21T18:30Z")
    return at.astimezone(UTC).replace(microsecond=0)


def day_asked(given: Day | None) -> date | None:
    """A day. Raises WrongQuestion."""
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        raise wrong(f"{given!r} is no day; allowed: a date, or text such as 2026-03-21") from error


def address_asked(url: str) -> str:
    """An address in the spelling of the archive; without a scheme it is https. Raises WrongQuestion."""
    try:
        return spell(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise wrong(f"{error}; allowed: {ALLOWED}") from error


def is_id(text: str) -> bool:
    """Whether this is the id of an article, and not an address."""
    return bool(_ID.fullmatch(text))


def name_asked(name: str, what: str) -> str:
    """The name of a source or a saved search. Raises WrongQuestion."""
    if not _NAME.fullmatch(name):
        raise wrong(f"{name[:80]!r} is no name of a {what}; allowed: small letters, digits and dashes")
    return name


def run_asked(run_id: str) -> str:
    """The id of a run. Raises WrongQuestion."""
    if not _RUN.fullmatch(run_id):
        raise wrong(f"{run_id[:80]!r} is no id of a run; allowed: letters, digits and . _ : -")
    return run_id


def word_asked(word: str | None) -> str | None:
    """An outcome or a reason. Raises WrongQuestion."""
    if word is not None and not _WORD.fullmatch(word):
        raise wrong(f"{word[:80]!r} is no outcome or reason; allowed: as ledgers have them, such as failed")
    return word


def digest_asked(sha256: str) -> str:
    """The digest of a picture. Raises WrongQuestion."""
    if not _SHA256.fullmatch(sha256):
        raise wrong(f"{sha256[:80]!r} is no digest of a picture; allowed: 64 hexadecimal digits")
    return sha256


def number_asked(number: int | None, what: str) -> int | None:
    """The number of a version. Raises WrongQuestion."""
    if number is not None and not 1 <= number <= _MOST:
        raise wrong(f"{what}={number}; allowed: the number of a version, from 1 on")
    return number


def wrong(problem: str) -> WrongQuestion:
    """The error for a parameter that is not allowed."""
    return WrongQuestion(problem, "mend it and ask again; docs/python.md has what every verb takes")


def _read(text: str) -> datetime | date:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-03-21") else datetime.fromisoformat(text)
    except ValueError as error:
        raise wrong(
            f"{text[:60]!r} is no moment; allowed: a datetime with a zone, a date, or text such as "
            "2026-03-21 or 2026-03-21T18:30Z"
        ) from error
