"""Trains the models that choose an article's blocks, and measures it on sites it has not seen.

    python -m bench.train_blocks [--write]

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

import lightgbm
import numpy as np
import tldextract

import pipelines.extract as extractor
from bench.corpus import SPLITS, corpus_or_none
from bench.extract_scores import Gold, Scores, read_gold, shingles, words
from pipelines.text.blocks import Block
from pipelines.text.choose import advised, alone, unadvised, window
from pipelines.text.features import NAMED, Known, features
from pipelines.text.model import MAX_LEAVES, UNIT, Models, read_models

ROOT = Path(__file__).resolve().parents[1]

ROUNDS = 250
FOLDS = 5
REPEATS = 3
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": MAX_LEAVES,
    "learning_rate": 0.05,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "lambda_l2": 20,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
LONG = 150  # words; a longer block counts no more in training
SHORT = 4  # words; fewer can't be found in the gold by shingles


@dataclass(frozen=True)
class Rows:
    """The blocks that a model would judge on a page: as features, whether each is gold, and their weights."""

    features: np.ndarray
    right: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Material:
    """A page as training material for both models."""

    gold: Gold
    site: str
    alone: Rows
    advised: Rows


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
    """What the models would see of a page; None where it has no block of the article."""
    seen: list[tuple[Sequence[Block], Known, Sequence[str]]] = []

    def watch(blocks: Sequence[Block], title: Any, metadata: Any, _models: Any, ask: Any) -> list[str]:
        taken = list(ask())
        seen.append((blocks, unadvised(blocks, title, metadata), taken))
        return taken

    with mock.patch.object(extractor, "choose", watch), mock.patch.object(extractor, "shipped_models"):
        gold.extract()
    if not seen:
        return None
    blocks, known, taken = seen[-1]
    right = np.array(labels([block.text for block in blocks], gold.text), dtype=int)
    if not right.any():
        return None
    advice = advised(known, taken)
    site = tldextract.TLDExtract(suffix_list_urls=())(gold.url).domain
    return Material(
        gold,
        site,
        _rows(blocks, alone(blocks), known, right, gold.text),
        _rows(blocks, window(blocks, advice.taken), advice, right, gold.text),
    )


def _rows(blocks: Sequence[Block], wanted: Sequence[int], known: Known, right: np.ndarray, gold: str) -> Rows:
    said = np.array([max(1, len(words(blocks[i].text))) for i in wanted], dtype=float)
    share = np.minimum(said, LONG) ** 0.7 / max(60, len(words(gold))) ** 0.7
    return Rows(np.array(features(blocks, wanted, known)), right[list(wanted)], share * 20 + 0.05)


def train(pages: Sequence[Material], seed: int) -> dict[str, Any]:
    """Both models, as they are stored."""
    unseen = [index for index, name in enumerate(NAMED) if "taken" in name]
    return {
        "alone": boosted([page.alone for page in pages], seed, unseen),
        "advised": boosted([page.advised for page in pages], seed, ()),
    }


def boosted(pages: Sequence[Rows], seed: int, unseen: Sequence[int]) -> dict[str, Any]:
    """One model; features that it must not see are constant."""
    rows = np.vstack([page.features for page in pages])
    rows[:, list(unseen)] = 0
    data = lightgbm.Dataset(
        rows,
        np.concatenate([page.right for page in pages]),
        weight=np.concatenate([page.weights for page in pages]),
    )
    booster = lightgbm.train(PARAMETERS | {"seed": seed}, data, ROUNDS)
    return stored([tree["tree_structure"] for tree in booster.dump_model()["tree_info"]])


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
            leaves.append(round(node["leaf_value"] * UNIT))
            return
        first = len(leaves)
        visit(node["left_child"])
        lost = sum(1 << leaf for leaf in range(first, len(leaves)))
        splits.append((node["split_feature"], float(f"{node['threshold']:.6g}"), 255 - lost))
        visit(node["right_child"])

    visit(tree)
    return splits, leaves


def held_out(pages: Sequence[Material], seed: int) -> Iterator[tuple[Models, list[Material]]]:
    """(models, the pages of sites they have not seen) for each fold."""
    sites = sorted({page.site for page in pages})
    random.Random(seed).shuffle(sites)
    for fold in range(FOLDS):
        apart = set(sites[fold::FOLDS])
        known = [page for page in pages if page.site not in apart]
        yield (
            read_models(json.dumps(train(known, seed))),
            [page for page in pages if page.site in apart],
        )


def validate(pages: Sequence[Material], others: Sequence[Gold]) -> None:
    """Print text F1 in cross-validation, each repeat and the mean; and how often trafilatura was asked."""
    results: dict[str, list[float]] = defaultdict(list)
    asked = 0
    taken = extractor.taken_by_trafilatura

    def counted(page: Any) -> list[str]:
        nonlocal asked
        asked += 1
        return taken(page)

    for seed in range(REPEATS):
        scores = Scores()
        for models, apart in held_out(pages, seed):
            with (
                mock.patch.object(extractor, "shipped_models", lambda models=models: models),
                mock.patch.object(extractor, "taken_by_trafilatura", counted),
            ):
                for page in apart:
                    scores.add(page.gold, page.gold.extract())
        for gold in others:  # pages without a block of the article: no model matters
            scores.add(gold, gold.extract())
        for dataset, f1 in scores.text().items():
            results[dataset].append(f1)
        print({dataset: round(f1[-1], 4) for dataset, f1 in results.items()}, flush=True)
    print("mean", {dataset: round(mean(f1), 4) for dataset, f1 in results.items()})
    print(f"trafilatura was asked on {asked / (REPEATS * len(pages)):.0%} of the pages")


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="train on all pages and write the model")
    parser.add_argument("--no-validation", action="store_true")
    options = parser.parse_args()
    if (folder := corpus_or_none()) is None:
        return 0
    golds = [gold for split in SPLITS for gold in read_gold(folder, split)]
    found = [(gold, material(gold)) for gold in golds]
    pages = [page for _, page in found if page is not None]
    others = [gold for gold, page in found if page is None]
    print(
        f"{len(pages)} pages of {len({page.site for page in pages})} sites, "
        f"{sum(len(page.alone.right) for page in pages)} blocks, "
        f"{sum(page.alone.right.sum() for page in pages)} of articles"
    )
    if options.write:
        (ROOT / "pipelines/text/model.json").write_text(as_json(train(pages, 0)))
    if not options.no_validation:
        validate(pages, others)
    return 0


def as_json(models: Mapping[str, Mapping[str, Sequence[Any]]]) -> str:
    """The models as they are shipped, one list a line."""
    parts = []
    for name, model in models.items():
        lists = ",\n".join(
            f'"{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in model.items()
        )
        parts.append(f'"{name}": {{\n{lists}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
