"""The box that holds a page's text: which boxes do, and finding again the one that other pages have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.memory.kinds import Vocabulary
from pipelines.text.blocks import Block, Box

HOLDS = 0.8  # of the chosen characters: a box with as many holds the text
UP = 2  # steps above a container that is not there


def weight(blocks: Sequence[Block], chosen: Sequence[bool]) -> int:
    """The characters of the chosen blocks."""
    return sum(len(block.text) for block, is_chosen in zip(blocks, chosen, strict=True) if is_chosen)


def holders(blocks: Sequence[Block], chosen: Sequence[bool]) -> list[Box]:
    """The boxes that hold (nearly) all of the chosen text, the outermost first."""
    held: Counter[Box] = Counter()
    for block, is_chosen in zip(blocks, chosen, strict=True):
        box: Box | None = block.box if is_chosen else None
        while box is not None:
            held[box] += len(block.text)
            box = box.parent
    enough = HOLDS * weight(blocks, chosen)
    return sorted((box for box, characters in held.items() if characters >= enough), key=lambda b: b.depth)


def within(blocks: Sequence[Block], container: Box) -> list[bool]:
    """Of each block, whether it stands in the container."""
    known = {container: True}

    def is_in(box: Box) -> bool:
        path = []
        at: Box | None = box
        while at is not None and at not in known:
            path.append(at)
            at = at.parent
        found = at is not None and known[at]
        known.update(dict.fromkeys(path, found))
        return found

    return [is_in(block.box) for block in blocks]


def box_at(blocks: Sequence[Block], path: str, vocabulary: Vocabulary) -> Box | None:
    """The box at a path, or else the nearest above it, at most `UP` steps; of several, that with most text.

    None if the page has none there: the last of them is not the body, unless the path says so.
    """
    steps = path.split("/")
    on_way: dict[Box, bool] = {}
    held: Counter[Box] = Counter()
    for block in blocks:
        chain = []
        at: Box | None = block.box
        while at is not None:
            chain.append(at)
            at = at.parent
        for box in reversed(chain):
            if not _is_on_way(box, steps, vocabulary, on_way):
                break
            held[box] += len(block.text)
    best = max(held, key=lambda box: (box.depth, held[box]), default=None)
    least = max(len(steps) - UP, min(2, len(steps)))
    return best if best is not None and best.depth + 1 >= least else None


def _is_on_way(box: Box, steps: Sequence[str], vocabulary: Vocabulary, known: dict[Box, bool]) -> bool:
    """Whether a box whose parent is on the way to the end of a path is on it, too."""
    found = known.get(box)
    if found is None:
        found = known[box] = box.depth < len(steps) and vocabulary.step(box) == steps[box.depth]
    return found
