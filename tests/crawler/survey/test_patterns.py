"""Patterns of article addresses, learned from examples."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.regex_safety import why_unsafe
from crawler.survey.patterns import FEWEST, Learned, learn

SITE = "https://news.example"
WORDS = ("harbour", "bridge", "closes", "after", "storm", "council", "votes", "night", "ferry", "again")
OTHERS = [
    f"{SITE}{path}"
    for path in ("/", "/world/", "/sport/", "/about-us", "/contact.html", "/tag/ferries-and-other-old-ships")
]


def slug(number: int) -> str:
    return "-".join(WORDS[(number + step) % len(WORDS)] for step in range(4)) + f"-{WORDS[number % 7]}"


def has(learned: Learned, url: str) -> bool:
    """Whether a source's file with these patterns would take an address."""
    allowed = any(re.search(pattern, url) for pattern in learned.allow)
    return allowed and not any(re.search(pattern, url) for pattern in learned.deny)


@pytest.mark.parametrize(
    ("address", "allow"),
    [
        pytest.param("/2026/03/{day:02}/{slug}/", r"/20\d\d/\d\d/\d\d/", id="date in folders"),
        pytest.param("/world/2026/mar/{day:02}/{slug}", r"/20\d\d/[a-z]{3}/\d\d/", id="month by name"),
        pytest.param("/news/202603{day:02}/{slug}.html", r"/20\d{6}(?!\d)", id="date in one"),
        pytest.param("/{slug}-{number}.html", r"[^/:\d]\d{5,}(?:\.[a-z]+)?/?$", id="number behind the slug"),
        pytest.param("/{number}-{slug}.html", r"/\d{5,}-[^/]+$", id="number before the slug"),
        pytest.param("/item/{number}", r"/\d{4,}(?:\.[a-z]+)?/?$", id="number alone"),
        pytest.param("/view?article_id={number}", r"[?&][a-z_]*id=\d+", id="number in the query"),
        pytest.param("/story/{day}", "/story/", id="folder"),
        pytest.param("/{slug}", r"/[^/-]+-[^/-]+-[^/-]+-[^/]+$", id="slug alone"),
    ],
)
def test_what_the_articles_have_in_common_is_found(address: str, allow: str) -> None:
    articles = [
        SITE + address.format(day=day, number=81000 + 7 * day, slug=slug(day)) for day in range(1, 25)
    ]
    learned = learn(articles, OTHERS)
    assert learned.allow == (allow,)
    assert (learned.covered, learned.wrong) == (len(articles), 0)
    assert all(has(learned, url) for url in articles)
    assert not any(has(learned, url) for url in OTHERS)


def test_two_kinds_of_addresses_make_two_patterns() -> None:
    articles = [f"{SITE}/2026/03/{day:02}/x" for day in range(1, 20)]
    articles += [f"{SITE}/live/{day}" for day in range(1, 20)]
    learned = learn(articles, OTHERS)
    assert set(learned.allow) == {r"/20\d\d/\d\d/\d\d/", "/live/"}


def test_folders_of_other_pages_are_denied_unless_an_article_is_there() -> None:
    articles = [f"{SITE}/stories/{slug(number)}-{number}" for number in range(20)]
    articles.append(f"{SITE}/author/an-author-writes-about-herself")
    others = [f"{SITE}/{folder}/x{number}" for folder in ("author", "tag", "widgets") for number in range(6)]
    assert learn(articles, others).deny == ("/tag/", "/widgets/")


@pytest.mark.parametrize(
    ("articles", "why"),
    [
        pytest.param([f"{SITE}/2026/03/0{day}/x" for day in range(1, FEWEST)], "too few", id="too few"),
        pytest.param([f"{SITE}/{word}" for word in WORDS], "in common", id="nothing in common"),
        pytest.param(
            [f"{SITE}/{chr(97 + at // 2)}/{word}" for at, word in enumerate(WORDS)],
            "no pattern",
            id="folders",
        ),
        pytest.param([], "too few", id="none"),
    ],
)
def test_no_pattern_is_better_than_a_wrong_one(articles: list[str], why: str) -> None:
    learned = learn(articles, [f"{SITE}/{word}s" for word in WORDS])
    assert learned.allow == ()
    assert why in learned.why


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.text(max_size=40).map(lambda text: f"{SITE}/{text}"), max_size=30),
    st.lists(st.text(max_size=40).map(lambda text: f"{SITE}/{text}"), max_size=30),
)
def test_whatever_is_learned_may_stand_in_a_file(articles: list[str], others: list[str]) -> None:
    learned = learn(articles, others)
    assert all(why_unsafe(pattern) is None for pattern in (*learned.allow, *learned.deny))
    assert learned == learn(reversed(articles), reversed(others))
    if learned.allow:
        assert learned.covered >= 0.99 * learned.articles
