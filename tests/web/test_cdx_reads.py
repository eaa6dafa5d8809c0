"""What readers over HTTP ask is answered alike by both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.catalog.cdx_reads import (
    Span,
    captures_around,
    captures_of_urls,
    captures_with,
    count_captures,
    moments_from,
)
from archive.stores.local import LocalStore
from tests.archive.material import NOON, House, exchange

URL = "https://news.example/100%_a"
AT = [NOON + timedelta(seconds=10 * number) for number in range(40)]


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """Forty captures of one address, two of them in one second, a 304, and another address."""
    sqlite = request.param == "sqlite"
    address = f"sqlite:///{tmp_path / 'c.db'}" if sqlite else request.getfixturevalue("postgres_url")
    home = House(LocalStore(tmp_path / "store"), Catalog.open(address), tmp_path / "spool")
    rows = [home.record(exchange(URL, b"%d" % number, at=at)) for number, at in enumerate(AT)]
    home.record(exchange(URL, b"", at=AT[20], status=302, reason=" Found"))
    home.record(exchange(URL, b"", at=AT[20] + timedelta(seconds=1), status=304, reason=" Not"), rows[20])
    home.record(exchange("https://news.example/100x_a", b"other"))
    home.committer.commit_segments(home.recorder, [])
    home.die()
    yield home.catalog
    home.catalog.close()


def test_the_captures_around_a_moment(catalog: Catalog) -> None:
    around = captures_around(catalog, URL, AT[20])
    assert [(row.at, row.status) for row in around][15:17] == [(AT[20], 200), (AT[20], 302)]
    assert [row.at for row in around] == [AT[0], *AT[6:21], AT[20], *AT[21:37], AT[39]]
    assert [row.at for row in captures_around(catalog, URL, datetime.max.replace(tzinfo=UTC))][-1] == AT[39]
    assert captures_around(catalog, "https://nowhere.example/", NOON) == []


def test_moments_in_pieces(catalog: Catalog) -> None:
    assert moments_from(catalog, URL, None, 3) == AT[:3]
    assert moments_from(catalog, URL, AT[20], 100) == AT[20:]


@pytest.mark.parametrize(
    ("span", "number"),
    [
        (Span(), 41),
        (Span(not_modified=True), 42),
        (Span(since=AT[20]), 21),
        (Span(until=AT[20]), 22),
        (Span(AT[20], AT[20]), 2),
    ],
)
def test_spans(catalog: Catalog, span: Span, number: int) -> None:
    assert len(captures_of_urls(catalog, [URL, "https://nowhere.example/"], span, 100)) == number


def test_part_of_an_address_is_no_pattern(catalog: Catalog) -> None:
    assert {row.url for row in captures_with(catalog, "NEWS.example/100%_", Span(), 100)} == {URL}
    assert len(captures_with(catalog, "news.example", Span(), 5)) == 5
    assert count_captures(catalog) == 43
