"""A page is the site's "not found" if it says what the site says for an address that does not exist."""
# ruff: noqa: E501 - pages are easier to read unbroken

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest

from pipelines.gate.absent import Absent, PagePrint, is_absent, place, print_of, read_absent
from pipelines.page import Page, read_page

ASKED = "https://news.example/2026/03/qjxkzv-wpfhdn-trmlbc"
URL = "https://news.example/2026/03/arles-quay-closes"
SORRY = "<h1>Sorry</h1><p>We could not find the page that you were looking for. It may have moved.</p>"
MENU = "<nav><ul><li><a href=/world>World</a><li><a href=/sport>Sport</a></ul></nav>"
FOOT = (
    "<footer><p>The Example Times is published daily by the harbour press. All rights reserved.</p></footer>"
)
HEAVY = "".join(
    f"<p>Paragraph {'abcdefgh'[n]} of what every page of this site says about itself and its house.</p>"
    for n in range(8)
)
BRIEF = "<p>The ferry to the northern pier does not sail on Tuesday, the harbour office said. Tickets stay valid.</p>"
STORY = (
    BRIEF + "<p>Fishermen asked who would pay for the nights on which their boats could not go out.</p>" * 3
)


def teasers(*words: str) -> str:
    return (
        "<h2>You may like</h2><div>"
        + "".join(
            f"<div class=card><a href=/{word}><h3>The {word} has been opened again in spring</h3></a>"
            f"<p>What the people of the {word} say about it, and what it costs them every year.</p></div>"
            for word in words
        )
        + "</div>"
    )


ONE, OTHER = (
    teasers("bridge", "tunnel", "market", "museum", "quay"),
    teasers("school", "church", "ferry", "tower", "mill"),
)


def site(body: str, title: str = "Sorry | The Example Times", head: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{MENU}<main>{body}</main>{FOOT}</body></html>"


def parsed(html: str, url: str = URL) -> Page:
    page = read_page(html.encode(), url=url, content_type="text/html; charset=utf-8", content_encoding=None)
    assert isinstance(page, Page)
    return page


def absent(html: str, url: str = ASKED) -> Absent | None:
    return read_absent(
        html.encode(), url=url, asked=ASKED, content_type="text/html; charset=utf-8", content_encoding=None
    )


ANSWER = site(SORRY)


@pytest.mark.parametrize(
    ("probe", "page", "same"),
    [
        pytest.param(ANSWER, ANSWER, True, id="the same words"),
        pytest.param(site(SORRY + ONE), site(SORRY + OTHER), True, id="with other articles offered each time"),
        pytest.param(
            site(SORRY + "<p>Request 4711</p>"), site(SORRY + "<p>Request 815</p>"), True, id="with a number that counts"
        ),
        pytest.param(
            site("<h1>No qjxkzv-wpfhdn-trmlbc here</h1><p>We have nothing at this address, or not any more.</p>",
                 "qjxkzv-wpfhdn-trmlbc | The Example Times"),
            site("<h1>No arles-quay-closes here</h1><p>We have nothing at this address, or not any more.</p>",
                 "arles-quay-closes | The Example Times"),
            True, id="with a part of the address only",
        ),
        pytest.param(
            site("<h1>Nothing</h1><p>There is nothing at /2026/03/qjxkzv-wpfhdn-trmlbc, or not any more.</p>"),
            site("<h1>Nothing</h1><p>There is nothing at /2026/03/arles-quay-closes, or not any more.</p>"),
            True, id="with the address in it",
        ),
        pytest.param(ANSWER, site(f"<h1>Quay closes</h1>{STORY}", "Quay closes | The Example Times"), False, id="an article"),
        pytest.param(ANSWER, site(f"<h1>Sorry</h1>{STORY}"), False, id="an article of that very title"),
        pytest.param(
            site(SORRY + HEAVY), site(f"<h1>Ferry</h1>{BRIEF}{HEAVY}", "Ferry | The Example Times"), False,
            id="a brief in a heavy template",
        ),
        pytest.param(
            site("<h1>Example Times</h1><p>Not here.</p>" + HEAVY, "Example Times"),
            site(f"<h1>Example Times</h1>{BRIEF}{HEAVY}", "Example Times"), False,
            id="a brief in a heavy template with one title for all",
        ),
        pytest.param(
            site("<h1>Example Times</h1><p>Not here.</p>" + ONE, "Example Times"),
            site(f"<h1>Example Times</h1><div>{BRIEF}<a href=/more>More about the ferries of the harbour</a></div>" + OTHER,
                 "Example Times"), False,
            id="a brief with a link, on a site with one title for all",
        ),
        pytest.param(
            site("<div id=root></div>", "App").replace(FOOT, ""), site("<div id=root></div>", "App").replace(FOOT, ""), False,
            id="an empty shell says nothing",
        ),
        pytest.param(ANSWER, site(SORRY, "Sorry for the delay | The Example Times"), False, id="another title"),
    ],
)  # fmt: skip
def test_the_answer_is_known_again_and_an_article_is_not_taken_for_it(
    probe: str, page: str, same: bool
) -> None:
    known = absent(probe)
    shown = known.shown if known else PagePrint("", "")
    assert is_absent(print_of(parsed(page)), shown) is same


@pytest.mark.parametrize(
    ("html", "url", "told"),
    [
        pytest.param(ANSWER, ASKED, True, id="words"),
        pytest.param(
            site(SORRY, head="<link rel=canonical href=/>"), ASKED, True, id="whose own address is the home"
        ),
        pytest.param(
            site(SORRY, head=f"<link rel=canonical href={ASKED}>"),
            ASKED,
            True,
            id="whose own is what was asked",
        ),
        pytest.param(
            site(STORY, head="<link rel=canonical href=/2026/03/found>"), ASKED, False, id="another article's"
        ),
        pytest.param(
            site(STORY, head="<meta property=og:type content=article>"),
            ASKED,
            False,
            id="says it is an article",
        ),
        pytest.param("<div id=root></div>", ASKED, False, id="a shell"),
        pytest.param("", ASKED, False, id="nothing"),
        pytest.param(ANSWER, "https://news.example/404.html", True, id="led to a page for it"),
    ],
)
def test_what_an_answer_tells(html: str, url: str, told: bool) -> None:
    found = absent(html, url)
    assert (found is not None) is told
    if found is not None:
        assert found.led_to == (None if url == ASKED else url)


def test_a_print_is_small_and_made_in_bounded_time() -> None:
    nested = "<div>" * 250 + "word " * 400_000 + "</div>" * 250
    many = "".join(f"<p>Paragraph {n} says something else.</p>" for n in range(20_000))
    began = process_time()
    prints = [print_of(parsed(site(body))) for body in (nested, many, teasers(*map(str, range(3000))))]
    assert process_time() - began < 10
    assert max(len(one.blocks) for one in prints) <= 400


def test_places() -> None:
    assert place("http://www.News.example/a/") == place("https://news.example/a")
    assert place("https://news.example/a?b") != place("https://news.example/a")


def test_a_print_of_another_heading_is_another_page() -> None:
    known = absent(ANSWER)
    assert known is not None
    assert is_absent(known.shown, known.shown)
    assert not is_absent(replace(known.shown, heading="else"), known.shown)
