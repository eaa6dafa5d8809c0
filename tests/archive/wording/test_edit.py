"""How much a text changed: words that came and went, sentences that moved, minor and major."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.wording.edit import Grade, measure, sentences

A = "The town council decided on Monday evening that the old bridge over the river will close for repairs."
B = "Work is to begin in April and will take about two years, said the head of the building office."
C = "Until then cyclists and walkers may still use the northern lane between six and ten in the morning."
D = "Shopkeepers on both banks fear for their trade and have asked for a ferry in the summer months."
TEXT = f"{A} {B}\n\n{C} {D}"


@pytest.mark.parametrize(
    ("after", "added", "removed", "moved", "grade"),
    [
        pytest.param(TEXT, 0, 0, 0, Grade.MINOR, id="nothing"),
        pytest.param(TEXT.replace("Monday", "Tuesday"), 1, 1, 0, Grade.MINOR, id="a word"),
        pytest.param(TEXT.replace("about two", "at least three"), 3, 2, 0, Grade.MINOR, id="a few words"),
        pytest.param(f"{TEXT} Nobody asked the fish.", 4, 0, 0, Grade.MAJOR, id="a sentence more"),
        pytest.param(f"{A} {B}\n\n{C}", 0, 18, 0, Grade.MAJOR, id="a sentence less"),
        pytest.param(f"{B} {A}\n\n{C} {D}", 0, 0, 1, Grade.MINOR, id="two sentences change places"),
        pytest.param(f"{A}\n\n{B} {C}\n\n{D}", 0, 0, 0, Grade.MINOR, id="other paragraphs"),
        pytest.param(
            f"{D} {A} {B.replace('April', 'May')}\n\n{C}", 1, 1, 1, Grade.MINOR, id="moved and edited"
        ),
        pytest.param(
            TEXT.replace(A, "A ship went down off the northern coast last night with all hands."),
            13, 18, 0, Grade.MAJOR, id="a sentence for another",
        ),
        pytest.param("", 0, 72, 0, Grade.MAJOR, id="nothing left"),
    ],
)  # fmt: skip
def test_measures(after: str, added: int, removed: int, moved: int, grade: Grade) -> None:
    edit = measure(TEXT, after)
    near = (abs(edit.words_added - added) <= 2, abs(edit.words_removed - removed) <= 2)
    assert (*near, edit.moved, edit.grade) == (True, True, moved, grade), edit


def test_sentences_of_scripts_without_spaces() -> None:
    assert sentences("橋は閉鎖される。工事は四月に始まる。") == ["橋は閉鎖される。", "工事は四月に始まる。"]
    edit = measure("橋は四月に閉鎖される。", "橋は五月に閉鎖される。")
    assert (edit.words_added, edit.words_removed) == (1, 1)


WORDS = st.lists(st.sampled_from(["one.", "two", "three", "four.", "\n\n"]), max_size=30).map(" ".join)


@given(WORDS, WORDS)
def test_the_way_back_is_the_way_there(one: str, other: str) -> None:
    there, back = measure(one, other), measure(other, one)
    assert there.moved == back.moved
    assert (there.words_added, there.words_removed) == (back.words_removed, back.words_added)
    assert measure(one, one).words_added == measure(one, one).words_removed == measure(one, one).moved == 0
    assert min(there.words_added, there.words_removed, back.words_added) >= 0


def test_two_long_texts_without_a_common_sentence_take_bounded_time() -> None:
    one = " ".join(f"Sentence {n} speaks of {n * 7} things." for n in range(3000))
    other = " ".join(f"Phrase {n} is about {n * 5} matters." for n in range(3000))
    started = time.process_time()
    assert measure(one, other).grade is Grade.MAJOR
    assert time.process_time() - started < 20
