"""What each night plants, written out, and that the sites serve exactly that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest

from archive.version import EventKind
from cli.demo_site import NIGHTS, DemoSite, crawl_moment
from cli.demo_site.nights import ExpectedNight

Get = Callable[..., Any]

FERRY = "harbour-courier.test/news/2026/03/19/night-ferry-returns"
DREDGER = "harbour-courier.test/news/2026/03/19/dredging-tender"
TOOLS = "harbour-courier.test/news/2026/03/19/library-lends-tools"
LIBRARY = "tagblatt-am-see.test/kultur/bibliothek-am-sonntag-10412.html"
MARKET = "el-mirador.test/ciudad/2026/03/19/el-mercado-central-reabre/"
OBSERVATORY = "el-mirador.test/cultura/2026/03/17/el-faro-sera-observatorio/"
TRAM = "el-mirador.test/ciudad/2026/03/18/el-tranvia-nocturno-cumple-un-ano/"

PLANTED = {
    # night: (articles new, changed with events, failing, walled, gone, tombstone due)
    1: (18, {}, {DREDGER}, set(), set(), set()),
    2: (6, {FERRY: {"text"}, LIBRARY: {"title"}, MARKET: {"caption"}}, set(), {TRAM}, {TOOLS}, set()),
    3: (4, {FERRY: {"title"}, OBSERVATORY: {"image"}}, set(), set(), {TOOLS}, {TOOLS}),
}


def short(url: str, demo: DemoSite) -> str:
    return url.removeprefix("http://").replace(f":{demo.port}", "")


@pytest.mark.parametrize("night", NIGHTS)
def test_each_night_plants_what_the_table_says(demo: DemoSite, night: int) -> None:
    expected = demo.expected(night)
    new, changed, failing, walled, gone, removed = PLANTED[night]
    assert len(expected.new) == new
    assert {
        short(url, demo): {str(kind) for kind in kinds} for url, kinds in expected.changed.items()
    } == changed
    for found, planted in (
        (expected.failing, failing),
        (expected.quarantined, walled),
        (expected.gone, gone),
        (expected.removed, removed),
    ):
        assert {short(url, demo) for url in found} == planted


def test_the_page_that_broke_is_new_on_the_second_night(demo: DemoSite) -> None:
    assert DREDGER in {short(url, demo) for url in demo.expected(2).new}


def test_the_walled_article_is_unchanged_after_the_wall(demo: DemoSite) -> None:
    assert TRAM in {short(url, demo) for url in demo.expected(3).unchanged}


def test_every_address_of_a_night_is_in_exactly_one_group(demo: DemoSite) -> None:
    for night in NIGHTS:
        expected = demo.expected(night)
        groups = (
            expected.new,
            expected.changed.keys(),
            expected.unchanged,
            expected.failing.keys(),
            expected.quarantined,
            expected.gone,
        )
        assert sum(map(len, groups)) == len(set().union(*groups)), night


@pytest.mark.parametrize("night", NIGHTS)
def test_the_sites_answer_as_the_night_expects(demo: DemoSite, get: Get, night: int) -> None:
    demo.set_night(night)
    expected = demo.expected(night)
    for url in expected.new | expected.changed.keys() | expected.unchanged:
        assert get(url).status == 200, url
    for url, status in expected.failing.items():
        assert get(url).status == status, url
    for url in expected.gone:
        assert get(url).status == 404, url
    for url in expected.quarantined:
        wall = get(url)
        assert wall.status == 200
        assert "Aceptar todo" in wall.text
        assert "panaderos" not in wall.text
    for old, new in expected.redirects.items():
        moved = get(old)
        assert (moved.status, moved.headers["Location"]) == (301, new)


@pytest.mark.parametrize("night", NIGHTS)
def test_pages_say_what_is_planted(demo: DemoSite, get: Get, night: int) -> None:
    demo.set_night(night)
    expected = demo.expected(night)
    for url in readable(expected):
        planted = demo.planted_text(url, night)
        page = lxml.html.fromstring(get(url).text)
        texts = [
            " ".join(element.text_content().split()) for element in page.iter("p", "h1", "figcaption", "div")
        ]
        assert planted.url == url
        assert planted.title in texts
        for paragraph in planted.paragraphs:
            assert texts.count(paragraph) == 1, (url, paragraph)
        for caption, credit in zip(planted.captions, planted.credits, strict=True):
            assert any(caption in text and credit in text for text in texts), (url, caption)
        assert all(name in page.text_content() for name in planted.byline)
        for picture in planted.pictures:
            shown = get(picture)
            assert (shown.status, shown.headers["Content-Type"]) == (200, "image/jpeg")


def test_nothing_is_published_after_it_is_crawled(demo: DemoSite) -> None:
    for night in NIGHTS:
        moment = crawl_moment(night)
        for url in demo.expected(night).new:
            published = demo.planted_text(url, night).published
            assert moment - timedelta(days=6) < published < moment, url


def test_the_wire_story_is_the_same_text_and_picture_on_two_sites(demo: DemoSite) -> None:
    ((copy, original),) = demo.expected(3).copies.items()
    one, two = demo.planted_text(copy, 3), demo.planted_text(original, 3)
    assert one.paragraphs == two.paragraphs
    assert one.title != two.title
    assert [p.rpartition("/")[2] for p in one.pictures] == [p.rpartition("/")[2] for p in two.pictures]
    assert two.published < one.published


@pytest.mark.parametrize(
    ("url", "night"), [(TOOLS, 2), (DREDGER, 1), (TRAM, 2), ("harbour-courier.test/nothing", 1)]
)
def test_no_truth_about_what_nobody_can_read(demo: DemoSite, url: str, night: int) -> None:
    with pytest.raises(KeyError, match=f"night {night}"):
        demo.planted_text(f"http://{url}", night)


def test_a_fourth_night_is_refused(demo: DemoSite) -> None:
    with pytest.raises(ValueError, match="one of 1, 2, 3, got 4"):
        demo.set_night(4)


def test_events_are_the_archives_own_kinds(demo: DemoSite) -> None:
    kinds = {kind for night in NIGHTS for events in demo.expected(night).changed.values() for kind in events}
    assert kinds == {EventKind.TEXT, EventKind.TITLE, EventKind.CAPTION, EventKind.IMAGE}


def readable(expected: ExpectedNight) -> frozenset[str]:
    return expected.new | expected.changed.keys() | expected.unchanged
