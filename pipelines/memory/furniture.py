"""Texts that recur on many addresses of a site: newsletter boxes, teasers, copyright lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from archive.digest import sha256_hex

MIN_PAGES = 3  # that a text stands on; two stories of one day may well share a paragraph
SHARE = 0.2  # of the pages, that a text outside the tellers' choice stands on
LONG_SHARE = 0.5  # the same for a text that the tellers take for the article's: background is told again
MAX_TEXTS = 2000
MAX_SAMPLES = 20
MAX_SAMPLE = 120  # characters


class Shown(NamedTuple):
    """One block of a page.

    Attributes:
        folded: its text, folded.
        text: as it stands.
        kept: the tellers take it for the article's.
        among: it stands in the box that holds the article's text.
    """

    folded: str
    text: str
    kept: bool
    among: bool


def text_digest(folded: str) -> str:
    """What a memory keeps of a text: 64 bits of its SHA-256 in hex."""
    return sha256_hex(folded.encode("utf-8", "surrogatepass"))[:16]


@dataclass(frozen=True, slots=True)
class Recurring:
    """Texts of a site that recur.

    Attributes:
        anywhere: digests of all, sorted.
        among_text: digests of those that recur where articles' texts stand, sorted. The others are teasers,
            too: on the page that they invite to, the same words are the article's own.
        samples: the most frequent of all, with how many pages show each.
    """

    anywhere: tuple[str, ...]
    among_text: tuple[str, ...]
    samples: tuple[tuple[str, int], ...]


def recurring(pages: Sequence[Sequence[Shown]]) -> Recurring:
    """What recurs on pages of different addresses.

    A text counts once a page, however often that page repeats it. One that most pages with it keep as
    the article's must stand on half of all pages.
    """
    on: Counter[str] = Counter()
    among: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for page in pages:
        shown = [block for block in page if block.folded]
        on.update({block.folded for block in shown})
        among.update({block.folded for block in shown if block.among})
        kept.update({block.folded for block in shown if block.kept})

    def least(folded: str) -> int:
        share = LONG_SHARE if 2 * kept[folded] > on[folded] else SHARE
        return max(MIN_PAGES, ceil(share * len(pages)))

    found = sorted((-count, folded) for folded, count in on.items() if count >= least(folded))[:MAX_TEXTS]
    texts = [folded for _, folded in found]
    spelled = _spelled(pages, frozenset(texts[:MAX_SAMPLES]))
    return Recurring(
        tuple(sorted(map(text_digest, texts))),
        tuple(sorted(text_digest(folded) for folded in texts if among[folded] >= least(folded))),
        tuple((spelled[folded][:MAX_SAMPLE], -count) for count, folded in found[:MAX_SAMPLES]),
    )


def _spelled(pages: Sequence[Sequence[Shown]], wanted: frozenset[str]) -> dict[str, str]:
    """Of some folded texts, the first in order of what they stand as."""
    spelled: dict[str, str] = {}
    for block in (block for page in pages for block in page if block.folded in wanted):
        spelled[block.folded] = min(block.text, spelled.get(block.folded, block.text))
    return spelled
