"""Marks and snippets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.expression import Phrase, phrases_of
from archive.search.marks import Piece, Pieces, marked, snippet
from archive.search.query import QueryError, parse


def phrases(query: str) -> list[Phrase]:
    return list(phrases_of(parse(query).expression))


def shown(pieces: Pieces) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


MARKED = {
    "a word, whatever its accents": ("The Élysée opened", "elysee", "The [Élysée] opened"),
    "a phrase, and not its words alone": ("white house, roof", '"white house"', "[white house], roof"),
    "a beginning": ("bridge bridges abridged", "bridge*", "[bridge] [bridges] abridged"),
    "pairs become one mark": ("中文搜索引擎", "文搜索", "中[文搜索]引擎"),
    "one sign": ("中文", "文", "中[文]"),
    "not what is refused": ("red green", "red -green", "[red] green"),
    "matches that overlap": ("one two three", '"one two" OR "two three"', "[one two three]"),
    "markup is text": ("<b>bold</b>", "bold", "<b>[bold]</b>"),
    "only facets": ("a text", "source:b", "a text"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "query", "expected"), MARKED.values(), ids=MARKED.keys())
def test_marks(text: str, query: str, expected: str) -> None:
    assert shown(marked(text, phrases(query))) == expected


def test_the_snippet_is_the_part_that_says_most() -> None:
    filler = "Nothing of note was said here by anyone. " * 20
    text = f"A bridge. {filler}The mayor opened the old bridge. {filler}"
    found = shown(snippet(text, phrases("mayor bridge")))
    assert "The [mayor] opened the old [bridge]." in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) < 320


def test_without_a_match_the_snippet_is_the_beginning() -> None:
    assert snippet("A short text.", phrases("title:short")) == (Piece("A short text."),)
    assert snippet("", phrases("short")) == ()
    assert len(shown(snippet("word " * 500, phrases("source:b")))) < 250


@given(st.text(max_size=120), st.text(alphabet='ab中 *"', min_size=1, max_size=10))
def test_pieces_join_to_the_text(text: str, query: str) -> None:
    try:
        wanted = phrases(query)
    except QueryError:
        return
    assert "".join(piece.text for piece in marked(text, wanted)) == text
    assert snippet(text, wanted) is not None
