"""Learning: epochs are numbered by one process at a time, and attempts in vain become rare."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalog import memories
from archive.digest import url_key
from archive.held_leases import HostLeases
from archive.memory_objects import put_memory, read_memory
from archive.opening import Archive
from archive.rows import ArticleRow, LearningRow, MemoryRow, Row, VersionRow
from archive.verify.run import verify
from config.source import Source
from pipelines.extractor_id import extractor_id
from pipelines.guidance import UNGUIDED
from pipelines.memory.epoch import COMMAND, DRIFT, FIRST, Drift, Memories, reason_to_learn
from pipelines.memory.kept_lessons import KeptLessons
from pipelines.memory.learner import MAX_PAGES, Learned, Learner, Result, captures_to_learn, wait_after
from pipelines.memory.site_memory import EncodedMemory, SiteMemory
from pipelines.memory.study import PageToLearn, encoded_memory, packed_lesson
from pipelines.workers import Workers
from tests.archive.material import NOON, House, SetClock, everything, exchange, house, rebuilt, silent
from tests.pipelines.memory.invented_sites import Template, gazette, pages, redesigned, set_in, story

GAZETTE = Source(name="gazette", homepage="https://www.gazette.example/")
DAY = timedelta(days=1)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, 1 << 31, 60.0) as workers:
        yield workers


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    made = house(tmp_path)
    yield made
    made.die()
    assert verify(made.store, made.catalog, silent).problems == ()
    made.catalog.close()


def archive_of(home: House) -> Archive:
    return Archive(home.store, home.catalog)


def learner(home: House, workers: Workers, holder: str = "one", kept: KeptLessons | None = None) -> Learner:
    clock = SetClock(home.clock.moment, timedelta())
    held = HostLeases(home.catalog, holder, home.clock)
    return Learner(archive_of(home), workers, clock, home.committer, held, kept)


def publish(home: House, pages: dict[str, bytes], day: float = 0) -> None:
    """Archive articles of the gazette; what their pages look like is all that matters here."""
    rows: list[Row] = []
    for position, (url, body) in enumerate(pages.items()):
        at = NOON + day * DAY + timedelta(seconds=position)
        capture = home.record(exchange(url, body, at=at))
        name = url_key(url)
        rows += [
            ArticleRow(id=name, source="gazette", url=url, first_captured_at=at, versions=1),
            VersionRow(
                article_id=name, number=1, source="gazette", url=url, captured_at=at, run_id="run-1",
                capture_id=capture.id, extractor="x", title="A title",
            ),
        ]  # fmt: skip
    home.committer.commit_segments(home.recorder, rows)


def learn(
    home: House, workers: Workers, day: float, reason: str = FIRST, kept: KeptLessons | None = None
) -> Learned:
    home.clock.moment = NOON + day * DAY
    learning = learner(home, workers, kept=kept)
    try:
        return asyncio.run(learning(GAZETTE, reason))
    finally:
        asyncio.run(learning.held.release())


def reason(home: House, day: float, known: Memories | None = None) -> str | None:
    return reason_to_learn(home.catalog, "gazette", known or Memories(), NOON + day * DAY)


@pytest.mark.parametrize(("tries", "days"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 32), (10**6, 32)])
def test_each_attempt_in_vain_is_followed_by_a_wait_twice_as_long(tries: int, days: int) -> None:
    assert wait_after(tries) == days * DAY


def test_a_source_whose_pages_have_no_shape_in_common_is_tried_ever_more_rarely(
    home: House, workers: Workers
) -> None:
    told = [story("gazette", number) for number in range(10)]
    publish(home, {each.url: f"<html><body><p>{each.headline}</p></body></html>".encode() for each in told})
    tried = []
    for day in (0, 0.5, 1, 2.9, 3):
        if reason(home, day) is not None:
            assert learn(home, workers, day) == Learned(Result.NO_SHAPE)
            tried.append(day)
    assert tried == [0, 1, 3]
    attempts = memories.learning_of(home.catalog, "gazette")
    assert attempts == LearningRow(
        source="gazette", tries=3, tried_at=NOON + 3 * DAY, not_before=NOON + 7 * DAY, pages=10,
        reason=FIRST, result="no_shape",
    )  # fmt: skip

    assert learn(home, workers, 4, COMMAND).result is Result.NO_SHAPE  # a person's attempt changes no wait
    assert memories.learning_of(home.catalog, "gazette") == attempts

    publish(home, {each.url: set_in(gazette, each) for each in told}, day=5)
    learned = learn(home, workers, 7)
    assert learned.memory is not None
    assert (learned.result, learned.memory.number) == (Result.LEARNED, 1)
    assert memories.learning_of(home.catalog, "gazette") is None
    assert rebuilt(home.store) == everything(home.catalog)


def kept_of(home: House, folder: Path, which: slice, pages: Mapping[str, bytes]) -> KeptLessons:
    """Lessons of some of the gazette's captures, as if a run had read these pages in their place."""
    kept = KeptLessons(folder, ["gazette"], MAX_PAGES)
    for capture in captures_to_learn(home.catalog, "gazette", NOON + DAY)[which]:
        told = PageToLearn(pages[capture.url], capture.url, "text/html; charset=utf-8", None, capture.at)
        kept.keep("gazette", capture.id, extractor_id(UNGUIDED, capture.at), packed_lesson(told, UNGUIDED))
    return kept


@pytest.mark.parametrize(
    ("which", "template"),
    [(slice(0), gazette), (slice(4), gazette), (slice(None), gazette), (slice(None), redesigned)],
    ids=["none kept", "some kept", "all kept", "kept of other pages"],
)
def test_what_the_run_kept_is_learned_from_and_the_rest_is_read_again(
    home: House, workers: Workers, tmp_path: Path, which: slice, template: Template
) -> None:
    told = [story("gazette", number) for number in range(6)]
    publish(home, {each.url: set_in(gazette, each) for each in told})
    lessons = [packed_lesson(each, UNGUIDED) for each in pages(gazette, "gazette")]
    from_pages, _ = encoded_memory([each for each in lessons if each is not None])

    with kept_of(home, tmp_path, which, {each.url: set_in(template, each) for each in told}) as kept:
        learned = learn(home, workers, 1, kept=kept)

    assert learned.memory is not None
    assert from_pages is not None
    assert (learned.memory.sha256 == from_pages.id, learned.memory.pages) == (template is gazette, 6)


def test_the_newest_night_comes_first_in_the_order_of_its_captures_then_older_ones_backward(
    home: House,
) -> None:
    for day, numbers in ((0, range(3)), (1, range(3, 6)), (2, range(6, 9))):
        told = [story("gazette", number) for number in numbers]
        publish(home, {each.url: set_in(gazette, each) for each in told}, day)

    for limit, expected in ((2, [6, 7]), (5, [6, 7, 8, 5, 4]), (60, [6, 7, 8, 5, 4, 3, 2, 1, 0])):
        found = memories.articles_to_learn_from(home.catalog, "gazette", limit)
        assert [row.url for row in found] == [story("gazette", number).url for number in expected]
    assert memories.articles_to_learn_from(home.catalog, "courier", 60) == []


USED, NEWER = SiteMemory(3).encode(), SiteMemory(4).encode()
LARGE = Drift(10, 6)
REASONS = [
    pytest.param(USED, LARGE, None, DRIFT, id="drift"),
    pytest.param(USED, Drift(10, 2), None, None, id="little drift"),
    pytest.param(NEWER, LARGE, None, None, id="another one was learned since the run began"),
    pytest.param(None, LARGE, None, None, id="a first one was learned since the run began"),
    pytest.param(USED, LARGE, 600, None, id="tried in vain a while ago"),
    pytest.param(USED, LARGE, 450, None, id="tried in vain with a little less drift"),
    pytest.param(USED, LARGE, 350, DRIFT, id="much more is unknown than then"),
]


@pytest.mark.parametrize(("used", "drift", "tried", "expected"), REASONS)
def test_when_a_memory_is_learned_anew(
    home: House, used: EncodedMemory | None, drift: Drift, tried: int | None, expected: str | None
) -> None:
    newest = MemoryRow(
        source="gazette", number=1, sha256=USED.id, size=9, learned_at=NOON, pages=3, reason=FIRST
    )
    attempts = LearningRow(
        source="gazette", tries=5, tried_at=NOON, not_before=NOON + 16 * DAY, pages=9, reason=DRIFT,
        result="same", drifted=tried or 0,
    )  # fmt: skip
    put_memory(home.store, "gazette", USED.data)
    home.committer.commit_rows([replace(newest, size=len(USED.data)), *([attempts] if tried else [])])
    known = Memories({"gazette": used} if used else {}, {"gazette": drift})
    assert reason(home, 3, known) == expected
    if tried is not None:
        assert reason(home, 16, known) == DRIFT


def test_nobody_numbers_an_epoch_while_another_one_learns(home: House, workers: Workers) -> None:
    first, second = learner(home, workers, "one"), learner(home, workers, "two")

    async def both() -> list[Result]:
        found = [
            await first.enter("gazette", USED, 3, FIRST),
            await second.enter("gazette", NEWER, 4, COMMAND),
            await second(GAZETTE, COMMAND),
            await second.enter("courier", NEWER, 4, COMMAND),
        ]
        await first.held.release()
        found.append(await second.enter("gazette", NEWER, 4, COMMAND))
        found.append(await second.enter("gazette", NEWER, 4, COMMAND))
        return [one.result for one in found]

    told = ["learned", "busy", "busy", "learned", "learned", "same"]
    assert asyncio.run(both()) == told
    assert [row.number for row in memories.memories_of(home.catalog, "gazette")] == [1, 2]


def test_two_processes_at_once_give_each_memory_a_number_of_its_own(home: House, tmp_path: Path) -> None:
    each = 4
    children = [
        subprocess.Popen(
            [
                sys.executable, "-m", "tests.pipelines.memory.epoch_child", str(tmp_path),
                str(begin), str(begin + each),
            ],
            cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for begin in (1, 1 + each)
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        child.communicate()
    assert [child.returncode for child in children] == [0, 0]
    rows = memories.memories_of(home.catalog, "gazette")
    assert [row.number for row in rows] == list(range(1, 2 * each + 1))
    kept = {EncodedMemory(read_memory(home.store, row)).decode().pages for row in rows}
    assert kept == set(range(1, 2 * each + 1))
