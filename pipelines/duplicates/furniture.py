"""What a source writes under or around many of its stories: not counted when stories are compared (pure).

A note on rights, an invitation to subscribe, the sentences of a weather or market report in which only the
numbers change: what stands in several different articles of one source says nothing about any of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.duplicates.shingles import Shingles

SAMPLE = 64  # articles of a source that are looked at, the nearest in time
SEVERAL = 4  # of them


def furniture(articles: Sequence[Shingles]) -> Shingles:
    """The shingles that several of these texts have, each of another article."""
    if len(articles) < SEVERAL:
        return np.empty(0, np.uint64)
    found, counts = np.unique(np.concatenate(articles), return_counts=True)
    return found[counts >= SEVERAL]
