"""What worker processes are asked to do, for those who ask: what does it is imported where it is done.

A crawl's own process reads no page, and to import what reads them takes it a third of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from archive.rows import CaptureRow
from pipelines.extraction import DamagedMember, Extraction
from pipelines.guidance import Guidance
from pipelines.image_answer import ImageFacts, ImageRefused
from pipelines.memory.page_to_learn import PageToLearn
from pipelines.memory.site_memory import EncodedMemory


def extract(page_bytes: bytes, **known: Any) -> Extraction:
    """As `pipelines.extract.extract`."""
    from pipelines import extract as room  # noqa: PLC0415 - see above, here and below

    return room.extract(page_bytes, **known)


def extract_member(member: bytes, capture: CaptureRow, guidance: Guidance) -> Extraction | DamagedMember:
    """As `pipelines.extract_member.extract_member`."""
    from pipelines import extract_member as room  # noqa: PLC0415

    return room.extract_member(member, capture, guidance)


def inspect_image(data: bytes, *, max_pixels: int) -> ImageFacts | ImageRefused:
    """As `pipelines.image_facts.inspect_image`."""
    from pipelines import image_facts as room  # noqa: PLC0415

    return room.inspect_image(data, max_pixels=max_pixels)


def packed_lesson(page: PageToLearn, guidance: Guidance) -> bytes | None:
    """As `pipelines.memory.study.packed_lesson`."""
    from pipelines.memory import study as room  # noqa: PLC0415

    return room.packed_lesson(page, guidance)


def encoded_memory(lessons: Iterable[bytes]) -> tuple[EncodedMemory | None, int]:
    """As `pipelines.memory.study.encoded_memory`."""
    from pipelines.memory import study as room  # noqa: PLC0415

    return room.encoded_memory(lessons)


def several(calls: Sequence[tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any]]]) -> list[Any]:
    """What each call gives, in order; raises what the first of them raises."""
    return [function(*args, **kwargs) for function, args, kwargs in calls]
