"""The box that holds a page's text: which boxes do, and finding again the one that other pages have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

from pipelines.memory.kinds import Vocabulary
from pipelines.text.blocks import Block, Box

HOLDS = 0.8  # of the chosen characters: a box with as many holds the text
UP = 2  # steps above a container that is not there


def weight(blocks: Sequence[Block], chosen: Sequence[bool]) -> int:
    """The characters of the chosen blocks."""
    return sum([len(block.text) for block in compress(blocks, chosen)])


def boxes_of(blocks: Sequence[Block]) -> list[Box]:
    """The boxes around blocks, each once, in the page's order and behind the box around it."""
    found: dict[Box, None] = {}
    for block in blocks:
        new = []
        at: Box | None = block.box
        while at is not None and at not in found:
            new.append(at)
            at = at.parent
        found.update(dict.fromkeys(reversed(new)))
    return list(found)


def holders(blocks: Sequence[Block], chosen: Sequence[bool], boxes: Sequence[Box]) -> list[Box]:
    """The boxes that hold (nearly) all of the chosen text, the outermost first; `boxes` are the page's."""
    held = _held(compress(blocks, chosen), boxes)
    enough = HOLDS * weight(blocks, chosen)
    return [box for box in boxes if held[box] >= enough] if enough else []


def _held(blocks: Iterable[Block], boxes: Sequence[Box]) -> dict[Box, int]:
    """How many of the blocks' characters each box holds."""
    held = dict.fromkeys(boxes, 0)
    for block in blocks:
        held[block.box] += len(block.text)
    for box in reversed(boxes):
        if box.parent is not None:
            held[box.parent] += held[box]
    return held


def within(blocks: Sequence[Block], container: Box, boxes: Iterable[Box]) -> list[bool]:
    """Of each block, whether it stands in the container; `boxes` are the page's."""
    inside: set[Box | None] = {container}
    for box in boxes:
        if box.parent in inside:
            inside.add(box)
    return [block.box in inside for block in blocks]


def box_at(blocks: Sequence[Block], path: str, vocabulary: Vocabulary, boxes: Sequence[Box]) -> Box | None:
    """The box at a path, or else the nearest above it, at most `UP` steps; of several, that with most text.

    None if the page has none there: the last of them is not the body, unless the path says so. `boxes` are
    the page's.
    """
    steps = path.split("/")
    on_way: dict[Box | None, None] = {}
    for box in boxes:
        follows = box.parent is None or box.parent in on_way
        if follows and box.depth < len(steps) and vocabulary.step(box) == steps[box.depth]:
            on_way[box] = None
    held = _held(blocks, boxes)
    best = max((box for box in on_way if box), key=lambda box: (box.depth, held[box]), default=None)
    least = max(len(steps) - UP, min(2, len(steps)))
    return best if best is not None and best.depth + 1 >= least else None
