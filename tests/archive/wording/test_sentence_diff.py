"""Two texts sentence by sentence: what stayed, changed within, came, went and moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.wording.sentence_diff import RowKind, sentence_diff

A = "The council met on Monday."
B = "It closed the old bridge for two years."
C = "Traders asked for a ferry in summer."
D = "Nobody was hurt."
B2 = "It closed the old bridge for three years."

CASES = {
    "the same": (f"{A} {B}", f"{A} {B}", "= ="),
    "typography is no change": (f'{A} "So."', f"{A} “So.”", "= ="),
    "a word within a sentence": (f"{A} {B} {C}", f"{A} {B2} {C}", "= ~ ="),
    "a sentence came": (f"{A} {C}", f"{A} {B} {C}", "= + ="),
    "a sentence went": (f"{A} {B} {C}", f"{A} {C}", "= - ="),
    "a sentence moved": (f"{A} {B}\n\n{C} {D}", f"{B}\n\n{C} {D} {A}", "< = = = >"),
    "moved while another changed": (f"{A} {B} {C} {D}", f"{B2} {C} {D} {A}", "< ~ = = >"),
    "nothing in common": (A, D, "- +"),
    "from nothing": ("", A, "+"),
    "to nothing": (A, "", "-"),
    "a heading without a stop": (f"Summer\n\n{A}", f"Winter\n\n{A}", "- + ="),
    "no spaces between sentences": ("橋は閉まる。船が出る。", "橋は閉まる。船は出る。", "= ~"),
}
SIGNS = dict(zip(RowKind, "=~+-<>", strict=True))


@pytest.mark.parametrize("case", CASES)
def test_rows(case: str) -> None:
    before, after, expected = CASES[case]
    assert " ".join(SIGNS[row.kind] for row in sentence_diff(before, after)) == expected


def test_both_ends_of_a_move_have_one_number() -> None:
    rows = sentence_diff(f"{A} {B} {C} {D}", f"{C} {D} {A} {B}")
    pairs: dict[int | None, set[RowKind]] = {}
    for row in rows:
        pairs.setdefault(row.pair, set()).add(row.kind)
    assert pairs == {
        None: {RowKind.SAME},
        1: {RowKind.MOVED_AWAY, RowKind.MOVED_HERE},
        2: {RowKind.MOVED_AWAY, RowKind.MOVED_HERE},
    }


def test_paragraphs_are_kept() -> None:
    rows = sentence_diff(f"{A} {B}\n\n{C}", f"{A}\n\n{B} {C}")
    assert [(row.begins_before, row.begins_after) for row in rows] == [
        (True, True),
        (False, True),
        (True, False),
    ]


def test_changed_words_are_marked() -> None:
    [row] = sentence_diff(B, B2)
    assert row.pieces == (
        ("same", "It closed the old bridge for "),
        ("removed", "two"),
        ("added", "three"),
        ("same", " years."),
    )


@given(
    st.lists(st.sampled_from([A, B, B2, C, D]), max_size=7),
    st.lists(st.sampled_from([A, B, B2, C, D]), max_size=7),
)
def test_each_side_reads_as_it_was(one: list[str], other: list[str]) -> None:
    rows = sentence_diff(" ".join(one), " ".join(other))
    assert [row.before for row in rows if row.before is not None] == one
    assert [row.after for row in rows if row.after is not None] == other
    for row in rows:
        for side, skipped in ((row.before, "added"), (row.after, "removed")):
            if side is not None and row.kind in {RowKind.SAME, RowKind.CHANGED}:
                assert "".join(text for kind, text in row.pieces if kind != skipped) == side


def test_very_long_texts_cost_little() -> None:
    one = " ".join(f"Sentence {n} says {n * 7}." for n in range(3000))
    rows = sentence_diff(one, one.replace("Sentence 1500 says", "Sentence 1500 said"))
    assert len(rows) == 2  # one paragraph, which changed beyond what is aligned
