"""What one reading took and another did not, though both pages have it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.state import State, text_digest
from pipelines.versions.noise import Field, Value
from pipelines.versions.presence import page_words, wavering

STATE = State(
    "https://news.example/a", "T", text_digest("One."), (), None, (), "x", "One.\n\nTwo words.\n\nHiring"
)


def words(body: str) -> str:
    page = f"<html><head><title>Not shown here</title></head><body>{body}</body></html>"
    return page_words(
        page.encode(), url=STATE.url, content_type="text/html; charset=utf-8", content_encoding=None
    )


def test_a_line_that_one_reading_took_for_text_and_the_other_did_not() -> None:
    """It stood on both pages, so that neither its going nor its coming beside the text is an edit."""
    later = replace(STATE, text="One.\n\nHiring", asides=("Two words.",))
    there = words("<p>One.</p><p>Two words.</p><p>Hiring</p>")
    assert wavering(STATE, later, there, there) == {Value(Field.PARAGRAPH, "Two words.")}


def test_the_words_of_a_page() -> None:
    assert (
        words(
            "<div>One<b>two</b> three<p>Four “five”</p>six<script>var x</script></div>"
            "<style>p{}</style><li>seven</li>"
        )
        == 'Onetwo three\nFour"five"\nsix\nseven'
    )
    assert page_words(b"", url="https://a.example/", content_type=None, content_encoding=None) == ""


@pytest.mark.parametrize(
    ("text", "earlier", "later", "wavers"),
    [
        pytest.param(
            "One.\n\nHiring", "", "<p>One.</p><aside>Two <i>words</i>.</aside>", ["Two words."], id="there"
        ),
        pytest.param("One.\n\nHiring", "", "<p>One.</p>", [], id="gone"),
        pytest.param("One.\n\nTwo words.", "", "<h2>Hiring</h2>", ["Hiring"], id="a line of one word"),
        pytest.param("One.\n\nTwo words.", "", "<p>Hiring is hard</p>", [], id="a word of another line"),
        pytest.param(
            f"{STATE.text}\n\nA new line.", "<p>A new line.</p>", "", ["A new line."], id="there before"
        ),
        pytest.param(f"{STATE.text}\n\nA new line.", "<p>A new  lin.</p>", "", [], id="a letter more"),
    ],
)  # fmt: skip
def test_wavering(text: str, earlier: str, later: str, wavers: list[str]) -> None:
    after = replace(STATE, text=text, text_sha256=text_digest(text))
    found = wavering(STATE, after, words(earlier), words(later))
    assert found == {Value(Field.PARAGRAPH, paragraph) for paragraph in wavers}


def test_a_text_that_is_kept_no_more_tells_nothing() -> None:
    assert wavering(replace(STATE, text=None), STATE, "", "") == frozenset()
