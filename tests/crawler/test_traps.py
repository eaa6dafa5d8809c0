"""Addresses without end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.candidate import Candidate, FoundBy
from crawler.traps import MOST_OF_A_SHAPE, MOST_QUERIES, Traps

NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
SITE = "https://news.example"


def link(path: str, found_by: FoundBy = FoundBy.SECTION) -> Candidate:
    return Candidate(f"{SITE}{path}", found_by, f"{SITE}/")


@pytest.mark.parametrize(
    ("path", "trap"),
    [
        pytest.param("/a/a/a/story", True, id="one part three times"),
        pytest.param("/a/b/a/b/a/b/story", True, id="two parts three times"),
        pytest.param("/a/b/a/story", False, id="twice"),
        pytest.param("/" + "/".join(map(str, range(30))), True, id="thirty parts"),
        pytest.param("/story;jsessionid=0A1B2C", True, id="session in the path"),
        pytest.param("/story?PHPSESSID=3f2a", True, id="session in the query"),
        pytest.param("/story?sid=0123456789abcdef0123", True, id="session by its length"),
        pytest.param("/story?sid=17", False, id="a number of a story"),
        pytest.param("/calendar/2031/05/", True, id="a month far ahead"),
        pytest.param("/events/2026-09-01", True, id="a day far ahead"),
        pytest.param("/2026/03/19/story", False, id="yesterday"),
        pytest.param("/2026/03/story", False, id="this month"),
        pytest.param("/list?" + "&".join(f"{name}=1" for name in "abcdefghijk"), True, id="facets"),
        pytest.param("/story?id=17&ref=home", False, id="two parameters"),
    ],
)
def test_single_addresses(path: str, trap: bool) -> None:
    assert Traps().holds(link(path), NOW) is trap


def test_what_a_person_or_the_archive_asks_for_is_no_trap() -> None:
    for found_by in (FoundBy.HAND, FoundBy.REVISIT):
        assert not Traps().holds(link("/a/a/a/a?PHPSESSID=3f2a", found_by), NOW)


def test_feeds_are_trusted_but_not_with_circles() -> None:
    assert Traps().holds(link("/a/a/a/a", FoundBy.FEED), NOW)
    assert not Traps().holds(link("/story?PHPSESSID=3f2a", FoundBy.FEED), NOW)


def test_one_path_with_ever_new_queries_ends() -> None:
    traps = Traps()
    held = [traps.holds(link(f"/shop?filter={number}"), NOW) for number in range(MOST_QUERIES + 3)]
    assert held.count(True) == 3
    assert not traps.holds(link("/shop?filter=1"), NOW)  # was seen before
    assert not traps.holds(link("/other?filter=99"), NOW)


def test_one_shape_with_ever_new_numbers_ends() -> None:
    traps = Traps()
    held = [traps.holds(link(f"/item/{100000 + number}"), NOW) for number in range(MOST_OF_A_SHAPE + 5)]
    assert held.count(True) == 5
