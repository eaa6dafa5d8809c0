"""A source's memory over its nights: learned in one, used in the next, learned anew after a redesign."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import lookup, memories, versions
from archive.memory_objects import memory_key
from archive.opening import Archive
from archive.rebuild.run import rebuild
from archive.replicate import replicate
from archive.rows import MemoryRow, VersionRow
from archive.stores.local import LocalStore
from archive.verify.findings import Problem
from archive.verify.run import verify
from config.source import Source
from pipelines.guidance import guidance_of
from pipelines.memory.epoch import memories_at
from pipelines.memory.learner import page_to_learn
from pipelines.memory.study import encoded_memory, packed_lesson
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, crawl_words, feed, page, small_house
from tests.pipelines.memory.invented_sites import PROMISE, Story, gazette, redesigned, set_in, story

HOST = "gazette.example.org"
SOURCE = Source(name="gazette", homepage="https://www.gazette.example/")  # its zone, and that it has no rules
FIRST_NIGHT = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Nights:
    """What stands in the archive after three nights, and how it got there."""

    house: House
    archive: Archive
    memories: list[MemoryRow]
    versions: list[VersionRow]
    texts: dict[str, str]


def path_of(told: Story) -> str:
    return f"/2026/03/story-{told.number}"


def show(site: SmallSite, template: Callable[[Story], str], stories: range) -> None:
    told = [story("gazette", number) for number in stories]
    site.add(HOST, {path_of(each): page(set_in(template, each)) for each in told})
    site.add(HOST, {"/feed": feed([site.url(HOST, path_of(each)) for each in told])})


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Night 1: ten stories. Night 2: two more. Night 3: all of them in a new design, and another."""
    with SmallSite() as site:
        folder = tmp_path_factory.mktemp("memory")
        house = small_house(folder, {"gazette": site.source("gazette", HOST)}, hosts=[HOST])
        for night, (template, stories) in enumerate(
            ((gazette, range(10)), (gazette, range(12)), (redesigned, range(13)))
        ):
            show(site, template, stories)
            house.run(*crawl_words(FIRST_NIGHT + timedelta(days=night)))
    archive = house.open()
    made = list(versions.every_version(archive.catalog))
    texts = {row.url: versions.text_by_sha256(archive.catalog, row.text_sha256 or "") or "" for row in made}
    yield Nights(house, archive, memories.memories_of(archive.catalog, "gazette"), made, texts)
    archive.close()


def test_a_memory_is_learned_at_the_end_of_a_run_and_anew_when_pages_drift(nights: Nights) -> None:
    assert [(row.number, row.reason) for row in nights.memories] == [(1, "first"), (2, "drift")]
    assert nights.memories[0].pages == 10


def test_what_a_run_learned_from_the_pages_it_read_is_what_their_captures_teach(nights: Nights) -> None:
    lessons = []
    for url in (row.url for row in nights.versions if row.captured_at < FIRST_NIGHT + timedelta(days=0.5)):
        capture = lookup.closest_capture(nights.archive.catalog, url, FIRST_NIGHT)
        assert capture is not None
        captured = page_to_learn(nights.archive.store, nights.archive.catalog, capture)
        lessons.append(packed_lesson(captured, guidance_of(SOURCE)) or b"")
    memory, pages = encoded_memory(lessons)

    assert memory is not None
    assert (memory.id, pages) == (nights.memories[0].sha256, 10)


@pytest.mark.parametrize(("number", "epoch"), [(9, None), (11, 0), (12, 0)], ids=["first", "second", "third"])
def test_a_run_reads_with_the_memory_that_was_newest_when_it_began(
    nights: Nights, number: int, epoch: int | None
) -> None:
    (row,) = (row for row in nights.versions if row.url.endswith(f"/story-{number}"))
    label = "none" if epoch is None else nights.memories[epoch].sha256[:8]

    assert (row.extractor or "").endswith(f"+memory-{label}")


def test_a_new_memory_makes_no_version(nights: Nights) -> None:
    assert [row.number for row in nights.versions] == [1] * 13


def test_what_recurs_is_left_out_once_it_is_known(nights: Nights) -> None:
    shown = {url.rpartition("-")[2]: PROMISE in text for url, text in nights.texts.items()}

    assert shown["9"]
    assert not shown["11"]
    assert nights.texts[next(url for url in nights.texts if url.endswith("-11"))] == story("gazette", 11).text


def test_the_command_shows_it(nights: Nights) -> None:
    shown = json.loads(nights.house.run("sources", "memory", "gazette", "--json"))

    assert [epoch["memory"]["number"] for epoch in shown["epochs"]] == [1, 2]
    assert [len(epoch["runs"]) for epoch in shown["epochs"]] == [2, 0]
    (cluster,) = (each for each in shown["memory"]["clusters"] if each["container"].endswith("div.nx-copy"))
    assert cluster["agreed"]["trafilatura"] == cluster["pages"]


def test_what_is_known_already_is_not_learned_again(nights: Nights) -> None:
    printed = nights.house.run("sources", "memory", "gazette", "--learn")

    assert "Nothing new was learned" in printed
    assert f"2. {nights.memories[1].sha256[:8]}" in printed
    assert memories.memories_of(nights.archive.catalog, "gazette") == nights.memories


def problems(nights: Nights) -> tuple[Problem, ...]:
    return verify(nights.archive.store, nights.archive.catalog, lambda _done, _total: None).problems


def test_verify_and_rebuild_know_it(nights: Nights) -> None:
    rebuilt = rebuild(nights.archive.store, nights.archive.catalog, lambda _done, _total: None)

    assert rebuilt.damage == ()
    assert memories.memories_of(nights.archive.catalog, "gazette") == nights.memories
    assert problems(nights) == ()


@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_a_damaged_memory_is_a_finding_and_pages_are_read_without(nights: Nights, damage: str) -> None:
    key = memory_key("gazette", nights.memories[-1].sha256)
    path = nights.house.folder / "store" / key
    whole = path.read_bytes()
    path.unlink()
    if damage == "altered":
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        (problem,) = problems(nights)
        used = memories_at(nights.archive.store, nights.archive.catalog, ["gazette"])
    finally:
        path.unlink(missing_ok=True)
        path.write_bytes(whole)

    assert (problem.where, problem.object) == (key, key)
    assert used.of("gazette") is None


def test_a_replica_gets_it_and_a_damaged_one_is_put_back(nights: Nights, tmp_path: Path) -> None:
    replica = LocalStore(tmp_path)
    key = memory_key("gazette", nights.memories[0].sha256)

    done = replicate(nights.archive.store, replica, nights.archive.catalog, lambda _done, _total: None)

    assert done.problems == ()
    assert replica.read(key) == nights.archive.store.read(key)
