"""Ways that save time when a page is read say what the plain ways say."""

from __future__ import annotations

import re

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.charset import Decoded
from pipelines.article_place import locate
from pipelines.attributes import saying
from pipelines.furniture import _ENDS, _LAST_WORDS, _LONGEST_WORD, _SIGNS
from pipelines.gate.phrases import Phrases
from pipelines.json_ld import nodes, types
from pipelines.page import _CONTROLS, Page, _has_controls, parse
from pipelines.paragraphs import fold, is_longer, lowered, squeeze
from pipelines.text.features import _SENTENCE

TEXTS = st.text(st.sampled_from("aZß é_-\u00ad\u200b\n\t.\u20197日"), max_size=60)


@given(TEXTS)
def test_folding_keeps_words_alone_in_any_script(text: str) -> None:
    assert fold(text) == " ".join(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("  one\n two ", "one two"),
        ("Donau\u00addampf", "Donaudampf"),
        ("so\u200bft \u2060and\ufeff", "soft and"),
        ("\u00ad \u200b", ""),
    ],
)
def test_squeezed_text_holds_nothing_invisible(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


@given(st.characters(), st.sampled_from("is\u00e5\u0434k"))
def test_small_letters_are_those_that_a_pattern_takes_which_ignores_case(letter: str, wanted: str) -> None:
    if re.fullmatch(wanted, letter, re.IGNORECASE):
        assert lowered(letter) == wanted
    assert [lowered(sign) for sign in "\u017f\u0130\u0131\u212aA"] == ["s", "i", "i", "k", "a"]


@given(st.binary(max_size=40))
def test_control_characters_are_seen_where_they_stand(markup: bytes) -> None:
    assert _has_controls(markup) == (markup.translate(None, _CONTROLS) != markup)


_SENTENCES = (" ", "a", ".", '!"', "\u3002", "\u3002\u201d", "?", ") ", "\u061f")


@given(st.lists(st.sampled_from(_SENTENCES)).map("".join))
def test_sentences_are_counted_as_by_the_plain_pattern(text: str) -> None:
    closed = r"[\"'\u201d\u2019\u00bb)\]]*(?:\s|$)"
    plain = rf"[.!?\u2026\u0964\u061f]{closed}|[\u3002\uff01\uff1f]"
    assert _SENTENCE.findall(text) == re.findall(plain, text)


_PIECES = (*_LAST_WORDS, "Read", "MORE", "click", " ", ".", ":", "\u00bb", "\n", "\u017f", "x")


@given(st.lists(st.sampled_from(_PIECES)).map("".join))
def test_an_end_that_invites_is_found_whatever_its_last_word(text: str) -> None:
    said = text.rstrip().rstrip(_SIGNS).rstrip()
    if _ENDS.search(text):
        assert lowered(said[-_LONGEST_WORD:]).endswith(_LAST_WORDS)


@given(TEXTS, st.integers(0, 20))
def test_the_beginning_of_a_text_tells_whether_it_is_longer(text: str, most: int) -> None:
    assert is_longer(text, most) == (len(squeeze(text)) > most)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("story-ad wide", True),
        ("headline", False),
        ("x" * 500 + " ad", True),
        ("x" * 500, False),
    ],
)
def test_an_answer_about_attributes_is_the_same_when_it_is_kept(said: str, *, expected: bool) -> None:
    advertises = saying(r"(?:^|[\s_-])ad(?:$|[\s_-])", re.IGNORECASE)
    assert [advertises(said), advertises(said), advertises(said.upper())] == [expected] * 3


def test_phrases_are_found_in_capitals_too() -> None:
    greetings = Phrases("guten morgen", "καλημέρα", "доброе утро")
    assert greetings.search("GUTEN Morgen!")
    assert greetings.search("ΚΑΛΗΜΈΡΑ")
    assert greetings.findall("Guten Morgen, Доброе Утро") == ["guten morgen", "доброе утро"]
    assert greetings.without("Guten Morgen, Anna") == ", anna"
    assert greetings.search("Good morning") is None


@pytest.mark.parametrize("count", [3, 1500])
def test_an_article_of_any_length_is_found_where_it_stands(count: int) -> None:
    text = [f"The {n}th boat left the old harbour at dawn with its crew." for n in range(count)]
    teasers = "".join(f"<li>The {n}th boat left another port, and nobody saw it go.</li>" for n in range(9))
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    markup = f"<body><ul>{teasers}</ul><h1>Boats</h1><div id=story>{body}</div><p>Read on for more boats.</p>"
    page = parse(Decoded(markup, "utf-8", "content"), url="https://herald.example/boats")
    assert isinstance(page, Page)
    place = locate(page, text)
    numbers = {number: element for element, number in place.order.items()}
    assert place.container.get("id") == "story"
    assert (numbers[place.first].text, numbers[place.last].text) == (text[0], text[-1])
    assert place.heading == place.order[place.container] - 1
    assert [element.tag for element in page.tree.iter() if element in place.around] == ["html", "body", "div"]


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle"}',
        '<!--\n{"@type": "NewsArticle"}\n-->',
        '// <![CDATA[\n{"@type": ["NewsArticle", 5]}\n// ]]>',
        '\n{"@type": "http://schema.org/NewsArticle",};\n',
        '{"@type": "schema:NewsArticle"} ]]> ;',
        "{&quot;@type&quot;: &quot;https://schema.org#NewsArticle&quot;}",
    ],
)
def test_json_ld_is_read_as_it_stands_or_mended(script: str) -> None:
    tree = lxml.html.document_fromstring("<script type='application/ld+json'></script>")
    next(tree.iter("script")).text = script
    assert [types(node) for node in nodes(tree)] == [("newsarticle",)]
