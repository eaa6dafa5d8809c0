"""Reads captures of a source as material to learn from, and learns; in a worker, for it costs CPU."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipelines.extract import extract
from pipelines.guidance import Guidance
from pipelines.memory.learn import learn
from pipelines.memory.lesson import Lesson
from pipelines.memory.packed_lesson import unpack
from pipelines.memory.page_to_learn import PageToLearn
from pipelines.memory.site_memory import EncodedMemory, SiteMemory


def packed_lesson(page: PageToLearn, guidance: Guidance) -> bytes | None:
    """What one page teaches; None if it is no article, or teaches nothing (`lesson.lesson`).

    Read without any memory: what was learned before teaches nothing. A crawl that reads a page of a source
    without a memory gets the same by the way (`Guidance.lesson`).
    """
    return extract(
        page.body,
        url=page.url,
        content_type=page.content_type,
        content_encoding=page.content_encoding,
        captured_at=page.captured_at,
        guidance=replace(guidance, memory=None, lesson=True),
    ).lesson


def study(page: PageToLearn, guidance: Guidance) -> Lesson | None:
    """The lesson of one page, unpacked."""
    packed = packed_lesson(page, guidance)
    return None if packed is None else unpack(packed)


def learn_from(pages: Iterable[PageToLearn], guidance: Guidance) -> SiteMemory:
    """The memory that these pages give."""
    found = (study(page, guidance) for page in pages)
    return learn(each for each in found if each is not None)


def encoded_memory(lessons: Iterable[bytes]) -> tuple[EncodedMemory | None, int]:
    """(the memory that packed lessons give, from how many pages); None where no shape was found in them."""
    memory = learn(map(unpack, lessons))
    return memory.encode() if memory.clusters else None, memory.pages
