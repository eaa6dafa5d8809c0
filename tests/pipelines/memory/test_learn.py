"""What is learned from a site's pages, and that it is a value with one form."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.guidance import Guidance
from pipelines.memory.inspect import inspect
from pipelines.memory.learn import learn
from pipelines.memory.lesson import Lesson
from pipelines.memory.site_memory import Band, Cluster, EncodedMemory, KindVotes, MemoryDamaged, SiteMemory
from pipelines.memory.study import learn_from, study
from tests.pipelines.memory.invented_sites import (
    NEWSLETTER,
    PROMISE,
    Template,
    courier,
    gazette,
    page,
    pages,
    redesigned,
    story,
)


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    """Six pages of the gazette, and four of it after its redesign."""
    captures = [*pages(gazette, "gazette"), *pages(redesigned, "gazette", range(6, 10))]
    return [lesson for each in captures if (lesson := study(each, Guidance())) is not None]


@pytest.mark.parametrize(
    ("template", "container"),
    [
        (gazette, "body/div.g-page/main.g-main/div.g-story.post-#"),
        (courier, "body/section.c-read/article.c-art/div.c-body"),
        (redesigned, "body/div.nx-root/section.nx-flow/div.nx-copy"),
    ],
    ids=["gazette", "courier", "redesigned"],
)
def test_the_box_that_all_tellers_agree_on_is_learned(template: Template, container: str) -> None:
    (cluster,) = inspect(learn_from(pages(template, "site"), Guidance())).clusters

    assert cluster.container == container
    assert (cluster.agreed["dateline"], cluster.agreed["trafilatura"], cluster.agreed["density"]) == (6, 6, 6)


def test_pages_of_two_designs_are_two_clusters(lessons: list[Lesson]) -> None:
    assert [cluster.pages for cluster in learn(lessons).clusters] == [6, 4]


def test_texts_that_recur_are_furniture_and_an_article_s_own_are_not(lessons: list[Lesson]) -> None:
    samples = dict(learn(lessons).samples)

    assert samples[NEWSLETTER] == 10
    assert samples[PROMISE] == 6
    assert not any(
        lesson.kept[i] and b.text in samples and b.text != PROMISE
        for lesson in lessons
        for i, b in enumerate(lesson.blocks)
    )


def test_a_phrase_that_one_page_repeats_is_no_furniture() -> None:
    told = replace(
        story("gazette", 50),
        paragraphs=("Nobody was hurt in the night.",) * 6 + story("gazette", 50).paragraphs,
    )
    memory = learn_from([*pages(gazette, "gazette"), page(gazette, told)], Guidance())

    assert "Nobody was hurt in the night." not in dict(memory.samples)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_pages_teach_nothing(count: int) -> None:
    assert learn_from(pages(gazette, "gazette", range(count)), Guidance()).clusters == ()


def test_pages_of_one_text_at_many_addresses_teach_no_shape(lessons: list[Lesson]) -> None:
    same = [replace(lessons[0], url=f"{lessons[0].url}?copy={number}") for number in range(6)]
    learned = learn(same)
    assert learned.pages == 6
    assert learned.clusters == ()


def test_a_page_that_was_captured_twice_counts_once(lessons: list[Lesson]) -> None:
    assert learn([*lessons, *lessons]) == learn(lessons)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_pages_does_not_matter(lessons: list[Lesson], seed: int) -> None:
    turned = list(lessons)
    random.Random(seed).shuffle(turned)

    assert learn(turned).encode() == learn(lessons).encode()


NAMES = st.text(max_size=12)
COUNTS = st.integers(0, 10**9)
BANDS = st.builds(Band, COUNTS, COUNTS)
VOTES = st.tuples(COUNTS, COUNTS, COUNTS).map(lambda n: KindVotes(min(n[:2]), max(n[:2]), n[2]))
LISTS = st.lists(NAMES, max_size=4).map(tuple)
KINDS = st.lists(st.tuples(NAMES, VOTES), max_size=3).map(tuple)
CLUSTERS = st.builds(
    Cluster,
    pages=COUNTS,
    common=LISTS,
    ever=LISTS,
    known=LISTS,
    common_names=LISTS,
    container=NAMES,
    agreed=st.lists(st.tuples(NAMES, COUNTS), max_size=4).map(tuple),
    inside=KINDS,
    outside=KINDS,
    characters=BANDS,
    share=BANDS,
    furniture=BANDS,
)
MEMORIES = st.builds(
    SiteMemory,
    pages=COUNTS,
    furniture=LISTS,
    among_text=LISTS,
    samples=st.lists(st.tuples(NAMES, COUNTS), max_size=3).map(tuple),
    clusters=st.lists(CLUSTERS, max_size=2).map(tuple),
)


@given(memory=MEMORIES)
def test_bytes_come_back_as_the_same_value(memory: SiteMemory) -> None:
    encoded = memory.encode()

    assert encoded.decode() == memory
    assert encoded.decode().encode() == encoded


@given(data=st.binary(max_size=200))
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MemoryDamaged):
        EncodedMemory(data).decode()


def test_a_cut_memory_and_one_of_another_format_are_refused(lessons: list[Lesson]) -> None:
    data = learn(lessons).encode().data
    newer = zstandard.ZstdCompressor().compress(b'{"dateline_memory":2}')
    for damaged in (data[: len(data) // 2], newer):
        with pytest.raises(MemoryDamaged):
            EncodedMemory(damaged).decode()
