"""A small sample of a text's shingles, by which texts that share some are found in an index.

Every text samples by the same rule, the smallest hashes first, so two texts that share shingles share their
share of the sample (MinHash in its form with one hash function: Broder 1997, "bottom k"; with k growing with
the text as in FracMinHash, Irber et al. 2022). Unlike bands of MinHash values, which measure the resemblance
of whole texts, this still finds a short cut of a long story.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archive.catalog.postings import Sizes
from pipelines.duplicates.shingles import Shingles

METHOD = "words5/bottom16-16-96/2"  # names what is in the index: another method makes it anew

RATE = 16  # one shingle in so many
FEWEST, MOST = 16, 96
_PROMISING = 0.1  # of the keys that a whole copy would share


def sketch(text: Shingles) -> Shingles:
    """The keys of a text."""
    return text[: min(max(text.size // RATE, FEWEST), MOST)]


def is_promising(shared: NDArray[np.int64], one: Sizes, other: Sizes) -> NDArray[np.bool_]:
    """Whether two texts that share so many keys are worth a comparison (pure; for many at once).

    Below it, the smaller of the two has almost certainly less than half of its text from the other.
    """
    rate = np.minimum(one.keys / np.maximum(one.shingles, 1), other.keys / np.maximum(other.shingles, 1))
    shorter = np.minimum(one.shingles, other.shingles)
    return (shorter > 0) & (shared >= np.maximum(1.0, _PROMISING * rate * shorter))


def any_at_all(shared: NDArray[np.int64], _one: Sizes, _other: Sizes) -> NDArray[np.bool_]:
    """Every text that shares a key is worth a comparison."""
    return shared > 0
