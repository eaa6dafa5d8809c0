"""What is known of the pages that are fetched next: as the catalog says for each, in one reading for many."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.digest import url_key
from archive.known_payloads import KnownPayloads
from archive.rows import CaptureRow, LedgerRow, PageRow
from config.source import Source
from crawler.read_ahead import AT_ONCE, Known, ReadAhead
from pipelines.foreseen import FRESH_SECONDS, Foreseen
from tests.archive.material import NOON, ledger_row
from tests.contract.catalog_rows import capture, page, segment
from tests.crawler.conftest import SmallArchive

SOURCE = Source(name="example", homepage="https://news.example/")
URLS = [f"https://news.example/{number}" for number in range(AT_ONCE + 3)]
ROWS = [ledger_row(url, position) for position, url in enumerate(URLS)]
LAST = NOON - timedelta(days=1)


def captured(number: int) -> CaptureRow:
    return capture(f"c{number}", url=URLS[number], at=LAST, run_id="run-0")


def known(number: int) -> PageRow:
    return page(URLS[number], capture_id=f"c{number}", etag='"a"')


class Ahead:
    """Over an archive that knows all pages but the first, and has lost the capture of the second."""

    def __init__(self, archive: SmallArchive, source: Source = SOURCE, days: int | None = None) -> None:
        pages = [known(number) for number in range(1, len(URLS))]
        archive.committer.commit_rows([segment(keep_days=days), *pages, *map(captured, range(2, len(URLS)))])
        self.archive, self.seconds, self.waiting = archive, 0.0, list(ROWS)
        self.on_condition = True
        self.foreseen = Foreseen(archive.catalog, lambda: self.seconds)
        self.readings = 0
        self.ahead = ReadAhead(
            archive.catalog,
            archive.clock,
            {"example": source},
            foreseen=self.foreseen,
            payloads=KnownPayloads(archive.catalog),
            upcoming=self._upcoming,
            asks_on_condition=lambda _url: self.on_condition,
            now=lambda: self.seconds,
        )

    def _upcoming(self, most: int) -> list[LedgerRow]:
        self.readings += 1
        return self.waiting[:most]

    def next(self) -> Known:
        return asyncio.run(self.ahead.known(self.waiting.pop(0)))


def test_each_row_gets_its_own_and_many_are_read_at_once(small_archive: SmallArchive) -> None:
    ahead = Ahead(small_archive)
    assert ahead.next() == Known(None, None)
    assert ahead.next() == Known(known(1), None)
    for number in range(2, len(URLS)):
        assert ahead.next() == Known(known(number), captured(number))
    assert ahead.readings == 2  # the rows of one reading, and the three that were left


def test_what_was_read_a_while_ago_is_read_again(small_archive: SmallArchive) -> None:
    ahead = Ahead(small_archive)
    ahead.next()
    newer = replace(known(1), etag='"b"', capture_id=None)
    small_archive.committer.commit_rows([newer])
    assert ahead.next() == Known(known(1), None)
    small_archive.committer.commit_rows([replace(known(2), etag='"b"', capture_id=None)])
    ahead.seconds += FRESH_SECONDS + 0.1
    page_now = ahead.next().page
    assert page_now is not None
    assert page_now.etag == '"b"'
    assert ahead.readings == 2


@pytest.mark.parametrize(
    ("days", "expire", "stands"),
    [
        (None, None, True),
        (30, None, False),
        (30, 30, True),
        (30, 60, False),
        (60, 30, True),
        (None, 30, True),
    ],
)
def test_a_304_stands_for_what_is_kept_as_long(
    small_archive: SmallArchive, days: int | None, expire: int | None, *, stands: bool
) -> None:
    source = SOURCE.model_copy(update={"policy": SOURCE.policy.model_copy(update={"expire": expire})})
    ahead = Ahead(small_archive, source, days)
    ahead.waiting = ROWS[2:4]
    assert ahead.next().unmodified == (captured(2) if stands else None)


@pytest.mark.parametrize("on_condition", [True, False])
def test_what_the_flow_needs_is_read_of_pages_that_come_whole(
    small_archive: SmallArchive, *, on_condition: bool
) -> None:
    ahead = Ahead(small_archive)
    ahead.on_condition = on_condition
    small_archive.clock.moment = NOON
    ahead.next()
    seen = ahead.foreseen._known.keys()  # nothing asks which pages were read of
    assert url_key(URLS[1]) in seen  # whose capture is lost
    assert (url_key(URLS[2]) in seen) is not on_condition
