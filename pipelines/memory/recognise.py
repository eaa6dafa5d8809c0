"""A page that the memory knows: which of its blocks are the text, without asking anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from math import log

from pipelines.memory.container import box_at, boxes_of, within
from pipelines.memory.furniture import text_digest
from pipelines.memory.kinds import likeness, shape
from pipelines.memory.site_memory import Cluster, KindVotes, SiteMemory
from pipelines.paragraphs import fold
from pipelines.text.blocks import Block, Box
from pipelines.text.choose import once
from pipelines.text.model import UNIT

KNOWN = 0.4  # likeness of a page to a cluster
TEXT, NO_TEXT = 0.65, 0.2  # of a kind's characters that are text: from there, and up to there, it decides
MIN_PAGES = 2  # that such a kind stands on
PAGE_WEIGHT = 3  # of a page's blocks of one kind, against one before anything was seen
UNKNOWN = 0.4  # of the container's characters, in blocks of no known kind: more, and it is drift
LITTLE = 0.002  # of the container's characters: about so few nobody is asked
MIN_TEXT = 300  # characters; a page with less is read the full way, which also tells stubs
SHORT = 0.25  # of the shortest text that was learned from
MORE_FURNITURE, MORE_SHARE = 250, 300  # per mille beyond a learned band

_SUBHEADS = frozenset({"h2", "h3", "h4", "h5", "h6"})

Settle = Callable[[Sequence[int]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page's text as the memory knows to choose it.

    Attributes:
        paragraphs: in the page's order.
        sure: those that stand where other pages have nothing but text.
        cluster: whose shape the page has.
    """

    paragraphs: list[str]
    sure: frozenset[str]
    cluster: Cluster


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A block whose kind does not decide, with the votes for it, if there are any."""

    index: int
    votes: KindVotes | None


def recognise(
    memory: SiteMemory, blocks: Sequence[Block], settle: Settle, description: str | None = None
) -> Recognised | None:
    """The text of a page that has the shape of others, within their bands; None: read it the full way.

    Args:
        memory: of the page's source.
        blocks: of the page.
        settle: scores of single blocks (above 0: text), asked for those whose kind decides nothing.
        description: what the page says of itself, which a standfirst repeats.
    """
    if not memory.clusters:
        return None
    boxes = boxes_of(blocks)
    page = shape(boxes)
    stated = fold(description or "")
    alike = [(likeness(page, *cluster.shape), cluster) for cluster in memory.clusters]
    for like, cluster in sorted(alike, key=lambda each: -each[0]):
        if (
            like >= KNOWN
            and (found := _read_as(cluster, memory, blocks, boxes, settle, stated=stated)) is not None
        ):
            return found
    return None


def without_recurring(paragraphs: Sequence[str], furniture: AbstractSet[str]) -> list[str]:
    """Those paragraphs that do not recur on many pages of the site."""
    return [paragraph for paragraph in paragraphs if not _recurs(paragraph, furniture)]


def _recurs(text: str, furniture: AbstractSet[str]) -> bool:
    return bool(furniture) and text_digest(fold(text)) in furniture


def _read_as(
    cluster: Cluster,
    memory: SiteMemory,
    blocks: Sequence[Block],
    boxes: Sequence[Box],
    settle: Settle,
    *,
    stated: str,
) -> Recognised | None:
    """The text as pages of a cluster are read; None outside its bands."""
    container = box_at(blocks, cluster.container, cluster.vocabulary, boxes)
    if container is None:
        return None
    inside = within(blocks, container, boxes)
    held = sum(len(block.text) for block, is_in in zip(blocks, inside, strict=True) if is_in)
    furniture, among_text = memory.recurring, memory.recurring_among_text
    sure: set[int] = set()
    doubts: list[_Doubt] = []
    for index, votes, said in _verdicts(cluster, blocks, inside, stated):
        if said is False or _recurs(blocks[index].text, among_text if said else furniture):
            continue
        if said:
            sure.add(index)
        else:
            doubts.append(_Doubt(index, votes))
    unknown = sum(len(blocks[doubt.index].text) for doubt in doubts if doubt.votes is None)
    if unknown > UNKNOWN * held:
        return None
    subheads = _subheads(doubts, blocks, sure)
    doubts = [doubt for doubt in doubts if doubt.index not in subheads]
    chosen = sure | subheads | _settled(doubts, blocks, held, settle)
    if not _in_band(cluster, blocks, chosen, held):
        return None
    return Recognised(
        once(blocks[index].text for index in sorted(chosen)),
        frozenset(blocks[index].text for index in sure),
        cluster,
    )


def _verdicts(
    cluster: Cluster, blocks: Sequence[Block], inside: Sequence[bool], stated: str
) -> Iterator[tuple[int, KindVotes | None, bool | None]]:
    """(index, votes for the block's kind, what they say) of each block in the container.

    Also of each outside it whose kind was text somewhere: a standfirst, mostly. One that says what the page
    says of itself is the standfirst, whatever names the boxes around it have on this page.
    """
    vocabulary = cluster.vocabulary
    for index, (block, is_in) in enumerate(zip(blocks, inside, strict=True)):
        if is_in:
            votes, said = _judged(vocabulary.kinds(block), cluster.inner)
            yield index, votes, said
        elif cluster.outer:
            kinds = vocabulary.kinds(block)
            votes, said = _judged(kinds, cluster.outer)
            if votes is not None:
                own = cluster.outer.get(kinds[-1])
                if stated and said is None and own is not None and fold(block.text) == stated:
                    said = _verdict(own)
                yield index, votes, said


def _judged(
    kinds: tuple[str, str, str], known: Mapping[str, KindVotes]
) -> tuple[KindVotes | None, bool | None]:
    """(the votes for the most exact of a block's kinds that is known, what they say).

    Votes on a box alone, or on one in a box without a name, decide nothing: any `p` of a new box would be
    text. They count against a block, and not for it.
    """
    exact, near, own = kinds
    for kind in (exact, near) if "." in near else (exact,):
        votes = known.get(kind)
        if votes is not None and votes.pages >= MIN_PAGES:
            return votes, _verdict(votes)
    votes = known.get(own)
    return None if votes is None else replace(votes, kept=min(votes.kept, votes.seen // 2)), None


def _verdict(votes: KindVotes) -> bool | None:
    """Whether blocks of a kind are text; None where that differs."""
    if votes.kept >= TEXT * votes.seen:
        return True
    return False if votes.kept <= NO_TEXT * votes.seen else None


def _subheads(doubts: Sequence[_Doubt], blocks: Sequence[Block], sure: AbstractSet[int]) -> set[int]:
    """Headings of no known kind that stand directly among text."""
    columns = {blocks[index].box.parent for index in sure}
    return {
        doubt.index
        for doubt in doubts
        if doubt.votes is None
        and blocks[doubt.index].box.tag in _SUBHEADS
        and blocks[doubt.index].box.parent in columns
    }


def _settled(doubts: Sequence[_Doubt], blocks: Sequence[Block], held: int, settle: Settle) -> set[int]:
    """Those blocks in doubt that are text: by their kind's votes and what is seen of them."""
    doubtful = sum(len(blocks[doubt.index].text) for doubt in doubts)
    asked = doubtful > LITTLE * held
    scores = settle([doubt.index for doubt in doubts]) if asked else [0] * len(doubts)
    return {
        doubt.index for doubt, score in zip(doubts, scores, strict=True) if score + _leaning(doubt.votes) > 0
    }


def _leaning(votes: KindVotes | None) -> int:
    """What a kind's votes add to a block's score: log odds, drawn towards even for kinds seldom seen."""
    if votes is None:
        return 0
    share = votes.kept / max(1, votes.seen)
    weight = PAGE_WEIGHT * votes.pages
    return round(UNIT * log((weight * share + 1) / (weight * (1 - share) + 1)))


def _in_band(cluster: Cluster, blocks: Sequence[Block], chosen: AbstractSet[int], held: int) -> bool:
    text = sum(len(blocks[index].text) for index in chosen)
    if text < max(MIN_TEXT, SHORT * cluster.characters.low):
        return False
    whole = sum(len(block.text) for block in blocks)
    left_out = 1000 * max(0, held - text) // max(1, held)
    share = 1000 * held // max(1, whole)
    return left_out <= cluster.furniture.high + MORE_FURNITURE and share >= cluster.share.low - MORE_SHARE
