"""A run keeps what its pages teach: of whom, how much, and that nothing of it is left."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.memory.kept_lessons import SPARE, KeptLessons

READER, OTHER = "dateline-4+memory-none", "dateline-5+memory-none"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptLessons]:
    with KeptLessons(tmp_path, ["gazette", "courier"], wanted=2) as lessons:
        yield lessons


def asked(kept: KeptLessons, source: str, times: int) -> int:
    return sum(kept.ask(source) for _ in range(times))


@pytest.mark.parametrize(("source", "expected"), [("gazette", 2 + SPARE), ("herald", 0)])
def test_only_sources_without_memory_are_asked_and_not_more_than_is_wanted(
    kept: KeptLessons, source: str, expected: int
) -> None:
    assert asked(kept, source, 40) == expected


def test_one_source_takes_nothing_from_another(kept: KeptLessons) -> None:
    asked(kept, "gazette", 40)

    assert asked(kept, "courier", 40) == 2 + SPARE


def test_a_page_that_teaches_nothing_does_not_count(kept: KeptLessons) -> None:
    asked(kept, "gazette", 40)
    kept.keep("gazette", "wall", None, None)
    kept.keep("gazette", "brief", READER, None)

    assert asked(kept, "gazette", 40) == 2


def test_lessons_come_back_as_they_were_to_the_extractor_that_read_them(kept: KeptLessons) -> None:
    told = {f"capture-{number}": bytes([number]) * 1000 * number for number in range(1, 5)}
    for name, lesson in told.items():
        kept.keep("gazette", name, READER, lesson)

    assert {name: kept.of(name, READER) for name in told} == told
    assert kept.of("capture-1", OTHER) is None
    assert kept.of("capture-9", READER) is None


def test_the_folder_shows_no_file(kept: KeptLessons, tmp_path: Path) -> None:
    kept.keep("gazette", "capture", READER, b"lesson")

    assert list(tmp_path.iterdir()) == []


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Beyond that the kernel takes no more bytes, as on a full disk; Python ignores its signal."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("first", [1000, 1500], ids=["none of it fits", "a part of it fits"])
def test_a_disk_that_takes_no_more_costs_the_lessons_and_nothing_else(kept: KeptLessons, first: int) -> None:
    kept.keep("gazette", "before", READER, b"b" * 1000)
    with files_no_longer_than(first):
        kept.keep("gazette", "full", READER, b"f" * 1000)
    kept.keep("gazette", "after", READER, b"a")
    assert [kept.of(name, READER) for name in ("before", "full", "after")] == [None] * 3
    assert asked(kept, "courier", 40) == 0


def test_without_a_folder_pages_are_read_again(tmp_path: Path) -> None:
    with KeptLessons(tmp_path / "gone", ["gazette"], wanted=2) as lessons:
        assert not lessons.ask("gazette")
