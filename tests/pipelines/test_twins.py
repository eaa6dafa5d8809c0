"""The AMP and print pages of an article are that article, whichever of them is seen first."""

from __future__ import annotations

import pytest

from archive.catalog import lookup, versions
from tests.pipelines.nights import SENTENCES, URL, Nights, outcome, story

AMP = f"{URL}/amp"
PRINT = f"{URL}?print=1"
MAIN = story(picture=None).replace(
    b"</head>", f'<link rel="canonical" href="{URL}"><link rel="amphtml" href="{AMP}"></head>'.encode()
)


def twin(*sentences: str, kind: str = "amp", canonical: str = URL) -> bytes:
    page = story(*sentences, picture=None).replace(
        b"</head>", f'<link rel="canonical" href="{canonical}"></head>'.encode()
    )
    return page.replace(b"<html ", b"<html amp ") if kind == "amp" else page


@pytest.mark.parametrize(("kind", "url"), [("amp", AMP), ("amp", f"{URL}?amp"), ("print", PRINT)])
def test_a_twin_of_a_known_article_is_that_article(nights: Nights, kind: str, url: str) -> None:
    assert outcome(nights.fetch(MAIN)) == "archived"
    nights.next_night()
    assert outcome(nights.fetch(twin(kind=kind), urls=(url,))) == "unchanged"
    # as twins say it: a line more makes no version of theirs
    said = (
        *SENTENCES,
        "Read more about it in our dossier on the bridges of the Wend, which has twelve parts.",
    )
    assert outcome(nights.fetch(twin(*said, kind=kind), urls=(url,))) == "unchanged"
    assert lookup.article_of(nights.home.catalog, url) == lookup.article_of(nights.home.catalog, URL)
    assert nights.history() == [(1, [])]
    assert outcome(nights.fetch(MAIN)) == "unchanged"


def test_a_twin_that_is_seen_first_is_the_article_until_its_own_page_comes(nights: Nights) -> None:
    assert outcome(nights.fetch(twin(), urls=(AMP,))) == "archived"
    found = lookup.article_of(nights.home.catalog, AMP)
    assert found is not None
    assert found.url == AMP
    newest = versions.newest_version(nights.home.catalog, found.id)
    assert newest is not None
    assert newest.variant == "amp"
    nights.next_night()
    assert outcome(nights.fetch(MAIN)) == "archived"
    assert nights.history(AMP) == nights.history() == [(1, []), (2, ["moved"])]
    now = lookup.article_of(nights.home.catalog, AMP)
    assert now is not None
    assert (now.id, now.url) == (found.id, URL)
    nights.next_night()
    assert outcome(nights.fetch(twin(), urls=(AMP,))) == "unchanged"
    assert outcome(nights.fetch(MAIN)) == "unchanged"


def test_a_twin_that_names_another_page_is_no_twin_of_it(nights: Nights) -> None:
    """Sites name their home page, or one story for all, as canonical: the words must agree too."""
    assert outcome(nights.fetch(MAIN)) == "archived"
    other = (
        "A fire in a boat shed at the lower quay was put out in less than an hour on Sunday night.",
        "Nobody was hurt, and the police are looking into the cause, the fire brigade said on Monday.",
        "Two rowing boats and a trailer were lost, and the damage is put at eleven thousand euros.",
    )
    assert outcome(nights.fetch(twin(*other), urls=("https://news.example/2026/fire/amp",))) == "archived"
    assert nights.history() == [(1, [])]
