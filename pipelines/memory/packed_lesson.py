"""A lesson as bytes: what learning needs of a page, small enough to be handed from process to process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import zstandard

from pipelines.memory.kinds import classes
from pipelines.memory.lesson import Lesson
from pipelines.paragraphs import fold
from pipelines.text.blocks import Block, Box

MAX_BYTES = 1 << 20  # of a lesson; an article's has some ten thousand, and what has more teaches nothing
_MAX_JSON = 64 << 20
_LEVEL = 1


def pack(lesson: Lesson) -> bytes | None:
    """The lesson as one zstd frame over JSON in ASCII; None if it is too large to be kept.

    Of a box only its tag and the names of its classes are kept, of a block not what its source's rules said:
    learning asks for nothing else. The same lesson has the same bytes.
    """
    boxes: list[tuple[int, str, str]] = []
    numbers: dict[Box, int] = {}
    stored = {
        "url": lesson.url,
        "captured_at": lesson.captured_at.isoformat(),
        "blocks": [
            (block.text, _number(block.box, boxes, numbers), block.linked, block.bold, block.links)
            for block in lesson.blocks
        ],
        "boxes": boxes,
        "kept": _bits(lesson.kept),
        "support": lesson.support,
        "standfirst": _bits(lesson.standfirst),
        "tellers": {name: _bits(chosen) for name, chosen in lesson.tellers.items()},
    }
    plain = json.dumps(stored, separators=(",", ":")).encode("ascii")
    if len(plain) > _MAX_JSON:
        return None
    frame = zstandard.ZstdCompressor(level=_LEVEL).compress(plain)
    return frame if len(frame) <= MAX_BYTES else None


def unpack(frame: bytes) -> Lesson:
    """The lesson that `pack` was given, as far as learning sees it; only of what `pack` made."""
    stored = json.loads(zstandard.ZstdDecompressor().decompress(frame, max_output_size=_MAX_JSON))
    boxes: list[Box] = []
    for parent, tag, kind in stored["boxes"]:
        over = boxes[parent] if parent >= 0 else None
        boxes.append(Box(over, tag, kind, depth=over.depth + 1 if over else 0))
    blocks = tuple(
        [
            Block(text, boxes[number], linked, bold, links)
            for text, number, linked, bold, links in stored["blocks"]
        ]
    )
    return Lesson(
        url=stored["url"],
        captured_at=datetime.fromisoformat(stored["captured_at"]),
        blocks=blocks,
        folded=tuple([fold(block.text) for block in blocks]),
        kept=_told(stored["kept"]),
        support=tuple(stored["support"]),
        standfirst=_told(stored["standfirst"]),
        tellers={name: _told(chosen) for name, chosen in stored["tellers"].items()},
    )


def _number(box: Box, boxes: list[tuple[int, str, str]], numbers: dict[Box, int]) -> int:
    """A box's place in the list, which has its parent before it; it is added if it is new."""
    new = []
    at: Box | None = box
    while at is not None and at not in numbers:
        new.append(at)
        at = at.parent
    for each in reversed(new):
        parent = numbers[each.parent] if each.parent is not None else -1
        numbers[each] = len(boxes)
        boxes.append((parent, each.tag, " ".join(classes(each.kind))))
    return numbers[box]


def _bits(chosen: Sequence[bool]) -> str:
    return "".join("1" if each else "0" for each in chosen)


def _told(bits: str) -> tuple[bool, ...]:
    return tuple([bit == "1" for bit in bits])
