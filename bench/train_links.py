"""Trains the model that tells stories' links, and measures it on sites it has not seen.

    python -m bench.train_links [--write]

Needs the open corpus (`DATELINE_CORPUS`). Weights of addresses and words are learned from
`splits/storylinks_open.csv` (logistic regression, penalised by the square of the weights, Newton's method),
each link once more without its words, and from the addresses and headlines of the corpus' articles, most of
which are not in English, with as many links out of the menus and feet of the same pages. What a place on the
page adds is estimated on the links of the corpus' pages whose verdicts by address and words are clear.
Printed: F1 in cross-validation by site, ten folds, five times. `--write` then trains on all links and writes
`crawler/links/model.json`: weights, no address and no text.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from statistics import mean
from urllib.parse import urljoin

import numpy as np
import numpy.typing as npt
from lxml import etree, html

from bench.corpus import SPLITS, corpus_folder, corpus_pages
from bench.extract_scores import read_gold
from crawler.discovery.section import words_of
from crawler.discovery.sites import site_of
from crawler.links.classify import story_score
from crawler.links.features import features
from crawler.links.model import LinkModel
from crawler.links.place import Place, place_of
from crawler.urls import Refusal, clean_url

ROOT = Path(__file__).resolve().parents[1]

PENALTY = 3.0
MUTE = 0.3  # how much a link without its words counts
FOLDS = 10
REPEATS = 5
CLEAR = 2.0  # log odds from which a verdict by address and words is taken for the truth about places
TRUST = 0.5  # of a place's measured weight: pages of stories are not front pages
MODEL = ROOT / "crawler" / "links" / "model.json"


@dataclass(frozen=True)
class Labelled:
    """A link with its site, its features (None: no story by rule) and its label."""

    site: str
    url: str
    text: str
    seen: dict[str, float] | None
    story: bool
    weight: float = 1.0


def labelled() -> list[Labelled]:
    """The links of the open split; relative ones are taken for their site's own."""
    rows = []
    with (corpus_folder() / "splits" / "storylinks_open.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            url = urljoin("https://site.test/", row["url"])
            seen = features(url, row["text"])
            story = row["is_story"].lower() == "true"
            rows.append(Labelled(row["handle"], url, row["text"], dict(seen) if seen else None, story))
    return rows


def elsewhere(known: set[str]) -> list[Labelled]:
    """Articles of the corpus with their headlines, and links from the menus and feet around them.

    Sites among those `known` are left out, since others are measured on them.
    """
    folder, found = corpus_folder(), []
    chance = random.Random(0)
    for gold in (gold for split in SPLITS for gold in read_gold(folder, split)):
        site = site_of(gold.url)
        if site in known:
            continue
        seen = features(gold.url, gold.row.get("title"))
        found.append(
            Labelled(site, gold.url, gold.row.get("title") or "", dict(seen) if seen else None, True, 0.5)
        )
        around = [
            link
            for link in _links_of(gold.url, (folder, gold.html))
            if link[2] in {Place.MENU, Place.FOOTER} and len((link[1] or "").split()) <= 3
        ]
        for url, text, _ in chance.sample(around, min(2, len(around))):
            found.append(Labelled(site, url, text or "", dict(features(url, text) or {}), False, 0.25))
    return found


def train(links: list[Labelled]) -> LinkModel:
    """Weights that make the labels likeliest, less the penalty."""
    links = [link for link in links if link.seen is not None]
    links += [
        replace(link, text="", seen=dict(features(link.url, "") or {}), weight=link.weight * MUTE)
        for link in links
    ]
    names = sorted({name for link in links for name in link.seen or ()})
    at = {name: number for number, name in enumerate(names, start=1)}
    rows = np.zeros((len(links), len(names) + 1))
    rows[:, 0] = 1
    for row, link in zip(rows, links, strict=True):
        for name, value in (link.seen or {}).items():
            row[at[name]] = value
    labels = np.array([link.story for link in links], dtype=np.float64)
    weights = _newton(rows, labels, np.array([link.weight for link in links]))
    return LinkModel(
        round(float(weights[0]), 3),
        {name: round(float(weights[at[name]]), 3) for name in names},
        {},
    )


def _newton(
    rows: npt.NDArray[np.float64], labels: npt.NDArray[np.float64], counts: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[0] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(100):
        likely = 1 / (1 + np.exp(-rows @ weights))
        curve = (rows * (counts * likely * (1 - likely))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curve, rows.T @ (counts * (labels - likely)) - penalty * weights)
        weights += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return weights


def by_site(links: list[Labelled], more: list[Labelled], seed: int) -> list[float]:
    """The score of each link by a model that saw no link of its site; `more` are others to learn from."""
    sites = sorted({link.site for link in links})
    random.Random(seed).shuffle(sites)
    fold = {site: number % FOLDS for number, site in enumerate(sites)}
    models = [train([link for link in links if fold[link.site] != number] + more) for number in range(FOLDS)]
    return [story_score(link.url, link.text, model=models[fold[link.site]]) for link in links]


def f1(links: list[Labelled], scores: list[float]) -> tuple[float, float, float]:
    """F1, precision and recall."""
    hits = sum(link.story and score > 0 for link, score in zip(links, scores, strict=True))
    said = sum(score > 0 for score in scores)
    true = sum(link.story for link in links)
    return 2 * hits / (said + true), hits / said, hits / true


def place_weights(model: LinkModel) -> dict[str, float]:
    """Log odds that each place adds, from links of the corpus' pages whose own verdict is clear."""
    stories: Counter[str] = Counter()
    others: Counter[str] = Counter()
    folder = corpus_folder()
    for page in corpus_pages(folder):
        for link, text, place in _links_of(page.url, (folder, page.html)):
            score = story_score(link, text, model=model)
            if abs(score) >= CLEAR:
                (stories if score > 0 else others)[place] += 1
    in_all = log(stories.total() / others.total())
    found = {}
    for place in Place:
        odds = log((stories[place] + 5) / (others[place] + 5)) - in_all
        found[str(place)] = round(TRUST * odds, 3)
        print(f"  {place:8} {stories[place]:6} stories {others[place]:6} others  {TRUST * odds:+.2f}")
    return found


def _links_of(url: str, page: tuple[Path, str]) -> Iterator[tuple[str, str | None, Place]]:
    """A saved page's links to its own site: address, words, place."""
    with gzip.open(page[0] / page[1], "rb") as file:
        try:
            tree = html.document_fromstring(file.read())
        except (ValueError, etree.ParserError):
            return
    for element in tree.iter("a"):
        link = clean_url(url, element.get("href") or "#")
        if not isinstance(link, Refusal) and link != url and site_of(link) == site_of(url):
            yield link, words_of(element), place_of(element)


def known_sites() -> set[str]:
    """Registrable domains of the open split's absolute addresses."""
    return {site_of(link.url) for link in labelled() if link.seen is not None}


def main() -> int:
    """Measure, and write the model if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write crawler/links/model.json")
    arguments = parser.parse_args()
    links = labelled()
    more = elsewhere(known_sites())
    found = [f1(links, by_site(links, more, seed)) for seed in range(REPEATS)]
    print(f"{len(links)} links of {len({link.site for link in links})} sites, unseen by site:")
    print("  F1 {:.3f}  precision {:.3f}  recall {:.3f}".format(*map(mean, zip(*found, strict=True))))
    model = train(links + more)
    places = place_weights(model)
    if arguments.write:
        text = json.dumps({"bias": model.bias, "weights": model.weights, "places": places}, indent=1)
        MODEL.write_text(text + "\n", encoding="utf-8")
        print(f"written: {MODEL.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
