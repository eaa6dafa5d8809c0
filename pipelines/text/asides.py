"""Lines among an article's text that are no text: lists of links, references, posts shown, lone names.

Readers see them where the article stands, and whoever wrote the article wrote them: an edit of such a line is
an edit of the article. They are kept beside the text, and versions compare both. What templates put there
(advertisements, teasers, forms) carries names for its style; what people write is bare: only bare elements
that stand, all the way up, in the element that holds the prose are such lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from pipelines.edges import is_byline, is_dated
from pipelines.furniture import is_control
from pipelines.paragraphs import fold
from pipelines.text.blocks import Block, Box

MAX_LINES = 200
LONGEST = 1000  # characters of a line; it is cut
_WRITTEN = frozenset(
    {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre"}
)
_POSTS = "blockquote"  # of other sites: their code puts a class on them
_HOLDERS = frozenset({"article", "main"})


def asides(
    blocks: Sequence[Block], text: Sequence[str], byline: Sequence[str], others: AbstractSet[str]
) -> tuple[str, ...]:
    """The lines beside the text, in the page's order.

    Args:
        blocks: of the page.
        text: the article's paragraphs.
        byline: its people: a line that names one of them is compared as such; in a list it is an item of it.
        others: folded texts that are compared on their own (headline, captions) or recur on the site.
    """
    chosen = frozenset(text)
    column = _column(blocks, chosen)
    if column is None:
        return ()
    names = frozenset(map(fold, byline))
    found = (
        block.text[:LONGEST]
        for block in _written_in(blocks, column)
        if block.text not in chosen
        and (folded := fold(block.text))
        and folded not in others
        and (folded not in names or block.box.tag == "li")
        and not is_dated(block.text)
        and not is_byline(block.text)
        and not is_control(block.text)
    )
    return tuple(line for line, _ in zip(found, range(MAX_LINES), strict=False))


def _column(blocks: Sequence[Block], chosen: AbstractSet[str]) -> Box | None:
    """The element in which most of the text stands directly; None if nothing says what it is."""
    held: Counter[Box] = Counter()
    for block in blocks:
        if block.text in chosen and (box := _around(block.box)) is not None:
            held[box] += len(block.text)
    best = max(held, key=lambda box: held[box], default=None)
    return best if best is not None and (not best.bare or best.tag in _HOLDERS) else None


def _around(box: Box) -> Box | None:
    """The first element around a line that is not of the kind that people write."""
    at: Box | None = box
    while at is not None and at.tag in _WRITTEN:
        at = at.parent
    return at


def _written_in(blocks: Sequence[Block], column: Box) -> Iterator[Block]:
    """The blocks whose elements up to the column are bare."""
    known: dict[Box, bool] = {column: False}  # what stands in it without an element of its own is no line

    def is_in(box: Box) -> bool:
        found = known.get(box)
        if found is None:
            bare = box.tag in _WRITTEN and (box.bare or box.tag == _POSTS)
            found = bare and box.parent is not None and (box.parent is column or is_in(box.parent))
            known[box] = found
        return found

    return (block for block in blocks if is_in(block.box))
