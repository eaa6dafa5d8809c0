"""Trains the model that chooses an article's blocks, and measures it on sites it has not seen.

    python bench/train_blocks.py [--write]

Needs the open corpus (`DATELINE_CORPUS`) and LightGBM (`pip install lightgbm`). Printed: text F1 in
cross-validation by site, three times five folds, through the whole of `pipelines.extract.extract`: a page is
only ever read with a model that saw no page of its site. `--write` then trains on all pages and writes
`pipelines/text/model.json`: thresholds and leaf values, no text of any page.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import lightgbm  # noqa: E402
import numpy as np  # noqa: E402
import tldextract  # noqa: E402
from corpus import SPLITS, corpus_folder  # noqa: E402
from extract_scores import Gold, Scores, read_gold, shingles, words  # noqa: E402

import pipelines.extract as extractor  # noqa: E402
from pipelines.text.features import NAMED, features  # noqa: E402
from pipelines.text.model import MAX_LEAVES, Model, read_model  # noqa: E402

ROUNDS = 150
FOLDS = 5
REPEATS = 3
SCALE = 1000  # leaf values are kept in thousandths
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": MAX_LEAVES,
    "learning_rate": 0.08,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
LONG = 150  # words; a longer block counts no more in training
SHORT = 4  # words; fewer can't be found in the gold by shingles


@dataclass(frozen=True)
class Material:
    """A page as training material: its judged blocks as features, whether each is gold, and their weights."""

    gold: Gold
    site: str
    rows: np.ndarray
    right: np.ndarray
    weights: np.ndarray


def labels(texts: Sequence[str], gold: str) -> list[bool]:
    """Of each block, whether the gold has it: by 4-word shingles, short ones as lines beside gold blocks.

    Of blocks that the page repeats more often than the gold, those among most gold text are right.
    """
    wanted = shingles(gold)
    lines = {" ".join(words(line)) for line in gold.split("\n")}
    whole = f" {' '.join(words(gold))} "
    shares = [_share(text, wanted, lines, whole) for text in texts]

    def around(index: int) -> float:
        near = range(max(0, index - 5), min(len(texts), index + 6))
        return sum(shares[i] * len(texts[i]) for i in near if i != index)

    same: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        if shares[index] > 0.5:
            same[text].append(index)
    for text, indices in same.items():
        surplus = len(indices) - max(1, gold.count(text[:60]))
        for index in sorted(indices, key=lambda i: (around(i), -i))[: max(0, surplus)]:
            shares[index] = 0.0
    right = [share > 0.5 for share in shares]
    return [
        is_right and (len(words(texts[i])) >= SHORT or _beside_gold(i, right, texts))
        for i, is_right in enumerate(right)
    ]


def _share(text: str, wanted: Any, lines: set[str], whole: str) -> float:
    said = words(text)
    if len(said) >= SHORT:
        own = shingles(text)
        return sum((own & wanted).values()) / own.total()
    joined = " ".join(said)
    if joined in lines:
        return 1.0 if joined else 0.0
    return 0.6 if len(said) > 1 and f" {joined} " in whole else 0.0


def _beside_gold(index: int, right: Sequence[bool], texts: Sequence[str]) -> bool:
    near = range(max(0, index - 4), min(len(texts), index + 5))
    return any(right[i] and len(texts[i]) > 60 for i in near)


def material(gold: Gold) -> Material | None:
    """The blocks that would be judged on a page; None where trafilatura takes nothing."""
    seen: list[tuple[list[list[float]], list[str], list[str]]] = []

    def watch(blocks: Sequence[Any], wanted: Sequence[int], known: Any) -> list[list[float]]:
        rows = features(blocks, wanted, known)
        seen.append((rows, [blocks[i].text for i in wanted], [block.text for block in blocks]))
        return rows

    with mock.patch("pipelines.text.choose.features", watch):
        gold.extract()
    if not seen:
        return None
    rows, texts, _ = seen[-1]
    right = labels(texts, gold.text)
    if not any(right):
        return None
    said = np.array([max(1, len(words(text))) for text in texts], dtype=float)
    share = np.minimum(said, LONG) ** 0.7 / max(60, len(words(gold.text))) ** 0.7
    site = tldextract.TLDExtract(suffix_list_urls=())(gold.url).domain
    return Material(gold, site, np.array(rows), np.array(right, dtype=int), share * 20 + 0.05)


def train(pages: Sequence[Material], seed: int) -> Model:
    """A model of the pages' blocks."""
    data = lightgbm.Dataset(
        np.vstack([page.rows for page in pages]),
        np.concatenate([page.right for page in pages]),
        weight=np.concatenate([page.weights for page in pages]),
    )
    booster = lightgbm.train(PARAMETERS | {"seed": seed}, data, ROUNDS)
    return read_model(
        json.dumps(stored([tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]))
    )


def stored(trees: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """LightGBM's trees in the form of `pipelines.text.model.Model`; leaf bits go from left to right."""
    whole: dict[str, list[Any]] = {
        "names": list(NAMED),
        "features": [],
        "thresholds": [],
        "masks": [],
        "leaves": [],
    }
    for tree in trees:
        splits, leaves = flat(tree)
        splits += [(0, 0.0, 255)] * (MAX_LEAVES - 1 - len(splits))
        for feature, threshold, mask in splits:
            whole["features"].append(feature)
            whole["thresholds"].append(threshold)
            whole["masks"].append(mask)
        whole["leaves"] += leaves + [0] * (MAX_LEAVES - len(leaves))
    return whole


def flat(tree: Mapping[str, Any]) -> tuple[list[tuple[int, float, int]], list[int]]:
    """([(feature, threshold, mask)], leaf values) of one tree: a value above loses the leaves on the left."""
    splits: list[tuple[int, float, int]] = []
    leaves: list[int] = []

    def visit(node: Mapping[str, Any]) -> None:
        if "leaf_value" in node:
            leaves.append(round(node["leaf_value"] * SCALE))
            return
        first = len(leaves)
        visit(node["left_child"])
        lost = sum(1 << leaf for leaf in range(first, len(leaves)))
        splits.append((node["split_feature"], float(f"{node['threshold']:.6g}"), 255 - lost))
        visit(node["right_child"])

    visit(tree)
    return splits, leaves


def held_out(pages: Sequence[Material], seed: int) -> Iterator[tuple[Model, list[Material]]]:
    """(model, the pages of sites it has not seen) for each fold."""
    sites = sorted({page.site for page in pages})
    random.Random(seed).shuffle(sites)
    for fold in range(FOLDS):
        apart = set(sites[fold::FOLDS])
        yield (
            train([page for page in pages if page.site not in apart], seed),
            [page for page in pages if page.site in apart],
        )


def validate(pages: Sequence[Material], others: Sequence[Gold]) -> None:
    """Print text F1 in cross-validation, a line a repeat and the mean."""
    results: dict[str, list[float]] = defaultdict(list)
    for seed in range(REPEATS):
        scores = Scores()
        for model, apart in held_out(pages, seed):
            with mock.patch.object(extractor, "shipped_model", lambda model=model: model):
                for page in apart:
                    scores.add(page.gold, page.gold.extract())
        for gold in others:  # judged without a model
            scores.add(gold, gold.extract())
        for dataset, f1 in scores.text().items():
            results[dataset].append(f1)
        print({dataset: round(f1[-1], 4) for dataset, f1 in results.items()}, flush=True)
    print("mean", {dataset: round(mean(f1), 4) for dataset, f1 in results.items()})


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="train on all pages and write the model")
    parser.add_argument("--no-validation", action="store_true")
    options = parser.parse_args()
    try:
        folder = corpus_folder()
    except FileNotFoundError as absent:
        print(f"skipped: {absent}")
        return 0
    golds = [gold for split in SPLITS for gold in read_gold(folder, split)]
    if not (ROOT / "pipelines/text/model.json").exists():
        empty = {"names": NAMED, "features": [], "thresholds": [], "masks": [], "leaves": []}
        (ROOT / "pipelines/text/model.json").write_text(json.dumps(empty))
    found = [(gold, material(gold)) for gold in golds]
    pages = [page for _, page in found if page is not None]
    others = [gold for gold, page in found if page is None]
    print(
        f"{len(pages)} pages of {len({page.site for page in pages})} sites, "
        f"{sum(len(page.right) for page in pages)} blocks, "
        f"{sum(page.right.sum() for page in pages)} of articles"
    )
    if options.write:
        (ROOT / "pipelines/text/model.json").write_text(as_json(train(pages, 0)))
    if not options.no_validation:
        validate(pages, others)
    return 0


def as_json(model: Model) -> str:
    """A model as it is shipped, one list a line."""
    lists = {
        "names": list(model.names),
        "features": model.features.tolist(),
        "thresholds": model.thresholds.tolist(),
        "masks": model.masks.tolist(),
        "leaves": model.leaves.ravel().tolist(),
    }
    return (
        "{\n"
        + ",\n".join(f'"{k}": {json.dumps(v, separators=(",", ":"))}' for k, v in lists.items())
        + "\n}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
