"""Decides whether two texts are copies, by what they really share (pure).

The curve behind the numbers stands in docs/decisions/0094; `make bench-duplicates` measures it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipelines.duplicates.shingles import Shingles, shared, without

NEAR = 0.3  # of all shingles of both (Jaccard): a copy with another lead, other cuts, a house style
PART = 0.4  # of the shorter text's shingles: it is a cut of the longer one, or quotes it at length …
OF_WHOLE = 0.2  # … unless that is a small part of the longer one, as of a round-up of many stories
FEWEST = 12  # shingles in common: below, a quotation or a formula is enough for any share


class Kind(StrEnum):
    """How alike two texts are."""

    EXACT = "exact"  # the same words in the same order
    NEAR = "near"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share.

    Attributes:
        jaccard: shingles of both over shingles of either, 0 to 1.
        containment: shingles of both over those of the shorter text.
        of_longer: the same over those of the longer one.
        shared: shingles of both.
    """

    jaccard: float
    containment: float
    of_longer: float
    shared: int


def compare(a: Shingles, b: Shingles) -> Likeness:
    """What two texts share."""
    both = shared(a, b)
    either = a.size + b.size - both
    shorter, longer = sorted((a.size, b.size))
    return Likeness(
        both / either if either else 0.0,
        both / shorter if shorter else 0.0,
        both / longer if longer else 0.0,
        both,
    )


def kind_of(likeness: Likeness) -> Kind | None:
    """How alike two texts are; None: not copies."""
    if likeness.shared < FEWEST:
        return None
    if likeness.jaccard == 1:
        return Kind.EXACT
    if likeness.jaccard >= NEAR:
        return Kind.NEAR
    if likeness.containment >= PART and likeness.of_longer >= OF_WHOLE:
        return Kind.PART
    return None


def judge(a: Shingles, b: Shingles, *furniture: Shingles) -> tuple[Kind | None, Likeness]:
    """How alike two texts are, and what they share, without what their sources write around their stories.

    Texts with the same words are the same text, whatever else repeats them.
    """
    whole = compare(a, b)
    if kind_of(whole) in {None, Kind.EXACT} or not any(each.size for each in furniture):
        return kind_of(whole), whole
    for each in furniture:
        a, b = without(a, each), without(b, each)
    # Two pages that differ in their stories alone have the rest in common, and two copies their story.
    own = compare(a, b)
    return kind_of(own), own
