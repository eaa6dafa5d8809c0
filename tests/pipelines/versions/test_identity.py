"""When two pages show one article: addresses that tie them, and words that agree."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from pipelines.versions.identity import Shown, Tie, agree, is_alias, tie

HOST = "https://news.example"
TEXT = (
    "The town council decided on Monday evening that the old bridge will close for repairs. Work is to begin "
    "in April and will take two years. Until then cyclists may still use the northern lane."
)
OTHER_TEXT = (
    "A ferry will cross the river from May on, the harbour office said on Friday. It carries forty people "
    "and twelve bicycles and runs every half hour until the evening."
)
KNOWN = Shown(f"{HOST}/2026/bridge", f"{HOST}/2026/bridge", "Old bridge to close", TEXT)
OTHER = Shown(f"{HOST}/2026/ferry", f"{HOST}/2026/ferry", "A ferry from May on", OTHER_TEXT)


def page(path: str, canonical: str | None = None, **changes: str) -> Shown:
    url = path if "://" in path else HOST + path
    named = HOST + canonical if canonical is not None else None
    return replace(KNOWN, url=url, canonical_url=named, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        pytest.param(page("/2026/bridge"), Tie.SAME, id="itself"),
        pytest.param(page("/2026/bridge?utm_source=rss&utm_medium=feed"), Tie.ALIAS, id="tracking"),
        pytest.param(page("/2026/bridge?ref=home", "/2026/bridge"), Tie.ALIAS, id="a ref"),
        pytest.param(page("http://news.example/2026/bridge"), Tie.ALIAS, id="http"),
        pytest.param(page("https://www.news.example/2026/bridge"), Tie.ALIAS, id="www"),
        pytest.param(page("/2026/bridge/amp", "/2026/bridge"), Tie.ALIAS, id="amp"),
        pytest.param(page("https://amp.news.example/2026/bridge", "/2026/bridge"), Tie.ALIAS, id="amp host"),
        pytest.param(page("/print/77", "/2026/bridge"), Tie.ALIAS, id="a print page that names it"),
        pytest.param(page("/2026/bridge?id=7"), None, id="another page by its parameter"),
        pytest.param(page("/2026/Bridge"), None, id="case"),
        pytest.param(page("/2026/bridge#!page2"), None, id="a hash bang"),
        pytest.param(page("/2026/bridge/"), None, id="a slash that nothing vouches for"),
        pytest.param(page("/sport/bridge", "/sport/bridge"), None, id="the same text at its own address"),
        pytest.param(page("/sport/bridge"), None, id="the same text at an address that says nothing"),
        pytest.param(
            page("/print/77", "/2026/bridge", title="A ferry from May on", text=OTHER_TEXT), None,
            id="another story that names it as its address",
        ),
        pytest.param(
            page("/2026/bridge?ref=x", text=OTHER_TEXT, title="Ferry"), None, id="another story at its alias"
        ),
    ],
)  # fmt: skip
def test_what_ties_a_page_to_an_article(here: Shown, expected: Tie | None) -> None:
    assert tie(here, KNOWN) == expected


@pytest.mark.parametrize(
    ("here", "known", "led", "expected"),
    [
        pytest.param(page("/2026/bridge-closes"), KNOWN, True, Tie.MOVED, id="it led here"),
        pytest.param(page("/"), replace(KNOWN, text=OTHER_TEXT, title="F"), True, None, id="to another"),
        pytest.param(page("/new"), page("/old", "/new"), False, Tie.MOVED, id="it had named this address"),
        pytest.param(
            page("/closes-for-repair-1234567", "/closes-for-repair-1234567"),
            page("/old-bridge-1234567", "/old-bridge-1234567"), False, Tie.MOVED, id="the slug at its number",
        ),
        pytest.param(
            page("/closes-20260329", "/closes-20260329"), page("/bridge-20260329"), False, None,
            id="a date is no number of its own",
        ),
        pytest.param(
            page("https://other.example/x-1234567"), page("/y-1234567"), False, None, id="on another host"
        ),
        pytest.param(page("/b", "/"), page("/a", "/"), False, Tie.ALIAS, id="one text, both name the home"),
        pytest.param(
            page("/b", "/"), replace(OTHER, canonical_url=f"{HOST}/"), False, None,
            id="two texts, both name the home page",
        ),
    ],
)  # fmt: skip
def test_moves_and_wrong_canonicals(here: Shown, known: Shown, led: bool, expected: Tie | None) -> None:
    assert tie(here, known, led=led) == expected


def test_normal_forms_of_a_path_tell_pages_apart() -> None:
    composed = f"{HOST}/caf\u00e9"
    assert not is_alias(composed, unicodedata.normalize("NFD", composed))


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        pytest.param(TEXT, "Another title", True, id="the text"),
        pytest.param(TEXT.replace("Monday", "Tuesday"), "Old bridge to close", True, id="an edit"),
        pytest.param(TEXT.split(". ", maxsplit=1)[0], "Old bridge to close", True, id="its beginning"),
        pytest.param(OTHER_TEXT, "Old bridge to close", False, id="only the headline"),
        pytest.param("Read on.", "Old bridge to close", False, id="next to nothing"),
        pytest.param("", "Old bridge to close", False, id="nothing"),
    ],
)
def test_agreement(text: str, title: str, expected: bool) -> None:
    assert agree(replace(KNOWN, text=text, title=title), KNOWN) == expected
