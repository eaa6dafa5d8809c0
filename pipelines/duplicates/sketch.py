"""A small sample of a text's shingles, by which texts that share some are found in an index.

Every text samples by the same rule, the smallest hashes first, so two texts that share shingles share their
share of the sample (MinHash in its form with one hash function: Broder 1997, "bottom k"; with k growing with
the text as in FracMinHash, Irber et al. 2022). Unlike bands of MinHash values, which measure the resemblance
of whole texts, this still finds a short cut of a long story.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.duplicates.shingles import Shingles

METHOD = "words5/bottom8-16-128/1"  # names what is in the index: another method makes it anew

RATE = 8  # one shingle in so many
FEWEST, MOST = 16, 128
_PROMISING = 0.1  # of the keys that a whole copy would share


@dataclass(frozen=True, slots=True)
class Size:
    """How many shingles a text has, and how many keys of it are in the index."""

    shingles: int
    keys: int


def sketch(text: Shingles) -> Shingles:
    """The keys of a text."""
    return text[: min(max(text.size // RATE, FEWEST), MOST)]


def is_promising(shared: int, one: Size, other: Size) -> bool:
    """Whether two texts that share so many keys are worth a comparison (pure).

    Below it, the smaller of the two has almost certainly less than half of its text from the other.
    """
    if not (one.shingles and other.shingles):
        return False
    rate = min(one.keys / one.shingles, other.keys / other.shingles)
    return shared >= max(1.0, _PROMISING * rate * min(one.shingles, other.shingles))
