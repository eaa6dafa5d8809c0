"""Which blocks of a page are its article's text: by what is seen of them; in doubt, trafilatura is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp

from pipelines.metadata import Metadata, description
from pipelines.paragraphs import fold
from pipelines.text.blocks import Block
from pipelines.text.features import TEXTY, Known, features
from pipelines.text.model import UNIT, Model, Models

AROUND = 12  # blocks before the first and after the last that trafilatura took are looked at too
LINKED = 0.8  # of a block's characters: a block of links that trafilatura left out is never text
MAX_JUDGED = 4000  # blocks
MAX_DOUBT = 0.08  # words in doubt for each chosen word; more, and trafilatura is asked
MIN_CHOSEN = 300  # characters; of less, trafilatura may find more
MIN_SHARE = 0.25  # of trafilatura's text; where less is chosen, the page is unlike what the model knows

# How likely a score is wrong, in thousandths, by tenths of its log odds: a table is the same everywhere.
_STEP = UNIT // 10
_DOUBT = tuple(round(1000 / (1 + exp(step / 10))) for step in range(80))


@dataclass(frozen=True, slots=True)
class Judged:
    """Blocks with their scores: above 0, the article's.

    Attributes:
        indices: of the blocks that were judged.
        scores: theirs.
        words: how many each has.
    """

    indices: Sequence[int]
    scores: Sequence[int]
    words: Sequence[int]

    @property
    def doubt(self) -> float:
        """The words that are likely judged wrongly, for each word that is chosen."""
        chosen = sum(words for words, score in zip(self.words, self.scores, strict=True) if score > 0)
        wrong = sum(
            words * _DOUBT[min(abs(score) // _STEP, len(_DOUBT) - 1)]
            for words, score in zip(self.words, self.scores, strict=True)
        )
        return wrong / (1000 * max(1, chosen))


def choose(
    blocks: Sequence[Block],
    title: str | None,
    metadata: Metadata,
    models: Models,
    ask: Callable[[], Sequence[str]],
) -> list[str]:
    """The article's paragraphs, in the page's order and as they stand in the page.

    Args:
        blocks: of the whole page.
        title: the article's headline.
        metadata: the page's.
        models: tell the article's blocks: alone, and knowing what trafilatura took.
        ask: gives the paragraphs that trafilatura takes. They are returned themselves where the model would
            keep nearly nothing of them: no article that trafilatura finds is lost.
    """
    known = unadvised(blocks, title, metadata)
    judged = judge(blocks, alone(blocks), known, models.alone)
    chosen = _chosen(blocks, judged)
    if judged.doubt <= MAX_DOUBT and sum(map(len, chosen)) >= MIN_CHOSEN:
        return chosen
    taken = list(ask())
    known = advised(known, taken)
    chosen = _chosen(blocks, judge(blocks, window(blocks, known.taken), known, models.advised))
    enough = MIN_SHARE * sum(map(len, taken))
    return chosen if chosen and sum(map(len, chosen)) >= enough else taken


def unadvised(blocks: Sequence[Block], title: str | None, metadata: Metadata) -> Known:
    """What is known of a page without trafilatura."""
    folded = [fold(block.text) for block in blocks]
    return Known(fold(title or ""), fold(description(metadata) or ""), folded, [False] * len(blocks))


def advised(known: Known, taken: Sequence[str]) -> Known:
    """The same, knowing the paragraphs that trafilatura took: a block is taken if its words stand in them."""
    whole = f" {' '.join(fold(paragraph) for paragraph in taken)} "
    return replace(known, taken=[bool(words) and f" {words} " in whole for words in known.folded])


def alone(blocks: Sequence[Block]) -> list[int]:
    """The blocks that are judged without trafilatura: all that are not mostly links."""
    return [i for i, block in enumerate(blocks) if _is_text(block)][:MAX_JUDGED]


def window(blocks: Sequence[Block], taken: Sequence[bool]) -> list[int]:
    """The blocks that are judged with it: from a little before the first it took to after the last."""
    found = [index for index, is_taken in enumerate(taken) if is_taken]
    first, last = (found[0], found[-1]) if found else (0, len(taken))
    near = range(max(0, first - AROUND), min(len(taken), last + AROUND + 1))
    return [i for i in near if taken[i] or _is_text(blocks[i])][:MAX_JUDGED]


def judge(blocks: Sequence[Block], wanted: Sequence[int], known: Known, model: Model) -> Judged:
    """The scores of the wanted blocks."""
    scores = model.scores(features(blocks, wanted, known, model.unread)) if wanted else []
    return Judged(wanted, scores, [known.folded[index].count(" ") + 1 for index in wanted])


def _is_text(block: Block) -> bool:
    return block.linked <= LINKED * len(block.text)


def _chosen(blocks: Sequence[Block], judged: Judged) -> list[str]:
    found = zip(judged.indices, judged.scores, strict=True)
    return once(blocks[index].text for index, score in found if score > 0)


def once(texts: Iterable[str]) -> list[str]:
    """Long blocks that a page repeats (for narrow screens, for printing) stand once."""
    seen: set[str] = set()
    kept: list[str] = []
    for text in texts:
        if len(text) < TEXTY or text not in seen:
            kept.append(text)
            seen.add(text)
    return kept
