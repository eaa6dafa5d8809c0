"""What can be seen of a block, as numbers: for the model that tells the article's blocks from the others.

Nothing here decides. Every feature is a general property of pages: shape of the text, place among the boxes,
what the boxes' attributes speak of, neighbours, repetition, and whether trafilatura took it.
"""
# ruff: noqa: RUF001 - the signs of many languages are meant as they are

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipelines.furniture import is_furniture
from pipelines.text.blocks import Block, Box
from pipelines.text.credit_line import is_credit_line
from pipelines.text.vocabulary import NAMES

FAR = 20  # boxes; a box that is not among the ancestors is as far
LOOKED_AT = 80  # characters whose letters are counted
MAX_CREDIT = 400  # characters of a block that may be a caption
TEXTY = 60  # characters of a block that holds sentences
TAGS = (
    "article", "main", "figure", "figcaption", "header", "section", "aside", "form", "ul", "table",
    "blockquote",
)  # fmt: skip
_TAG_PLACES = {tag: place for place, tag in enumerate(TAGS, len(NAMES))}  # behind the families of words
_NOTHING_NEAR = [FAR] * (len(NAMES) + len(TAGS))
_FARTHER = (*range(1, FAR + 1), FAR)  # by a distance, that of the next box inside
_KINDS = {
    tag: kind
    for kind, tag in enumerate(
        ("p", "li", "div", "tr", "td", "blockquote", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"), 1
    )
}
_NEAR = (-2, -1, 1, 2)
_NOBODY = (0, 0, 0, -1, 0)  # the neighbour of the first block and of the last
_ENDS = frozenset(".!?…。！？।؟")
_CLOSING = "\"'”’»)]"
# Begins with one set of signs: to the next of these the search leaps.
_SENTENCE = re.compile(r"[.!?…।؟。！？](?:(?<=[。！？])|[\"'”’»)\]]*+(?:\s|$))")
_COMMA = re.compile("[,،、，]")
_NO_CAPITALS = bytes(code for code in range(0x80) if not chr(code).isupper())
_NO_DIGITS = bytes(code for code in range(0x80) if not chr(code).isdigit())


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the page before its blocks are judged.

    Attributes:
        title, description: folded; of the metadata; empty if unknown.
        folded: the text of each block.
        taken: of each block, whether trafilatura took it.
    """

    title: str
    description: str
    folded: Sequence[str]
    taken: Sequence[bool]


def features(
    blocks: Sequence[Block], wanted: Sequence[int], known: Known, unread: Collection[str] = ()
) -> list[list[float]]:
    """A row of numbers for each wanted block, in the order of `NAMED`.

    Of the features `unread`, which nobody will look at, those that take time are 0.
    """
    page = _Measured(blocks, known, unread)
    return [page.row(index) for index in wanted]


def is_texty(block: Block) -> bool:
    """Whether a block holds a sentence, and it is not mostly links."""
    return (
        len(block.text) >= TEXTY
        and block.linked < 0.35 * len(block.text)
        and bool(_SENTENCE.search(block.text))
    )


_SHAPE = (
    "length", "words", "linked", "links", "bold", "ends_sentence", "capitals", "digits", "commas",
    "sentences", "sentence_length", "starts_quote", "kind",
)  # fmt: skip
_PLACE = (
    "up_to_top", "down_to_top", "lane_share", "box_linked", "parent_linked", "over_linked",
    "parent_mass", "over_mass", "parent_texty", "over_texty", "parent_share", "parent_children",
    "over_children", "box_images", "parent_images", "below_top", "box_blocks", "box_taken", "parent_taken",
    "over_taken",
)  # fmt: skip
_MAKE = ("alike", "alike_length", "alike_linked", "alike_texty", "alike_share", "alike_taken")
_WORDS = ("is_title", "is_description", "repeats", "furniture", "credit")
_NEIGHBOUR = ("length", "linked", "same_parent", "up_to_top", "taken")
_CONTEXT = (
    "after_first", "after_last", "after_heading", "share_before", "share_after", "page_text", "page_inside",
    "page_share", "next_five", "last_five", "taken", "after_first_taken", "after_last_taken",
    "next_five_taken", "last_five_taken", "page_taken",
)  # fmt: skip
NAMED: tuple[str, ...] = (
    *_SHAPE,
    *(f"said_{name}" for name in NAMES),
    *(f"in_{tag}" for tag in TAGS),
    *_PLACE,
    *_MAKE,
    *_WORDS,
    *(f"{name}_{step:+d}" for step in _NEAR for name in _NEIGHBOUR),
    *_CONTEXT,
)


@dataclass(slots=True)
class _Sum:
    """Sums over the blocks in a box, or of one make."""

    blocks: int = 0
    chars: int = 0
    linked: int = 0
    texty: int = 0
    taken: int = 0  # characters

    def include(self, other: _Sum) -> None:
        self.blocks += other.blocks
        self.chars += other.chars
        self.linked += other.linked
        self.texty += other.texty
        self.taken += other.taken


class _Measured:
    """A page's blocks with the sums that their features need."""

    def __init__(self, blocks: Sequence[Block], known: Known, unread: Collection[str]) -> None:
        self.blocks, self.known = blocks, known
        self.looks_for_furniture = "furniture" not in unread
        self.texty = [is_texty(block) for block in blocks]
        self.repeats = Counter(known.folded)
        self.makes = [_make(block.box) for block in blocks]
        self.by_make: dict[tuple[str, ...], _Sum] = defaultdict(_Sum)
        self.by_box: dict[Box, _Sum] = defaultdict(_Sum)
        self.mass: dict[Box, float] = defaultdict(float)
        self.before = [0]  # characters of texty blocks before each
        self.taken_before = [0]  # the same of taken ones
        self._add_up()
        self.top = max(self.mass, key=lambda box: self.mass[box], default=blocks[0].box)
        self.mass_of_top = self.mass[self.top] or 1.0
        self.above_top: dict[Box, int] = {}
        box: Box | None = self.top
        while box is not None:
            self.above_top[box] = len(self.above_top)
            root, box = box, box.parent
        self.total = self.by_box[root].chars or 1
        self.lanes = {block.box: self._lane(block.box) for block in blocks}
        # What a block's neighbours are told of it.
        self.shown = [
            (math.log1p(len(block.text)), block.linked / len(block.text), self.lanes[block.box][0], is_taken)
            for block, is_taken in zip(blocks, known.taken, strict=True)
        ]
        self._near: dict[tuple[Box | None, int, str], list[int]] = {}
        self._find_ends()

    def _add_up(self) -> None:
        for block, make, texty, taken in zip(
            self.blocks, self.makes, self.texty, self.known.taken, strict=True
        ):
            length, linked = len(block.text), block.linked
            of_taken = length if taken else 0
            for one in (self.by_make[make], self.by_box[block.box]):
                one.blocks += 1
                one.chars += length
                one.linked += linked
                one.texty += texty
                one.taken += of_taken
            self.before.append(self.before[-1] + (length if texty else 0))
            self.taken_before.append(self.taken_before[-1] + of_taken)
            if texty:
                self._weigh(block.box, length)
        self._add_up_boxes()

    def _add_up_boxes(self) -> None:
        """Give every box the sums of the boxes in it, the deepest first."""
        levels: dict[int, set[Box]] = defaultdict(set)
        for box in self.by_box:
            levels[box.depth].add(box)
        for depth in range(max(levels, default=0), 0, -1):
            for box in levels[depth]:
                if box.parent is not None:
                    self.by_box[box.parent].include(self.by_box[box])
                    levels[depth - 1].add(box.parent)

    def _weigh(self, box: Box, length: int) -> None:
        """Text counts for its box's parent and half for the grandparent, as in Readability."""
        parent = box.parent or box
        self.mass[parent] += length
        if parent.parent is not None:
            self.mass[parent.parent] += 0.5 * length
        if box.tag in ("div", "td", "section", "article", "main"):
            self.mass[box] += 0.6 * length

    def _lane(self, box: Box) -> tuple[int, int, Box]:
        """(boxes up to the first that also holds the top box, from there down to the top box, that box)."""
        up = 0
        while box not in self.above_top and box.parent is not None:
            box = box.parent
            up += 1
        return up, self.above_top[box], box

    def _find_ends(self) -> None:
        inside = [i for i, block in enumerate(self.blocks) if self.texty[i] and not self.lanes[block.box][1]]
        self.first, self.last = (inside[0], inside[-1]) if inside else (0, len(self.blocks) - 1)
        self.inside = len(inside)
        taken = [i for i, is_taken in enumerate(self.known.taken) if is_taken]
        self.first_taken, self.last_taken = (taken[0], taken[-1]) if taken else (self.first, self.last)
        headings = [i for i, block in enumerate(self.blocks) if block.box.tag == "h1"]
        before = [i for i in headings if i <= self.first]
        self.heading = before[-1] if before else next(iter(headings), -1)

    def row(self, index: int) -> list[float]:
        """The features of one block."""
        block, length, linked = self.blocks[index], *self.shown[index][:2]
        return [
            *_shape(block, self.known.folded[index], length, linked),
            *self._distances(block.box),
            *self._place(index),
            *self._make(index),
            *self._words(index),
            *self._neighbours(index),
            *self._context(index),
        ]

    def _distances(self, box: Box) -> list[int]:
        """How many boxes up each family of words, and each tag, stands."""
        alike = box.parent, box.said, box.tag  # of most boxes, a brother
        found = self._near.get(alike)
        if found is None:
            around = self._distances(box.parent) if box.parent else _NOTHING_NEAR
            found = [_FARTHER[far] for far in around]
            bits = box.said
            while bits:
                lowest = bits & -bits
                found[lowest.bit_length() - 1] = 0
                bits ^= lowest
            if (place := _TAG_PLACES.get(box.tag)) is not None:
                found[place] = 0
            self._near[alike] = found
        return found

    def _place(self, index: int) -> list[float]:
        block = self.blocks[index]
        box = block.box
        parent = box.parent or box
        over = parent.parent or parent
        up, down, lane = self.lanes[box]
        own, mine, theirs = self.by_box[box], self.by_box[parent], self.by_box[over]
        return [
            up, down, self.by_box[lane].chars / self.total,
            own.linked / own.chars, mine.linked / mine.chars, theirs.linked / theirs.chars,
            self.mass.get(parent, 0.0) / self.mass_of_top,
            self.mass.get(over, 0.0) / self.mass_of_top,
            mine.texty, theirs.texty, mine.chars / self.total, parent.children, over.children,
            box.images, parent.images, box.depth - self.top.depth, own.blocks,
            own.taken / own.chars, mine.taken / mine.chars, theirs.taken / theirs.chars,
        ]  # fmt: skip

    def _make(self, index: int) -> list[float]:
        alike = self.by_make[self.makes[index]]
        return [
            alike.blocks, alike.chars / alike.blocks, alike.linked / alike.chars, alike.texty / alike.blocks,
            alike.chars / self.total, alike.taken / alike.chars,
        ]  # fmt: skip

    def _words(self, index: int) -> list[float]:
        text, folded = self.blocks[index].text, self.known.folded[index]
        return [
            _same(folded, self.known.title),
            _same(folded, self.known.description),
            self.repeats[folded],
            self.looks_for_furniture and is_furniture(text),
            len(text) < MAX_CREDIT and is_credit_line(text),
        ]

    def _neighbours(self, index: int) -> list[float]:
        row: list[float] = []
        blocks = self.blocks
        box = blocks[index].box
        for step in _NEAR:
            at = index + step
            if not 0 <= at < len(blocks):
                row += _NOBODY
                continue
            other = blocks[at].box
            length, linked, up, taken = self.shown[at]
            row += (length, linked, other is box or other.parent is box.parent, up, taken)
        return row

    def _context(self, index: int) -> list[float]:
        blocks, before, taken = self.blocks, self.before, self.taken_before
        whole = before[-1] or 1
        low, high = max(0, index - 5), min(len(blocks), index + 6)
        return [
            index - self.first, index - self.last,
            index - self.heading if self.heading >= 0 else -99,
            before[index] / whole, (before[-1] - before[index + 1]) / whole,
            math.log1p(whole), self.inside, (before[self.last + 1] - before[self.first]) / whole,
            before[high] - before[index + 1], before[index] - before[low],
            self.known.taken[index], index - self.first_taken, index - self.last_taken,
            taken[high] - taken[index + 1], taken[index] - taken[low], taken[-1] / whole,
        ]  # fmt: skip


def _make(box: Box) -> tuple[str, ...]:
    """What blocks of one kind share: tag and class of their box and of its parent."""
    parent = box.parent
    return (box.tag, box.kind, "", "") if parent is None else (box.tag, box.kind, parent.tag, parent.kind)


def _shape(block: Block, folded: str, logarithm: float, linked: float) -> tuple[float, ...]:
    text = block.text
    length = len(text)
    looked = text[:LOOKED_AT]
    capitals, digits = _capitals_and_digits(looked)
    sentences = len(_SENTENCE.findall(text))
    return (
        logarithm, min(folded.count(" ") + 1, 60), linked, block.links,
        block.bold / length, text.rstrip(_CLOSING)[-1:] in _ENDS,
        capitals / len(looked), digits / len(looked),
        text.count(",") if text.isascii() else len(_COMMA.findall(text)),
        sentences, length / sentences if sentences else -1,
        text[0] in "“„«\"'‘「—–-", _KINDS.get(block.box.tag, 0),
    )  # fmt: skip


def _capitals_and_digits(text: str) -> tuple[int, int]:
    if text.isascii():
        plain = text.encode()
        return len(plain.translate(None, _NO_CAPITALS)), len(plain.translate(None, _NO_DIGITS))
    return sum(map(str.isupper, text)), sum(map(str.isdigit, text))


def _same(folded: str, stated: str) -> int:
    """2 if a block is what the metadata states, 1 if one holds the other."""
    if not stated or not folded:
        return 0
    if folded == stated:
        return 2
    return int(len(folded) > 15 and (folded in stated or stated in folded))  # noqa: PLR2004 - a word or two
