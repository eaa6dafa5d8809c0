from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.wording.word_diff import Kind, phrases, word_diff
from tests.cli.conftest import Dateline, DemoArchive

EDITED, REMOVED, ONCE, CAPTION = "night-ferry", "library-lends-tools", "fish-market-roof", "mercado-central"


def test_the_last_two_versions_word_by_word(reading: Dateline, demo_archive: DemoArchive) -> None:
    done = reading("diff", demo_archive.url(EDITED))
    assert done.status == 0
    assert "version 2 of 2026-03-21T02:0" in done.text
    assert "→ version 3 of 2026-03-22T02:0" in done.text
    changed = "[-to return after-]{+returns in May with+} four [-winters-]{+crossings a week+}"
    assert done.text.endswith(f"\ntitle\nNight ferry {changed}\n")


@pytest.mark.parametrize(
    ("name", "numbers", "part", "change"),
    [
        pytest.param(EDITED, [1, 2], "text", ("three", "four"), id="the text"),
        pytest.param(EDITED, [2, 1], "text", ("four", "three"), id="backwards"),
        pytest.param(EDITED, [2, 3], "title", ("to return after", "returns in May with"), id="the headline"),
    ],
)
def test_json_has_each_part_that_changed_with_its_words(
    reading: Dateline,
    demo_archive: DemoArchive,
    name: str,
    *,
    numbers: list[int],
    part: str,
    change: tuple[str, str],
) -> None:
    told = reading("diff", demo_archive.url(name), *numbers, "--json").json
    assert [told["before"]["version"], told["after"]["version"]] == numbers
    [found] = told["changes"]
    assert found["part"] == part
    pieces = [(piece["kind"], piece["text"]) for piece in found["words"]]
    assert pieces[pieces.index(("removed", change[0])) + 1] == ("added", change[1])
    assert "".join(text for kind, text in pieces if kind != "added") == "\n\n".join(found["before"])
    assert "".join(text for kind, text in pieces if kind != "removed") == "\n\n".join(found["after"])


def test_over_two_versions_both_changes_are_shown(reading: Dateline, demo_archive: DemoArchive) -> None:
    told = reading("diff", demo_archive.url(EDITED), 1, 3, "--json").json
    assert [change["part"] for change in told["changes"]] == ["title", "text"]


def test_a_changed_caption_is_a_changed_picture(reading: Dateline, demo_archive: DemoArchive) -> None:
    url = demo_archive.url(CAPTION)
    told = reading("diff", url, "--json").json
    [change] = told["changes"]
    before, after = (demo_archive.site.planted_text(url, night).captions[0] for night in (1, 2))
    assert change["part"] == "pictures"
    assert before in change["before"][0]
    assert after in change["after"][0]


def test_plain_is_a_unified_diff_of_paragraphs(reading: Dateline, demo_archive: DemoArchive) -> None:
    url = demo_archive.url(EDITED)
    lines = reading("diff", url, 1, 2, "--plain").text.splitlines()
    first, second = (demo_archive.site.planted_text(url, night).paragraphs for night in (1, 2))
    assert lines[0].startswith(f"--- {url} version 1\t2026-03-20T02:0")
    assert lines[1].startswith(f"+++ {url} version 2\t2026-03-21T02:0")
    assert [line[1:] for line in lines[2:] if line[0] == "-"] == [p for p in first if p not in second]
    assert [line[1:] for line in lines[2:] if line[0] == "+"] == [p for p in second if p not in first]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        pytest.param(EDITED, [2, 2], "The two say the same.", id="a version and itself"),
        pytest.param(EDITED, [2, 2, "--plain"], "", id="plain: nothing, as diff(1)"),
        pytest.param(ONCE, [], "there is nothing to compare", id="one version"),
        pytest.param(REMOVED, [], "there is nothing to compare", id="one version and its tombstone"),
    ],
)
def test_no_difference_is_no_error(
    reading: Dateline, demo_archive: DemoArchive, name: str, arguments: list[object], said: str
) -> None:
    done = reading("diff", demo_archive.url(name), *arguments)
    assert done.status == 0
    assert said in done.text
    assert bool(said) == bool(done.text)
    told = reading("diff", demo_archive.url(name), *[a for a in arguments if a != "--plain"], "--json").json
    assert told["changes"] == []


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        pytest.param(EDITED, [1], "give two numbers", id="one number"),
        pytest.param(EDITED, [1, 2, 3], "give two numbers", id="three numbers"),
        pytest.param(EDITED, [1, 4], "version 4 of", id="no such version"),
        pytest.param(EDITED, [0, 1], "does not exist; versions with content: 1, 2, 3", id="zero"),
        pytest.param(REMOVED, [1, 2], "says that the article was removed", id="a tombstone"),
        pytest.param(EDITED, ["one", "two"], "valid integer", id="words"),
    ],
)
def test_versions_that_cannot_be_compared(
    reading: Dateline, demo_archive: DemoArchive, name: str, arguments: list[object], said: str
) -> None:
    done = reading("diff", demo_archive.url(name), *arguments)
    assert (done.status, done.data) == (2, b"")
    assert said in done.notes


def test_an_unknown_address_is_told_as_such(reading: Dateline) -> None:
    done = reading("diff", "https://never.example/")
    assert done.status == 1
    assert "is not in this archive" in done.notes


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a b c", "x y c", [("removed", "a b"), ("added", "x y"), ("same", " c")], id="joined"),
        pytest.param(
            "a\n\nb",
            "x\n\ny",
            [("removed", "a"), ("added", "x"), ("same", "\n\n"), ("removed", "b"), ("added", "y")],
            id="paragraphs stay apart",
        ),
        pytest.param("same", "same", [("same", "same")], id="equal"),
        pytest.param("", "new", [("added", "new")], id="from nothing"),
    ],
)
def test_neighbouring_changes_become_one(before: str, after: str, expected: list[tuple[Kind, str]]) -> None:
    assert phrases(word_diff(before, after)) == expected


@given(
    st.lists(st.sampled_from(["a", "b", " ", "\n\n", "東"])), st.lists(st.sampled_from(["a", "c", " ", "京"]))
)
def test_phrases_join_to_both_texts(before: list[str], after: list[str]) -> None:
    pieces = phrases(word_diff("".join(before), "".join(after)))
    assert "".join(text for kind, text in pieces if kind != "added") == "".join(before)
    assert "".join(text for kind, text in pieces if kind != "removed") == "".join(after)
