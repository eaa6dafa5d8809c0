"""The text that rules name: whole containers, and parts that belong to it whatever is chosen (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.text.blocks import KEEP, TEXT, Block


def is_whole(blocks: Sequence[Block]) -> bool:
    """Whether `text` rules name what holds the text, so that nothing of it is chosen or cut off its ends."""
    return any(block.ruled & TEXT for block in blocks)


def ruled_text(blocks: Sequence[Block], choose: Callable[[], list[str]]) -> list[str]:
    """The paragraphs of the containers that `text` rules name; without any, what `choose` gives.

    What `keep` rules name stands among them in any case, in its place.
    """
    if is_whole(blocks):
        return [block.text for block in blocks if block.ruled]
    return with_kept(choose(), blocks)


def with_kept(paragraphs: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """The paragraphs, with those blocks among them that `keep` rules name and that are missing.

    A missing one goes before the first paragraph that stands behind it in the page.
    """
    result = list(paragraphs)
    if not any(block.ruled & KEEP for block in blocks):
        return result
    first_at: dict[str, int] = {}
    for index, block in enumerate(blocks):
        first_at.setdefault(block.text, index)
    there = set(result)
    for index, block in enumerate(blocks):
        if block.ruled & KEEP and block.text not in there:
            place = (n for n, text in enumerate(result) if first_at.get(text, -1) > index)
            result.insert(next(place, len(result)), block.text)
            there.add(block.text)
    return result
