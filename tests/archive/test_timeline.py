from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.digest import url_key
from archive.rows import AddressRow, ArticleRow, EventRow, PageRow, Row, VersionRow
from archive.timeline import Timeline, timeline_of
from tests.archive.material import NOON, House, house

OLD, NEW, SHORT = "https://a.example/old", "https://a.example/new", "https://a.example/s/1"
ARTICLE = url_key(OLD)
HOUR = timedelta(hours=1)


def version(number: int, at: datetime, *, removed: bool = False) -> VersionRow:
    return VersionRow(
        article_id=ARTICLE,
        number=number,
        source="a",
        url=NEW,
        captured_at=at,
        run_id="r",
        capture_id="c",
        extractor=None if removed else "x",
        title="Title",
        removed=removed,
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    made = house(tmp_path)
    rows: list[Row] = [
        ArticleRow(id=ARTICLE, source="a", url=NEW, first_captured_at=NOON, versions=4),
        AddressRow(url_key=url_key(NEW), url=NEW, article_id=ARTICLE, since=NOON + HOUR),
        AddressRow(url_key=url_key(OLD), url=OLD, article_id=ARTICLE, since=NOON),
        PageRow(
            url_key=url_key(SHORT),
            url=SHORT,
            source="a",
            found_by="feed",
            found_in="f",
            found_at=NOON,
            article_id=ARTICLE,
        ),
        version(1, NOON),
        version(2, NOON + HOUR),
        version(3, NOON + 2 * HOUR, removed=True),
        version(4, NOON + 3 * HOUR),
        EventRow(article_id=ARTICLE, number=2, position=0, kind="moved", before=OLD, after=NEW),
        EventRow(article_id=ARTICLE, number=2, position=1, kind="title", before="a", after="b"),
    ]
    made.committer.commit_rows(rows)
    yield made
    made.die()
    made.catalog.close()


@pytest.fixture
def timeline(home: House) -> Timeline:
    found = timeline_of(home.catalog, OLD)
    assert found is not None
    return found


@pytest.mark.parametrize("url", [OLD, NEW, SHORT])
def test_every_address_that_led_to_an_article_finds_it(home: House, timeline: Timeline, url: str) -> None:
    assert timeline_of(home.catalog, url) == timeline


def test_an_address_that_never_showed_it_does_not(home: House) -> None:
    assert timeline_of(home.catalog, f"{OLD}/") is None


def test_addresses_versions_and_events_are_in_order(timeline: Timeline) -> None:
    assert [row.url for row in timeline.addresses] == [OLD, NEW]
    assert [row.number for row in timeline.versions] == [1, 2, 3, 4]
    assert [row.number for row in timeline.contents] == [1, 2, 4]
    assert {number: [row.kind for row in rows] for number, rows in timeline.events.items()} == {
        2: ["moved", "title"]
    }


@pytest.mark.parametrize(
    ("moment", "standing", "content"),
    [
        pytest.param(NOON - HOUR, None, None, id="before the first"),
        pytest.param(NOON, 1, 1, id="the moment itself"),
        pytest.param(NOON + HOUR - timedelta(microseconds=1), 1, 1, id="just before the second"),
        pytest.param(NOON + 1.5 * HOUR, 2, 2, id="after the second"),
        pytest.param(NOON + 2.5 * HOUR, 3, 2, id="while it was gone"),
        pytest.param(NOON + 9 * HOUR, 4, 4, id="when it was back"),
        pytest.param(None, 4, 4, id="now"),
    ],
)
def test_what_stood_at_a_moment(
    timeline: Timeline, moment: datetime | None, standing: int | None, content: int | None
) -> None:
    found = timeline.at(moment), timeline.content_at(moment)
    assert [row.number if row else None for row in found] == [standing, content]


def test_a_version_is_found_by_its_number(timeline: Timeline) -> None:
    assert timeline.numbered(3) == timeline.versions[2]
    assert timeline.numbered(5) is None
