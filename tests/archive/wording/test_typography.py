"""What a typesetter may change, and what not."""
# ruff: noqa: RUF001 - the signs of many typefaces are meant as they are

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.wording.typography import plain, plain_paragraphs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param('He said "no".', "He said “no”.", id="English quotes"),
        pytest.param('Er sagte "nein".', "Er sagte „nein“.", id="German quotes"),
        pytest.param('Il dit "non".', "Il dit « non ».", id="French quotes with spaces"),
        pytest.param("It's theirs'", "It’s theirs’", id="apostrophes"),
        pytest.param("one - two", "one — two", id="dashes"),
        pytest.param("one -- two", "one—two", id="typewriter dashes"),
        pytest.param("2015-2016", "2015–2016", id="a range"),
        pytest.param("and so on...", "and so on…", id="an ellipsis"),
        pytest.param("5 % more", "5\u00a0% more", id="a hard space"),
        pytest.param("Vraiment ?", "Vraiment\u202f?", id="a narrow space"),
        pytest.param("donaudampfschiff", "donau\u00addampf\u00adschiff", id="soft hyphens"),
        pytest.param("caf\u00e9", "cafe\u0301", id="composed and decomposed"),
        pytest.param("\ufeffword\u200b", "word", id="nothing that is seen"),
    ],
)
def test_typesetting_is_no_change(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("He said no.", "He said yes."),
        ("5 people", "6 people"),
        ("A Headline", "A headline"),
        ("He came, alone.", "He came alone."),
        ("The end.", "The end"),
        ("café", "cafe"),
        ("2²", "22"),
        ("Ⅳ", "IV"),
        ("well known", "wellknown"),
    ],
)
def test_everything_else_is(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_paragraphs_without_words_are_none() -> None:
    assert plain_paragraphs("One.\n\n\u200b\n\n “Two.” ") == ("One.", '"Two."')
