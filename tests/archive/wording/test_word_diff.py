from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.wording.word_diff import word_diff

words = st.lists(st.sampled_from(["a", "b", "the", "mayor", "said", " ", "\n\n", "市", "長", "ب", "é"])).map(
    "".join
)


@given(words | st.text(), words | st.text())
def test_the_pieces_join_to_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(text for kind, text in pieces if kind != "added") == before
    assert "".join(text for kind, text in pieces if kind != "removed") == after
    assert all(text for _, text in pieces)
    assert all(first[0] != second[0] for first, second in pairwise(pieces))


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("same words", "same words", [("same", "same words")]),
        (
            "on Monday it is",
            "on Tuesday it is",
            [("same", "on "), ("removed", "Monday"), ("added", "Tuesday"), ("same", " it is")],
        ),
        (
            "One.\n\nTwo.\n\nThree.",
            "One.\n\nThree.",
            [("same", "One.\n\n"), ("removed", "Two.\n\n"), ("same", "Three.")],
        ),
        (
            "市長が辞任",
            "市長は辞任",
            [("same", "市長"), ("removed", "が"), ("added", "は"), ("same", "辞任")],
        ),
    ],
    ids=["empty", "the same", "a word", "a paragraph", "a sign of a script without spaces"],
)
def test_what_changed(before: str, after: str, pieces: list[tuple[str, str]]) -> None:
    assert word_diff(before, after) == pieces


def test_a_long_text_with_one_edit_is_quick() -> None:
    paragraphs = [
        f"Paragraph {n} says that the {n % 7} of the {n % 11} came to {n}." * 5 for n in range(2000)
    ]
    before, after = (
        "\n\n".join(paragraphs),
        "\n\n".join([*paragraphs[:1000], "New words.", *paragraphs[1000:]]),
    )
    assert [text for kind, text in word_diff(before, after) if kind != "same"] == ["New words.\n\n"]
