"""Where a link stands on its page, and what its source's past says."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.links.classify import History, looks_like_story, story_score
from crawler.links.place import Place, better, place_of
from crawler.links.shape import shape_of


@pytest.mark.parametrize(
    ("page", "place"),
    [
        pytest.param("<nav><a>x</a></nav>", Place.MENU, id="nav"),
        pytest.param("<header><ul><li><a>x</a></li></ul></header>", Place.MENU, id="header"),
        pytest.param("<div role=navigation><a>x</a></div>", Place.MENU, id="role"),
        pytest.param("<ul class='main-menu'><li><a>x</a></ul>", Place.MENU, id="class"),
        pytest.param("<div class='breadcrumb'><a>x</a></div>", Place.MENU, id="breadcrumb"),
        pytest.param("<footer><h3><a>x</a></h3></footer>", Place.FOOTER, id="heading in the foot"),
        pytest.param("<main><h2><a>x</a></h2></main>", Place.HEADING, id="heading"),
        pytest.param("<main><a><h3>x</h3></a></main>", Place.HEADING, id="heading inside the link"),
        pytest.param("<article><header><h2><a>x</a></h2></header></article>", Place.HEADING, id="own header"),
        pytest.param("<main><p><a>x</a></p></main>", Place.BODY, id="body"),
        pytest.param("<aside><a>x</a></aside>", Place.ASIDE, id="aside"),
        pytest.param("<div class='navy-blue'><a>x</a></div>", Place.OTHER, id="only half a word"),
        pytest.param("<div><h2><a>x</a></h2></div>", Place.HEADING, id="heading anywhere"),
    ],
)
def test_places(page: str, place: Place) -> None:
    root = html.document_fromstring(f"<html><body>{page}</body></html>")
    assert place_of(root.find(".//a")) is place


def test_of_two_links_to_one_address_the_better_place_counts() -> None:
    assert better(Place.MENU, Place.HEADING) is Place.HEADING
    assert better(Place.BODY, Place.FOOTER) is Place.BODY


def test_a_menu_leads_to_sections_and_a_heading_to_stories() -> None:
    url, words = "https://news.example/world/europe-today", "Europe today"
    by_place = [story_score(url, words, place=place) for place in (Place.MENU, Place.OTHER, Place.HEADING)]
    assert by_place == sorted(by_place)
    assert by_place[0] < by_place[2] - 1


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://a.example/2026/03/20/quay-closes-again", "a.example/{year}/{n}/{n}/{slug}"),
        ("https://a.example/News/quay-closes-again.html?b=2&a=1", "a.example/news/{slug}.html?a&b"),
        ("https://a.example/item/4711999/", "a.example/item/{number}/"),
        ("https://a.example/x/6028e8a8-0ec0-11ed-afac-7719b3cfae6d", "a.example/x/{id}"),
        ("https://a.example/20260320/a1b2345678", "a.example/{day}/{id}"),
        ("https://a.example/", "a.example/"),
    ],
)
def test_shapes(url: str, shape: str) -> None:
    assert shape_of(url) == shape


def test_the_past_of_a_source_decides_about_addresses_that_say_nothing() -> None:
    odd = [f"https://a.example/k/x{number}" for number in range(4)]
    known = [(f"https://a.example/k/{number}", True) for number in range(9)]
    assert not looks_like_story("https://a.example/k/77", "Quay")
    assert looks_like_story("https://a.example/k/77", "Quay closes again", history=History.of(known))
    slug = "https://a.example/offers/quay-closes-again-after-storm-of-the-year"
    never = History.of(
        (f"https://a.example/offers/buy-some-thing-{number}-now", False) for number in range(9)
    )
    assert looks_like_story(slug, "Quay closes again after the storm")
    assert story_score(slug, "Quay closes", history=never) < story_score(slug, "Quay closes") - 2
    assert History.of((url, True) for url in odd[:2]).weight("https://a.example/k/x3") == 0.0
