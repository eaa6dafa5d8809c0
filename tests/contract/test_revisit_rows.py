"""What looks have taught, kept and given back by both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from archive.catalog import dump, revisits
from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.erasure.purge_journal import Telling
from archive.journal_lines import read_row, row_line
from archive.rows import FeedRow, HostRow, LedgerRow, RateRow, RemovedRow, Row
from tests.archive.material import NOON

RATE = RateRow(source="news", stage=2, age_class="15m", looks=3, changes=0.1 + 0.2, hours=1 / 3)
HOST = HostRow(host="news.example", asked=7, honoured=3)
FEED = FeedRow(
    source="news", url_key="0" * 32, url="https://news.example/feed", interval_minutes=22,
    polled_at=NOON + timedelta(microseconds=1), run_id="run-1", entries=30, seen=20,
)  # fmt: skip


@pytest.mark.parametrize("row", [RATE, HOST, FEED], ids=lambda row: row.table)
def test_a_row_is_the_same_in_journal_and_backup(catalog: Catalog, put: Any, row: Row) -> None:
    assert read_row(row_line(row), "k", 1) == row
    put(row)
    with dump.snapshot(catalog) as taken:
        [line] = taken.lines(row.table)
    assert line.rstrip(b"\n") in row_line(row).replace(b'"table":"' + row.table.encode() + b'",', b"")


def test_rows_are_asked_for_by_source_and_host(catalog: Catalog, put: Any) -> None:
    other = RateRow(source="other", stage=0, age_class="later")
    put(RATE, other, HOST, FEED)
    assert revisits.rates_of(catalog, ["news", "unknown"]) == {"news": [RATE], "unknown": []}
    assert revisits.hosts(catalog) == {"news.example": HOST}
    assert revisits.feeds_of(catalog, ["news"]) == {("news", FEED.url_key): FEED}
    assert revisits.feeds_of(catalog, ["other"]) == {}
    put(RemovedRow(of="rate", key=("news", "2", "15m")), RemovedRow(of="feed", key=("news", FEED.url_key)))
    assert revisits.rates_of(catalog, ["news"]) == {"news": []}
    assert revisits.feeds_of(catalog, ["news"]) == {}


def test_what_a_run_has_spent_is_counted(catalog: Catalog, put: Any) -> None:
    ends = [("revisit", None), ("revisit", "unchanged"), ("revisit", "skipped"), ("feed", "archived")]
    put(*(
        LedgerRow(
            run_id="run-1", url_key=f"{number:032}", url=f"u{number}", source="news", found_by=found_by,
            found_in="f", position=number, outcome=outcome,
        )
        for number, (found_by, outcome) in enumerate(ends)
    ))  # fmt: skip
    assert revisits.revisits_taken(catalog, "run-1") == {"news": 2}
    assert revisits.revisits_taken(catalog, "run-2") == {}


def test_a_purge_finds_the_lines_of_a_feed_by_its_address() -> None:
    telling = Telling(frozenset({FEED.url}))
    assert telling.told("feed", {"url_key": url_key(FEED.url)})
    assert not telling.told("feed", {"url_key": FEED.url_key})
    assert not telling.told("rate", {"source": "news"})
