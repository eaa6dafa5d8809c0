"""The way back in time: a section's further pages, archives by date, and the dates in addresses (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.discovery.document import DocumentKind, DocumentRef

MOST_PAGES = 500  # of one section; a newsroom that fills ten pages a day is walked back two months
_NUMBERED = (
    re.compile(
        r"(?P<before>[?&](?:page|p|pg|paged|pagina|seite|pagenum)=)(?P<number>\d{1,4})(?P<after>&.*)?"
    ),
    re.compile(r"(?P<before>/(?:page|seite|pagina|p)[/-])(?P<number>\d{1,4})(?P<after>/?)(?=$|\?)"),
)
_ARCHIVE = re.compile(
    r"/(?P<year>20\d\d|19\d\d)(?:[/-](?P<month>\d{1,2})(?:[/-](?P<day>\d{1,2}))?)?/?(?:index\.\w+)?$"
)
_DATE = re.compile(
    r"/(?P<year>20\d\d|19\d\d)(?:(?P<m1>\d\d)(?P<d1>\d\d)|[/-](?P<m2>\d{1,2})(?:[/-](?P<d2>\d{1,2}))?)(?=[/_.-]|$)"
)


def further_pages(
    document: DocumentRef,
    links: Sequence[str],
    *,
    next_page: str | None,
    since: datetime,
    now: datetime,
) -> tuple[DocumentRef, ...]:
    """Pages that lead further back from a section page.

    Args:
        document: the page that holds the links.
        links: every link of it, absolute.
        next_page: what it says itself is its next one (`rel="next"`).
        since: archives by date are followed if their time lies between this moment (aware)
        now: and this one.

    Returns:
        Its next page, and archives by year, month or day; each a section page.
    """
    found: dict[str, DocumentRef] = {}
    if document.page < MOST_PAGES:
        here, number = _numbered(document.url)
        after = next_page or next(
            (
                link
                for link in links
                if (there := _numbered(link))[1] == (number or 1) + 1 and _same_list(there[0], here)
            ),
            None,
        )
        if after is not None and after != document.url:
            found[after] = DocumentRef(after, DocumentKind.SECTION, document.depth, document.page + 1)
    for link in links:
        if link not in found and link != document.url and _lies_between(link, since, now):
            found[link] = DocumentRef(link, DocumentKind.SECTION, document.depth)
    return tuple(found.values())


def list_of(url: str) -> str:
    """What the pages of one list have in common: the address less its page number and query."""
    return _numbered(url)[0].partition("?")[0]


def date_in(url: str) -> datetime | None:
    """The end of the day or month that an address names; None if it names none."""
    match = _DATE.search(urlsplit(url).path)
    if match is None:
        return None
    month, day = match["m1"] or match["m2"], match["d1"] or match["d2"]
    return _end(int(match["year"]), int(month), int(day) if day else None)


def _numbered(url: str) -> tuple[str, int | None]:
    """An address less its page number, and the number; None if it has none."""
    for pattern in _NUMBERED:
        match = pattern.search(url)
        if match is not None:
            rest = url[: match.start()] + url[match.end() :]
            return rest.rstrip("/?&"), int(match["number"])
    return url.rstrip("/?&"), None


def _same_list(one: str, other: str) -> bool:
    return one.partition("://")[2] == other.partition("://")[2]


def _lies_between(link: str, since: datetime, now: datetime) -> bool:
    match = _ARCHIVE.search(urlsplit(link).path)
    if match is None:
        return False
    year, month, day = int(match["year"]), match["month"], match["day"]
    end = _end(year, int(month) if month else None, int(day) if day else None)
    start = _start(year, int(month) if month else 1, int(day) if day else 1)
    return end is not None and start is not None and end >= since and start <= now


def _start(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _end(year: int, month: int | None, day: int | None) -> datetime | None:
    month = 12 if month is None else month
    if day is not None:
        start = _start(year, month, day)
        return None if start is None else start + timedelta(days=1)
    start = _start(year, month, 1)
    return None if start is None else _start(year + month // 12, month % 12 + 1, 1)
