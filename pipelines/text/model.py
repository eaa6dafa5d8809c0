"""The models that tell an article's blocks from the others: small boosted trees, read from `model.json`.

Trained by `bench/train_blocks.py` (LightGBM, G. Ke et al., NIPS 2017), on pages that are not in this project.
All trees are evaluated at once with bit masks of the leaves that can still be reached, as QuickScorer does
(C. Lucchese et al., SIGIR 2015). Leaf values are integers, so that a score is the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

UNIT = 1000  # a score of as much is one in log odds
MAX_LEAVES = 8  # of a tree: one bit of a byte each
_ROWS = 512  # scored at a time, which bounds the memory for pages of any size

_ALL_LEAVES = np.uint8(255)
_LOWEST_BIT = np.array([next((bit for bit in range(8) if byte >> bit & 1), 0) for byte in range(256)])


@dataclass(frozen=True, slots=True)
class Model:
    """Boosted trees with at most eight leaves each, all padded to seven splits.

    Attributes:
        names: the features, in the order of the rows that are scored.
        features, thresholds: of each question that a split asks; many splits ask the same.
        questions: the number of each split's; trees one after the other.
        masks: the leaves that stay reachable where a value is above the threshold, one byte a split.
        leaves: (trees, 8) the value of each leaf.
        unread: the names of features that no split looks at.
    """

    names: tuple[str, ...]
    features: npt.NDArray[np.intp]
    thresholds: npt.NDArray[np.float64]
    questions: npt.NDArray[np.intp]
    masks: npt.NDArray[np.uint8]
    leaves: npt.NDArray[np.int64]
    unread: frozenset[str]

    def scores(self, rows: Sequence[Sequence[float]]) -> list[int]:
        """For each row of features: above 0 if the block is rather the article's than not."""
        found: list[int] = []
        first = np.arange(0, self.leaves.size, MAX_LEAVES)[:, None]  # leaf of each tree, one after the other
        for start in range(0, len(rows), _ROWS):
            # A row a feature: what is looked up and added up lies side by side in memory then.
            values = np.asarray(rows[start : start + _ROWS], dtype=np.float64).T
            answers = values.take(self.features, axis=0) <= self.thresholds[:, None]
            below = answers.take(self.questions, axis=0)
            masks = below.view(np.uint8) * _ALL_LEAVES | self.masks[:, None]
            by_tree = masks.reshape(len(self.leaves), MAX_LEAVES - 1, -1)
            leaf = _LOWEST_BIT.take(np.bitwise_and.reduce(by_tree, axis=1))
            found.extend(self.leaves.ravel().take(leaf + first).sum(axis=0).tolist())
        return found


@dataclass(frozen=True, slots=True)
class Models:
    """The two that are shipped.

    Attributes:
        alone: judges by what is seen of a block.
        advised: judges knowing what trafilatura took.
    """

    alone: Model
    advised: Model


def read_models(text: str) -> Models:
    """The models out of their JSON."""
    stored = json.loads(text)
    return Models(_model(stored["alone"]), _model(stored["advised"]))


def _model(stored: dict[str, Any]) -> Model:
    names = tuple(stored["names"])
    splits = list(zip(stored["features"], stored["thresholds"], strict=True))
    numbers = {question: number for number, question in enumerate(dict.fromkeys(splits))}
    return Model(
        names,
        np.array([feature for feature, _ in numbers], dtype=np.intp),
        np.array([threshold for _, threshold in numbers], dtype=np.float64),
        np.array([numbers[split] for split in splits], dtype=np.intp),
        np.array(stored["masks"], dtype=np.uint8),
        np.array(stored["leaves"], dtype=np.int64).reshape(-1, MAX_LEAVES),
        frozenset(names).difference(names[feature] for feature, _ in numbers),
    )


@cache
def shipped_models() -> Models:
    """The models that belong to this version of the extractor."""
    return read_models(files("pipelines.text").joinpath("model.json").read_text(encoding="utf-8"))
