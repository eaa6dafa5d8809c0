"""The models: small, whole numbers, the same score for the same row, alone or among others."""

from __future__ import annotations

import json
import random
from importlib.resources import files

import pytest

from pipelines.text.features import NAMED
from pipelines.text.model import MAX_LEAVES, read_models, shipped_models

SHIPPED = files("pipelines.text").joinpath("model.json")
# One tree: x0 <= 1 → 10; else x1 <= 5 → -20, else 30. Five splits of padding.
TREE = {
    "names": ["x0", "x1"],
    "features": [0, 1, 0, 0, 0, 0, 0],
    "thresholds": [1.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "masks": [255 - 1, 255 - 2, 255, 255, 255, 255, 255],
    "leaves": [10, -20, 30, 0, 0, 0, 0, 0],
}


@pytest.mark.parametrize(
    ("row", "score"),
    [((0, 0), 10), ((1, 9), 10), ((1.5, 5), -20), ((2, 5.1), 30)],
)
def test_a_tree_by_hand(row: tuple[float, float], score: int) -> None:
    model = read_models(json.dumps({"alone": TREE, "advised": TREE})).alone
    assert model.scores([row]) == [score]
    assert model.scores([(0, 0), row, (9, 9)]) == [10, score, 30]


def test_trees_add_up() -> None:
    two = {key: value if key == "names" else value * 2 for key, value in TREE.items()}
    assert read_models(json.dumps({"alone": two, "advised": two})).advised.scores([(2, 6)]) == [60]


def test_what_is_shipped_fits_the_features_and_is_small() -> None:
    assert len(SHIPPED.read_bytes()) < 100_000
    for model in (shipped_models().alone, shipped_models().advised):
        assert model.names == NAMED
        assert len(model.features) == len(model.thresholds) == model.questions.max() + 1
        assert len(model.questions) == len(model.masks) == len(model.leaves) * (MAX_LEAVES - 1)
        assert model.features.max() < len(NAMED)


def test_the_model_that_judges_alone_never_looks_at_what_was_taken() -> None:
    used = {NAMED[index] for index in shipped_models().alone.features.tolist()} - {NAMED[0]}
    assert not [name for name in used if "taken" in name]


def test_a_row_scores_the_same_alone_and_among_two_thousand() -> None:
    chance = random.Random(7)
    rows = [[chance.uniform(-5, 60) for _ in NAMED] for _ in range(2000)]
    model = shipped_models().advised
    together = model.scores(rows)
    assert together == [model.scores([row])[0] for row in rows]
