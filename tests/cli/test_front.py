"""What a front page led with: by source and by address, then and now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.rows import AddressRow, ArticleRow, CaptureRow, VersionRow
from archive.timeline import timeline_of
from cli.front import find_front
from cli.teasers import Teaser, teasers_of
from config.errors import DatelineError
from crawler.discovery.front import Headline
from crawler.fronts import front_rows
from tests.archive.material import NOON, House, exchange, house

HOME, SPORT = "https://news.example/", "https://news.example/sport/"
A, B, C = (Headline(f"Story {name} of the day", f"{HOME}{name}") for name in "abc")


def captured(home: House, url: str, hours: int) -> CaptureRow:
    return home.record(exchange(url, f"<p>{hours}</p>".encode(), at=NOON + timedelta(hours=hours)))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    home = house(tmp_path)
    first = front_rows([A, B, C], captured(home, HOME, 0), "news", [])
    same = front_rows([A, B, C], captured(home, HOME, 1), "news", first)
    later = front_rows([B, A], captured(home, HOME, 2), "news", first)
    sport = front_rows([C, A, B], captured(home, SPORT, 3), "news", [])
    assert same == ()
    home.committer.commit_segments(home.recorder, [*first, *later, *sport])
    yield home
    home.die()
    home.catalog.close()


@pytest.mark.parametrize(
    ("name", "hours", "led", "count"),
    [("news", None, B, 2), ("news", 1.5, A, 3), (HOME, 0, A, 3), (SPORT, None, C, 3)],
)
def test_what_led(home: House, name: str, hours: float | None, led: Headline, count: int) -> None:
    at = None if hours is None else NOON + timedelta(hours=hours)
    found = find_front(home.catalog, name, at)
    assert (found.rows[0].title, found.rows[0].link, len(found.rows)) == (led.title, led.link, count)


def test_a_list_that_stood_was_seen_again(home: House) -> None:
    found = find_front(home.catalog, "news", NOON + timedelta(hours=1.5))
    assert found.last_look is not None
    assert (found.rows[0].at, found.last_look.at) == (NOON, NOON + timedelta(hours=1))


@pytest.mark.parametrize("name", ["other", f"{HOME}nowhere/"])
def test_a_page_that_was_never_kept(home: House, name: str) -> None:
    with pytest.raises(DatelineError, match=f"no front page of {name} is in this archive"):
        find_front(home.catalog, name, None)


def test_before_the_first_list_the_later_ones_are_named(home: House) -> None:
    with pytest.raises(DatelineError, match=f"there are later ones of {HOME}"):
        find_front(home.catalog, "news", NOON - timedelta(hours=1))


def test_the_headlines_under_which_a_story_ran(home: House) -> None:
    capture = captured(home, A.link, 4)
    home.committer.commit_segments(
        home.recorder,
        [
            ArticleRow(id=capture.url_key, source="news", url=A.link, first_captured_at=NOON, versions=1),
            AddressRow(url_key=capture.url_key, url=A.link, article_id=capture.url_key, since=NOON),
            VersionRow(
                article_id=capture.url_key, number=1, source="news", url=A.link, captured_at=capture.at,
                run_id="r", capture_id=capture.id, extractor="x", title="A",
            ),
        ],
    )  # fmt: skip
    timeline = timeline_of(home.catalog, A.link)
    assert timeline is not None
    assert teasers_of(home.catalog, timeline) == [
        Teaser(A.title, HOME, NOON, 1),
        Teaser(A.title, SPORT, NOON + timedelta(hours=3), 2),
    ]
