"""A page is shown as the next crawl would read it: with what the archive has learned of its source."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalog import memories
from archive.clock import SystemClock
from archive.commit import Committer
from archive.held_leases import HostLeases
from archive.journal import JournalWriter
from archive.rows import LearningRow
from pipelines.guidance import UNGUIDED
from pipelines.memory.epoch import COMMAND, FIRST
from pipelines.memory.learner import Learner
from pipelines.memory.study import encoded_memory, packed_lesson
from pipelines.workers import Workers
from tests.archive.material import NOON
from tests.cli.conftest import Dateline, Done
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, page, small_house
from tests.pipelines.memory.invented_sites import PROMISE, gazette, pages, set_in, story

HOST = "gazette.example.org"
TOLD = story("gazette", 9)
WITHOUT, WITH = f"{TOLD.text}\n\n{PROMISE}", TOLD.text


@pytest.fixture(scope="module")
def site() -> Iterator[SmallSite]:
    with SmallSite() as made:
        made.add(HOST, {"/2026/03/story-9": page(set_in(gazette, TOLD))})
        yield made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, site: SmallSite) -> House:
    """Two sources at one host; the archive has learned from pages of the gazette, and tried the courier."""
    named = {name: site.source(name, HOST) for name in ("gazette", "courier")}
    made = small_house(tmp_path_factory.mktemp("known") / "house", named, hosts=[HOST])
    lessons = [packed_lesson(page, UNGUIDED) for page in pages(gazette, "gazette", range(6))]
    memory, read = encoded_memory([each for each in lessons if each is not None])
    assert memory is not None
    archive, clock = made.open(), SystemClock()
    held = HostLeases(archive.catalog, "a-test", clock)
    journal = JournalWriter(archive.store, "20260329T000001Z-9f2c11aa", clock)
    committer = Committer(archive.store, archive.catalog, journal, clock)
    with Workers(1, 1 << 31, 60.0) as workers:
        asyncio.run(Learner(archive, workers, clock, committer, held).enter("gazette", memory, read, COMMAND))
    tried = LearningRow(
        source="courier", tries=3, tried_at=NOON, not_before=NOON.replace(month=4), pages=12, reason=FIRST,
        result="no_shape",
    )  # fmt: skip
    committer.commit_rows([tried])
    archive.close()
    (made.folder / "page.html").write_bytes(set_in(gazette, TOLD))
    return made


def memory_id(house: House) -> str:
    archive = house.open()
    row = memories.memory_at(archive.catalog, "gazette")
    archive.close()
    assert row is not None
    return row.sha256[:8]


READINGS = [
    pytest.param(("--source", "gazette"), True, id="the source's memory"),
    pytest.param(("--source", "gazette", "--no-memory"), False, id="without it"),
    pytest.param(("--source", "courier"), False, id="a source that has none"),
    pytest.param((), False, id="no source"),
]


@pytest.mark.parametrize(("options", "known"), READINGS)
def test_a_page_is_extracted_as_a_crawl_would_read_it(
    house: House, dateline: Dateline, options: tuple[str, ...], *, known: bool
) -> None:
    done = dateline(
        "extract", house.folder / "page.html", "--url", TOLD.url, "--json", *options, config=house.config
    )
    assert done.json["text"] == (WITH if known else WITHOUT)
    assert done.json["extractor"].endswith(f"+memory-{memory_id(house)}" if known else "+memory-none")
    assert (f"read with the memory of gazette ({memory_id(house)}, number 1" in done.notes) is known


def test_many_pages_are_read_with_it_too(house: House, dateline: Dateline, tmp_path: Path) -> None:
    asked = tmp_path / "pages.jsonl"
    asked.write_text(json.dumps({"html": set_in(gazette, TOLD).decode(), "url": TOLD.url}))
    out = tmp_path / "out.jsonl"
    for options, text in (((), WITH), (("--no-memory",), WITHOUT)):
        dateline(
            "extract", "--batch", asked, "--out", out, "--source", "gazette", *options, config=house.config
        )
        assert json.loads(out.read_text())["text"] == text


def test_a_preview_reads_with_it(house: House, site: SmallSite) -> None:
    url = site.url(HOST, "/2026/03/story-9")
    for options, text in (((), WITH), (("--no-memory",), WITHOUT)):
        told = json.loads(house.run("sources", "preview", "gazette", "--url", url, "--json", *options))
        assert told["pages"][0]["article"]["text"] == text
        assert (told["memory"] is not None) == (text == WITH)


def test_golden_cases_are_read_without_it_and_say_what_a_crawl_reads_otherwise(
    house: House, dateline: Dateline
) -> None:
    def golden(name: str) -> Done:
        words = ("sources", "golden", name, house.folder / "page.html", "--url", TOLD.url)
        return dateline(*words, config=house.config)

    said = golden("gazette").text
    assert f"a crawl, which reads with the memory of gazette ({memory_id(house)}" in said
    assert "reads text otherwise" in said
    assert "Please note" not in golden("courier").text
    for name in ("gazette", "courier"):
        done = dateline("sources", "check", name, config=house.config)
        assert (done.status, done.text.splitlines()[-1]) == (0, "1 golden case read as expected.")
    case = next((house.folder / "sources" / "golden" / "gazette").glob("*.yaml"))
    assert PROMISE in case.read_text()


def test_attempts_in_vain_are_shown(house: House, dateline: Dateline) -> None:
    done = dateline("sources", "memory", "courier", config=house.config)
    assert done.status == 0, done.notes
    said = done.text
    assert "courier has no memory yet" in said
    assert "learning brought nothing 3 times, last" in said
    assert "from 12 pages (first): too few articles, or no shape in them" in said
    told = dateline("sources", "memory", "courier", "--json", config=house.config).json
    assert (told["tried"]["tries"], told["tried"]["result"], told["epochs"]) == (3, "no_shape", [])
