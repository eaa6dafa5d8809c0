"""What a page teaches comes by the way when it is read, and gives the same memory as reading it again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.extract_rule import ExtractRule
from pipelines.extract import blocks_of, extract, taken_by_trafilatura
from pipelines.extraction import Extraction
from pipelines.guidance import Guidance
from pipelines.memory.learn import learn
from pipelines.memory.lesson import Lesson, lesson
from pipelines.memory.packed_lesson import MAX_BYTES, pack, unpack
from pipelines.memory.page_to_learn import PageToLearn
from pipelines.memory.site_memory import NOTHING
from pipelines.memory.study import packed_lesson, study
from pipelines.metadata import read_metadata
from pipelines.page import Page, read_page
from pipelines.rules.found import apply_rules
from tests.pipelines.memory.invented_sites import AT, courier, gazette, page, pages, redesigned, story

TEMPLATES = (gazette, courier, redesigned)
WALL = PageToLearn(
    b"<html><body><h1>Before you continue</h1><p>We use cookies. Accept all</p></body></html>",
    "https://www.gazette.example/wall", "text/html", None, AT,
)  # fmt: skip
BRIEF = PageToLearn(
    b"<html><body><article><p>The bridge over the river was closed for an hour on Tuesday evening, and then "
    b"opened again to all traffic, the harbour office said.</p></article></body></html>",
    "https://www.gazette.example/brief", "text/html", None, AT,
)  # fmt: skip


def read(of: PageToLearn, guidance: Guidance) -> Extraction:
    return extract(
        of.body, url=of.url, content_type=of.content_type, content_encoding=of.content_encoding,
        captured_at=of.captured_at, guidance=guidance,
    )  # fmt: skip


def from_a_second_reading(of: PageToLearn) -> Lesson:
    """The lesson of a page that is parsed once more for it, never packed."""
    article = read(of, Guidance()).article
    parsed = read_page(of.body, url=of.url, content_type=of.content_type, content_encoding=None)
    assert article is not None
    assert isinstance(parsed, Page)
    metadata = read_metadata(parsed)
    blocks = blocks_of(parsed, apply_rules(parsed, (), AT, ZoneInfo("UTC")))
    found = lesson(article, blocks, metadata, taken_by_trafilatura(parsed), of.captured_at)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def both() -> list[tuple[Lesson, bytes]]:
    """Of pages of three designs: the lesson from a second reading, and what reading them once gave."""
    told = [each for template in TEMPLATES for each in pages(template, "gazette", range(5))]
    # Addresses of their own, or one design's story would stand for another's.
    told = [replace(each, url=f"{each.url}-{number}") for number, each in enumerate(told)]
    return [(from_a_second_reading(each), packed_lesson(each, Guidance()) or b"") for each in told]


@settings(max_examples=25, deadline=None)
@given(chosen=st.lists(st.tuples(st.integers(0, 14), st.booleans()), max_size=15))
def test_whichever_way_lessons_come_the_memory_has_the_same_bytes(
    both: list[tuple[Lesson, bytes]], chosen: Sequence[tuple[int, bool]]
) -> None:
    mixed = [unpack(both[number][1]) if kept else both[number][0] for number, kept in chosen]
    again = [both[number][0] for number, _ in chosen]

    assert learn(mixed).encode() == learn(again).encode()


def test_such_pages_teach_something(both: list[tuple[Lesson, bytes]]) -> None:
    memory = learn(unpack(packed) for _, packed in both)

    assert memory.clusters != NOTHING.clusters
    assert max(len(packed) for _, packed in both) < 10_000


@pytest.mark.parametrize(
    "told",
    [*(page(template, story("gazette", 1)) for template in TEMPLATES), BRIEF, WALL],
    ids=["gazette", "courier", "redesigned", "brief", "wall"],
)
@pytest.mark.parametrize("rules", [(), (ExtractRule(drop=("h1",)),)], ids=["no rules", "rules"])
def test_asking_what_a_page_teaches_changes_nothing_of_what_is_read(
    told: PageToLearn, rules: tuple[ExtractRule, ...]
) -> None:
    plain = Guidance(rules)

    assert replace(read(told, replace(plain, lesson=True)), lesson=None) == read(told, plain)


@pytest.mark.parametrize("told", [BRIEF, WALL], ids=["brief", "wall"])
def test_a_page_with_little_text_or_none_teaches_nothing(told: PageToLearn) -> None:
    assert study(told, Guidance()) is None


def test_a_page_that_would_take_too_much_room_teaches_nothing(both: list[tuple[Lesson, bytes]]) -> None:
    large = both[0][0]
    noise = random.Random(1).randbytes(MAX_BYTES).hex()
    blocks = (replace(large.blocks[0], text=noise), *large.blocks[1:])

    assert pack(large) is not None
    assert pack(replace(large, blocks=blocks)) is None


def test_a_page_that_is_read_with_a_memory_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="teaches nothing"):
        Guidance(memory=NOTHING.encode(), lesson=True)
