"""An invented news web of any size, night by night: rows as a crawl would leave them.

Every night each front page is captured, every tenth night each section, and articles at growing ages. All
of it follows from names and numbers by SHA-256: no state, and the same rows at every call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from archive.digest import url_key
from archive.rows import AddressRow, ArticleRow, CaptureRow, EventRow, Row, VersionRow

HOSTS = 200  # for a million captures or fewer; a larger archive has more papers, not more years
_SECTIONS_A_HOST = 9
_SECTION_EVERY = 10  # nights
_ARTICLES_A_NIGHT = 96  # of as many papers
LONG, LONG_VERSIONS = "https://www.paper-000.example/2024/01/01/a-story-that-is-told-on", 1_000
_AGES = (0, 1, 2, 4, 7, 15, 30)  # nights after the first look
_FIRST_NIGHT = datetime(2024, 1, 1, 2, tzinfo=UTC)
_NOT_MODIFIED, _IDENTICAL = 51, 102  # of 256: a fifth of the later looks each


@dataclass(frozen=True, slots=True)
class Page:
    """An address and the nights on which it is looked at: from `born`, at `ages` or every `every` nights."""

    url: str
    host: str
    born: int
    every: int = 0

    def looks_until(self, night: int) -> Iterator[int]:
        """The nights of its looks up to `night`, newest first."""
        if self.every:
            yield from range(night, self.born - 1, -self.every)
            return
        yield from (self.born + age for age in reversed(_AGES) if self.born + age <= night)


def times_of(captures: int) -> int:
    """How many times as many papers an archive of so many captures has."""
    return max(1, captures // 1_000_000)


def captures_of_night(night: int, times: int = 1) -> Iterator[tuple[CaptureRow, list[Row]]]:
    """Every capture of a night, with the rows of the article that it made or changed."""
    for page in pages_of_night(night, times):
        row = capture(page, night)
        yield row, [] if page.every else _article(page, night, row)


def pages_of_night(night: int, times: int = 1) -> Iterator[Page]:
    """The pages that are looked at on a night, of `times` as many papers as usual."""
    hosts, articles = HOSTS * times, _ARTICLES_A_NIGHT * times
    for n in range(hosts):
        yield Page(f"https://{_host(n)}/", _host(n), 0, 1)
    for n in range(hosts * _SECTIONS_A_HOST):
        if n % _SECTION_EVERY == night % _SECTION_EVERY:
            host = _host(n % hosts)
            yield Page(f"https://{host}/section-{n // hosts}/", host, n % _SECTION_EVERY, _SECTION_EVERY)
    for age in _AGES:
        for n in range(articles if night >= age else 0):
            number = (night - age) * articles + n
            host = _host(number * 7 % hosts)
            day = _FIRST_NIGHT + timedelta(days=night - age)
            yield Page(f"https://{host}/{day:%Y/%m/%d}/what-the-council-decided-{number}", host, night - age)


def moment(page: Page, night: int) -> datetime:
    """When the page was fetched in that night, to the second."""
    chance = int.from_bytes(_chance(page, night)[2:4], "big")
    return _FIRST_NIGHT + timedelta(days=night, seconds=chance % 10_000)


def capture(page: Page, night: int) -> CaptureRow:
    """The row of one look: a page, one that is byte for byte as before, or a 304."""
    chance = _chance(page, night)
    brought = next(n for n in page.looks_until(night) if _brings_bytes(page, n))
    bytes_of = _chance(page, brought)
    revisit = brought != night
    not_modified = revisit and chance[0] < _NOT_MODIFIED
    segment, offset, length = _place(page, night)
    payload_segment, payload_offset, payload_length = _place(page, brought)
    return CaptureRow(
        id=chance.hex()[:32],
        url_key=url_key(page.url),
        url=page.url,
        at=moment(page, night),
        source=page.host,
        run_id=f"run-{night}",
        kind="revisit" if revisit else "response",
        status=304 if not_modified else 200,
        mime="text/html",
        payload_sha256=sha256(bytes_of).hexdigest(),
        payload_sha1=f"sha1:{bytes_of.hex()[:32].upper()}",
        payload_size=20_000 + bytes_of[4] * 400,
        truncated=None,
        segment=segment,
        offset=offset,
        length=length,
        payload_segment=payload_segment,
        payload_offset=payload_offset,
        payload_length=payload_length,
        refers_to_url=page.url if revisit else None,
        refers_to_at=moment(page, brought) if revisit else None,
    )


def _article(page: Page, night: int, row: CaptureRow) -> list[Row]:
    """A version where the look brought bytes that say something else: at half of these looks."""
    changed = [n for n in page.looks_until(night) if n == page.born or _says_something_else(page, n)]
    if changed[0] != night:
        return []
    key, number = url_key(page.url), len(changed)
    rows: list[Row] = [
        VersionRow(
            article_id=key,
            number=number,
            source=page.host,
            url=page.url,
            captured_at=row.at,
            run_id=row.run_id,
            capture_id=row.id,
            extractor="bench",
            title=f"What the council decided, state {number}",
        ),
    ]
    if number == 1:  # once, as it ends: rows are loaded in bulk, which puts none twice
        ended = [n for n in page.looks_until(page.born + _AGES[-1]) if _says_something_else(page, n)]
        versions = len({page.born, *ended})
        rows += [
            ArticleRow(id=key, source=page.host, url=page.url, first_captured_at=row.at, versions=versions),
            AddressRow(url_key=key, url=page.url, article_id=key, since=row.at),
        ]
    return rows


def long_story() -> Iterator[Row]:
    """A page with a thousand versions, of which each but the first has two events."""
    page = Page(LONG, _host(0), 0)
    key = url_key(LONG)
    for number in range(1, LONG_VERSIONS + 1):
        row = capture(replace(page, born=number), number)
        yield row
        yield VersionRow(
            article_id=key,
            number=number,
            source=page.host,
            url=LONG,
            captured_at=row.at,
            run_id=row.run_id,
            capture_id=row.id,
            extractor="bench",
            title=f"A story that is told on, state {number}",
            byline=("A. Author", "B. Author"),
            published_at=row.at,
            language="en",
            text_sha256=row.payload_sha256,
            edit="minor",
            words_added=12,
        )
        if number == 1:
            first = row.at
            yield AddressRow(url_key=key, url=LONG, article_id=key, since=first)
            yield ArticleRow(
                id=key, source=page.host, url=LONG, first_captured_at=first, versions=LONG_VERSIONS
            )
        else:
            for position, kind in enumerate(("title", "text")):
                yield EventRow(
                    article_id=key,
                    number=number,
                    position=position,
                    kind=kind,
                    before="before",
                    after="after",
                )


def _brings_bytes(page: Page, night: int) -> bool:
    return night == page.born or _chance(page, night)[0] >= _IDENTICAL


def _says_something_else(page: Page, night: int) -> bool:
    return _brings_bytes(page, night) and _chance(page, night)[1] % 2 == 0


def _place(page: Page, night: int) -> tuple[str, int, int]:
    chance = _chance(page, night)
    offset, length = int.from_bytes(chance[8:12], "big"), 4_000 + int.from_bytes(chance[12:14], "big")
    return _segment(night), offset, length


@lru_cache(1 << 12)
def _segment(night: int) -> str:
    day = _FIRST_NIGHT + timedelta(days=night)
    return f"captures/{day:%Y/%m/%d}/{sha256(f'segment of {night}'.encode()).hexdigest()}.warc.gz"


def _chance(page: Page, night: int) -> bytes:
    return _chance_of(page.url, night)


@lru_cache(1 << 16)  # each is asked for several times in a row
def _chance_of(url: str, night: int) -> bytes:
    return sha256(f"{url} {night}".encode()).digest()


def _host(number: int) -> str:
    return f"www.paper-{number:03}.example"
