"""Which blocks of a page are its article's text: trafilatura's answer, corrected block by block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.metadata import Metadata, description
from pipelines.paragraphs import fold
from pipelines.text.blocks import Block
from pipelines.text.features import TEXTY, Known, features
from pipelines.text.model import Model

AROUND = 12  # blocks before the first and after the last that trafilatura took are looked at too
LINKED = 0.8  # of a block's characters: a block of links that trafilatura left out is never text
MAX_JUDGED = 4000  # blocks
MIN_SHARE = 0.25  # of trafilatura's text; where less is chosen, the page is unlike what the model knows


def choose(
    blocks: Sequence[Block], taken: Sequence[str], title: str | None, metadata: Metadata, model: Model
) -> list[str]:
    """The article's paragraphs, in the page's order and as they stand in the page.

    Args:
        blocks: of the whole page.
        taken: the paragraphs that trafilatura took. They are returned themselves where the model would keep
            nearly nothing of them: no article that trafilatura finds is lost.
        title: the article's headline.
        metadata: the page's.
        model: tells the article's blocks.
    """
    folded = [fold(block.text) for block in blocks]
    known = Known(fold(title or ""), fold(description(metadata) or ""), folded, _which(folded, taken))
    wanted = [
        i for i in _window(known.taken) if known.taken[i] or blocks[i].linked <= LINKED * len(blocks[i].text)
    ]
    if not wanted:
        return list(taken)
    scores = model.scores(features(blocks, wanted, known))
    chosen = _once(blocks[index].text for index, score in zip(wanted, scores, strict=True) if score > 0)
    enough = MIN_SHARE * sum(map(len, taken))
    return chosen if sum(map(len, chosen)) >= enough else list(taken)


def _which(folded: Sequence[str], taken: Sequence[str]) -> list[bool]:
    """Of each block, whether its words stand in the taken text."""
    whole = f" {' '.join(fold(paragraph) for paragraph in taken)} "
    return [bool(words) and f" {words} " in whole for words in folded]


def _window(taken: Sequence[bool]) -> range:
    """The blocks that are judged: from a little before the first taken one to a little after the last."""
    found = [index for index, is_taken in enumerate(taken) if is_taken]
    first, last = (found[0], found[-1]) if found else (0, len(taken))
    start = max(0, first - AROUND)
    return range(start, min(len(taken), last + AROUND + 1, start + MAX_JUDGED))


def _once(texts: Iterable[str]) -> list[str]:
    """Long blocks that a page repeats (for narrow screens, for printing) stand once."""
    seen: set[str] = set()
    kept: list[str] = []
    for text in texts:
        if len(text) < TEXTY or text not in seen:
            kept.append(text)
            seen.add(text)
    return kept
