from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalog.postings import Sizes
from pipelines.duplicates.agency import credited
from pipelines.duplicates.likeness import FEWEST, Kind, compare, judge, kind_of
from pipelines.duplicates.shingles import shared, shingles, without
from pipelines.duplicates.sketch import FEWEST as FEWEST_KEYS
from pipelines.duplicates.sketch import MOST, RATE, is_promising, sketch

NUMBERS = " ".join(f"word{n}" for n in range(200))
SAME = [
    pytest.param("The mayor said: no more cars!", "THE  MAYOR\nsaid “no more cars”", id="case and marks"),
    pytest.param("Ministère de l'Économie à Genève", "ministere de l economie a geneve", id="accents"),
    pytest.param("Größe der Straße wird geprüft", "GRÖSSE DER STRASSE WIRD GEPRÜFT", id="sharp s"),
    pytest.param(
        "市長は火曜日、橋を閉鎖すると発表した。", "市長は火曜日橋を閉鎖すると発表した", id="Japanese"
    ),
    pytest.param("ﬁve oﬃcials ﬁled a ﬂat report", "five officials filed a flat report", id="ligatures"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_house_styles_have_the_same_shingles(one: str, other: str) -> None:
    assert shingles(one).size > 0
    assert np.array_equal(shingles(one), shingles(other))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two three four", 0),
        ("one two three four five", 1),
        ("one two three four five six", 2),
        ("日本", 0),
        ("日本銀行は金利を上げた", 7),
        ("ข่าวเช้าวันนี้", 5),
    ],
)
def test_a_shingle_is_five_words_or_as_many_signs_as_say_as_much(text: str, count: int) -> None:
    assert shingles(text).size == count


def test_a_change_of_one_sign_changes_only_what_is_near_it() -> None:
    text = "".join(chr(0x4E00 + 7 * n) for n in range(100))
    changed = text[:50] + "龍" + text[51:]
    assert shared(shingles(text), shingles(changed)) == 96 - 8


@settings(deadline=None)
@given(st.lists(st.text("abcxyz019", min_size=1, max_size=30), min_size=5, max_size=20))
def test_other_signs_around_words_change_none_of_them(found: list[str]) -> None:
    plain = shingles(" ".join(found))
    assert np.array_equal(plain, shingles("  \n" + ", ".join(found).upper() + "!"))
    assert np.array_equal(plain, shingles("\u2014" + "\u2026 ".join(found)))  # read as Unicode, not as ASCII
    assert shared(plain, shingles("\u6f22 " + " ".join(found))) == plain.size


@pytest.mark.parametrize("length", [1, 7, 8, 9, 16, 17, 40])
def test_each_letter_of_a_word_counts(length: int) -> None:
    word = "a" * length
    others = [word + "a", *(word[:place] + "b" + word[place + 1 :] for place in range(length))]
    seen = {shingles(f"one two three four {each}").tobytes() for each in (word, *others)}
    assert len(seen) == len(others) + 1


@settings(deadline=None)  # the first learns what each sign is
@given(st.text(max_size=300))
def test_any_text_has_sorted_shingles_each_once(text: str) -> None:
    found = shingles(text)
    assert np.array_equal(found, np.unique(found))
    assert shared(found, found) == found.size
    assert not without(found, found).size


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_shares_are_those_of_sets(a: set[int], b: set[int]) -> None:
    one, other = (np.array(sorted(each), np.uint64) for each in (a, b))
    likeness = compare(one, other)
    assert likeness.shared == len(a & b)
    assert likeness.jaccard == (len(a & b) / len(a | b) if a | b else 0)
    assert likeness.containment == (len(a & b) / min(len(a), len(b)) if a and b else 0)
    assert without(one, other).tolist() == sorted(a - b)


def words(begin: int, end: int) -> str:
    return " ".join(f"word{n}" for n in range(begin, end))


KINDS = [
    pytest.param(words(0, 200), words(0, 200), Kind.EXACT, id="the same"),
    pytest.param(words(0, 200), words(60, 260), Kind.NEAR, id="another lead, another end"),
    pytest.param(words(0, 400), words(0, 104), Kind.PART, id="a cut"),
    pytest.param(words(0, 400), words(0, 60), None, id="an eighth of a round-up"),
    pytest.param(words(0, 200), words(170, 370), None, id="a quotation in both"),
    pytest.param(words(0, 14), words(0, 14), None, id="too short to tell"),
    pytest.param(words(0, 16), words(0, 16), Kind.EXACT, id="just long enough"),
    pytest.param(words(0, 200), words(300, 500), None, id="nothing"),
]


@pytest.mark.parametrize(("one", "other", "kind"), KINDS)
def test_what_is_a_copy(one: str, other: str, kind: Kind | None) -> None:
    a, b = shingles(one), shingles(other)
    assert kind_of(compare(a, b)) == kind_of(compare(b, a)) == kind


def test_furniture_does_not_count_unless_the_whole_text_is_the_same() -> None:
    furniture = shingles(words(1000, 1100))
    one, other = (shingles(f"{words(begin, begin + 60)} {words(1000, 1100)}") for begin in (0, 300))
    assert judge(one, other)[0] is Kind.NEAR
    assert judge(one, other, furniture)[0] is None
    assert judge(one, one, furniture)[0] is Kind.EXACT


def test_a_sketch_is_a_sample_that_two_texts_choose_alike() -> None:
    long, part = shingles(words(0, 3000)), shingles(words(0, 500))
    keys = set(sketch(long).tolist())
    assert len(keys) == MOST
    assert sketch(part).size == part.size // RATE
    assert sketch(shingles(words(0, 40))).size == FEWEST_KEYS
    below = sketch(long)[-1]  # what the long text samples of the shared part, the short one samples too
    assert {key for key in keys if key in part} <= set(sketch(part).tolist()) | {below}


@given(st.integers(50, 3000), st.integers(0, 2500))
def test_a_cut_of_half_a_text_or_more_is_worth_a_comparison(length: int, start: int) -> None:
    text = words(start, start + length)
    whole, cut = shingles(text), shingles(" ".join(text.split()[: length // 2 + 20]))
    both = shared(sketch(whole), sketch(cut))
    sizes = [size(each.size, sketch(each).size) for each in (whole, cut)]
    assert is_promising(np.array([both]), *sizes).all()
    assert is_promising(np.array([both]), *reversed(sizes)).all()


def size(shingles_: int, keys: int) -> Sizes:
    return Sizes(np.array([shingles_], np.uint64), np.array([keys], np.uint64))


def test_texts_that_share_nothing_are_not_compared() -> None:
    assert not is_promising(np.array([0]), size(200, 25), size(200, 25)).any()
    assert not is_promising(np.array([3]), size(0, 0), size(200, 25)).any()
    assert FEWEST > 0


@pytest.mark.parametrize(
    ("byline", "opening", "agency"),
    [
        (("Reuters",), "", "Reuters"),
        ((), "BERLIN (Reuters) - The government", "Reuters"),
        ((), "PARIS, 3 mars (AFP) — Le président", "AFP"),
        ((), "Bremen (dpa/abc) - Der Senat", "dpa"),
        ((), "The party (SPD) - said no", None),
        ((), "The mayor spoke to AFP on Tuesday", None),
    ],
)
def test_the_agency_is_credited(byline: tuple[str, ...], opening: str, agency: str | None) -> None:
    assert credited(byline, opening) == agency
