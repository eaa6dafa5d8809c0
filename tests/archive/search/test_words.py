"""Words of every script, and where they stand."""
# ruff: noqa: RUF001 - letters of many scripts are meant as they are

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.words import LONGEST, MOST, Word, indexed, phrase_of, words_of

WORDS = {
    "accents and case": ("Été à l'Élysée", "ete a l elysee"),
    "signs between": ("12,000 €, re-open: snake_case", "12 000 re open snake case"),
    "letters that do not decompose": ("Straße Łódź Ørsted œuvre İzmir", "strasse lodz orsted oeuvre izmir"),
    "Greek and Cyrillic": ("Ὀδυσσεύς Київ ёлка", "οδυσσευσ киів елка"),
    "Arabic points, one spelling, digits": ("السَّلامُ مدرسة می‌خواهم ٢٠٢٦", "السلام مدرسه ميخواهم 2026"),
    "Hebrew points": ("שָׁלוֹם", "שלום"),
    "Hindi keeps its vowels, a danda is none": ("हिन्दी में समाचार।", "हिन्दी में समाचार"),
    "Chinese in pairs": ("中文搜索 GPT模型", "中文 文搜 搜索 索 gpt 模型 型"),
    "Japanese in pairs, half-width kana too": ("東京で ﾊﾟﾘ", "東京 京で で パリ リ"),
    "Korean in pairs, its particles apart": ("대통령이", "대통 통령 령이 이"),
    "Thai in pairs": ("ไทย", "ไท ทย ย"),
    "full-width letters": ("ＡＢＣ１２", "abc12"),
    "one sign that decomposes into a phrase": ("\ufdfa", "صليالله عليهوسلم".replace(" ", "")),
    "a bracketed number": ("⑴", "1"),
    "soft hyphens": ("Zu\u00adkunft", "zukunft"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WORDS.values(), ids=WORDS.keys())
def test_words(text: str, expected: str) -> None:
    assert " ".join(indexed(text)) == expected


SIGNS = "".join(text for text, _ in WORDS.values())


@given(st.text(st.sampled_from(SIGNS) | st.characters(), max_size=60))
def test_the_words_without_their_places_are_the_same(text: str) -> None:
    assert indexed(text) == [word.word for word in words_of(text)]


def test_no_more_than_the_most_are_indexed() -> None:
    assert indexed("a 中文" * MOST) == ["a", "中文", "文"] * (MOST // 3) + ["a", "中文"][: MOST % 3]


def test_places() -> None:
    assert list(words_of("Eine Brücke, 中文搜")) == [
        Word("eine", 0, 4),
        Word("brucke", 5, 11),
        Word("中文", 13, 15),
        Word("文搜", 14, 16),
        Word("搜", 15, 16),
    ]


PHRASES = {
    "a word": ("Bridge", (("bridge",), False)),
    "several": ("the white-house", (("the", "white", "house"), False)),
    "signs end where more may follow": ("中文搜", (("中文", "文搜"), False)),
    "one sign is a beginning": ("中", (("中",), True)),
    "one sign before other letters ends there": ("中 b", (("中", "b"), False)),
    "nothing": ("!? 🌉", ((), False)),
}


@pytest.mark.parametrize(("text", "expected"), PHRASES.values(), ids=PHRASES.keys())
def test_phrases(text: str, expected: tuple[tuple[str, ...], bool]) -> None:
    assert phrase_of(text) == expected


@given(st.text(max_size=80))
def test_words_are_plain_and_stand_where_they_say(text: str) -> None:
    words = list(words_of(text))
    for word in words:
        assert 0 < len(word.word) <= LONGEST
        assert not any(sign.isspace() or sign in "\"'\\:-_\x00" for sign in word.word)
        assert 0 <= word.start < word.end <= len(text)
    assert [word.start for word in words] == sorted(word.start for word in words)


@given(st.text(max_size=40), st.integers(0, 40), st.integers(1, 40))
def test_what_is_copied_out_of_a_run_of_signs_is_found_in_it(text: str, start: int, length: int) -> None:
    run = "東京都知事選挙の結果を伝える新聞記事" + text
    part = run[: len(run) - len(text)][start % 18 :][:length]
    wanted, begun = phrase_of(part)
    words = indexed(run)
    assert any(
        words[n : n + len(wanted) - 1] == list(wanted[:-1])
        and (
            words[n + len(wanted) - 1].startswith(wanted[-1])
            if begun
            else words[n + len(wanted) - 1] == wanted[-1]
        )
        for n in range(len(words) - len(wanted) + 1)
    )
