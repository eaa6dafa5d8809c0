"""One page as material to learn from: its blocks, and what each teller takes for the article's text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.article import Article
from pipelines.memory.container import boxes_of, weight, within
from pipelines.memory.kinds import MOSTLY
from pipelines.metadata import Metadata
from pipelines.paragraphs import fold
from pipelines.text.blocks import Block, Box
from pipelines.text.features import is_texty

DATELINE, TRAFILATURA, DENSITY, JSON_LD = "dateline", "trafilatura", "density", "json_ld"
TELLERS = (DATELINE, TRAFILATURA, DENSITY, JSON_LD)
_WEIGHTS = {DATELINE: 3, TRAFILATURA: 2, JSON_LD: 2}  # of single blocks; density tells the container only
_PER_MILLE = 1000
_MIN_BODY = 300  # characters of an `articleBody` that is a text and no teaser
_WHOLE = 0.7  # of our text that stands in an `articleBody`: less, and it is cut or another text
_MIN_TEXT = 300  # characters of a page that can be learned from
_FOUND = 0.8  # of our text that is found again among the blocks


@dataclass(frozen=True, slots=True)
class Lesson:
    """A page to learn from.

    Attributes:
        url, captured_at: of the capture, which also give lessons their order.
        blocks: of the page.
        folded: the text of each.
        kept: of each, whether the tellers together take it for the article's text.
        support: of each, how far the tellers take it for text; per mille.
        standfirst: of each, whether it is the article's standfirst, or what the metadata describes it with.
        tellers: by name, which blocks each takes; without those that say nothing of this page.
    """

    url: str
    captured_at: datetime
    blocks: tuple[Block, ...]
    folded: tuple[str, ...]
    kept: tuple[bool, ...]
    support: tuple[int, ...]
    standfirst: tuple[bool, ...]
    tellers: Mapping[str, tuple[bool, ...]]

    @property
    def characters(self) -> int:
        """Of the text."""
        return weight(self.blocks, self.kept)


def lesson(
    article: Article,
    blocks: Sequence[Block],
    metadata: Metadata,
    taken: Sequence[str],
    captured_at: datetime,
) -> Lesson | None:
    """What a page teaches; None if its text is short, or not among its blocks (it waited in a script).

    Args:
        article: as it is read without memory.
        blocks: of the page.
        metadata: the page's, for `articleBody`.
        taken: the paragraphs that trafilatura takes.
        captured_at: when the page was fetched.
    """
    folded = tuple(fold(block.text) for block in blocks)
    paragraphs = frozenset(article.text.split("\n\n"))
    ours = tuple(block.text in paragraphs for block in blocks)
    if weight(blocks, ours) < max(_MIN_TEXT, _FOUND * len(article.text)):
        return None
    tellers = {
        DATELINE: ours,
        TRAFILATURA: _within(folded, " ".join(map(fold, taken))),
        DENSITY: _dense(blocks),
    }
    stated = fold(str(metadata.article.get("articleBody") or ""))
    if len(stated) >= _MIN_BODY:
        in_body = _within(folded, stated)
        both = tuple(a and b for a, b in zip(ours, in_body, strict=True))
        if weight(blocks, both) >= _WHOLE * weight(blocks, ours):
            tellers[JSON_LD] = in_body
    kept = _together(blocks, ours, tellers[TRAFILATURA], tellers.get(JSON_LD, ours))
    stands = {fold(article.standfirst or ""), fold(article.description or "")} - {""}
    standfirst = tuple(words in stands for words in folded)
    if not any(kept):
        return None
    support = _support(blocks, tellers)
    return Lesson(article.url, captured_at, tuple(blocks), folded, kept, support, standfirst, tellers)


def _together(
    blocks: Sequence[Block], ours: Sequence[bool], trafilatura: Sequence[bool], stated: Sequence[bool]
) -> tuple[bool, ...]:
    """Ours, but where both others contradict; of links they know less: they take teasers along.

    Density tells the container only: not all that stands in it is text.
    """
    return tuple(
        own if first != second or block.linked >= MOSTLY * len(block.text) else first
        for block, own, first, second in zip(blocks, ours, trafilatura, stated, strict=True)
    )


def _support(blocks: Sequence[Block], tellers: Mapping[str, Sequence[bool]]) -> tuple[int, ...]:
    voters = [(tellers[name], votes) for name, votes in _WEIGHTS.items() if name in tellers]
    whole = sum(votes for _, votes in voters)
    return tuple(
        _PER_MILLE * tellers[DATELINE][index]
        if block.linked >= MOSTLY * len(block.text)
        else _PER_MILLE * sum(votes for said, votes in voters if said[index]) // whole
        for index, block in enumerate(blocks)
    )


def _within(folded: Sequence[str], whole: str) -> tuple[bool, ...]:
    padded, known = f" {whole} ", frozenset(whole.split())
    return tuple(
        [  # the first words tell of most that they do not stand in it, sooner than a search
            bool(words) and known.issuperset(words.split(" ", 3)[:3]) and f" {words} " in padded
            for words in folded
        ]
    )


def _dense(blocks: Sequence[Block]) -> tuple[bool, ...]:
    """All in the box with the most text, as Readability finds it: text counts for the box around its own.

    Half of it counts for the next box (A. Dub, Readability, 2010).
    """
    mass: dict[Box, float] = defaultdict(float)
    for block in blocks:
        if is_texty(block):
            parent = block.box.parent or block.box
            mass[parent] += len(block.text)
            if parent.parent is not None:
                mass[parent.parent] += len(block.text) / 2
    best = max(mass, key=lambda box: mass[box], default=None)
    return tuple(within(blocks, best, boxes_of(blocks))) if best is not None else (False,) * len(blocks)
