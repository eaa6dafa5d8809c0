"""The corpus' gold, and the measures of the public article-extraction benchmark, for all readers.

Text: 4-word shingles, precision and recall averaged over pages, then their harmonic mean
(zyte's article-extraction-benchmark).
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from pipelines.extract import extract
from pipelines.extraction import Extraction

SHINGLE = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Gold:
    """A page with what people read in it."""

    html: str
    dataset: str
    url: str
    text: str
    body: bytes
    row: dict[str, Any]

    def extract(self) -> Extraction:
        """Our reading of the page, as `dateline extract --batch` does it."""
        return extract(
            self.body,
            url=self.url,
            content_type="text/html",
            content_encoding=None,
            captured_at=datetime(2026, 11, 1, tzinfo=UTC),
        )


def read_gold(folder: Path, split: str) -> list[Gold]:
    """The pages of a split."""
    pages = []
    with gzip.open(folder / "splits" / f"{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            body = gzip.decompress((folder / row["html"]).read_bytes())
            pages.append(Gold(row["html"], row["dataset"], row["url"], row["text"] or "", body, row))
    return pages


def words(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Multiset of 4-word shingles; a text of one to three words is one."""
    said = words(text)
    return Counter(
        tuple(said[i : i + SHINGLE]) for i in range(max(len(said) - SHINGLE + 1, min(len(said), 1)))
    )


def harmonic(precision: float, recall: float) -> float:
    """F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class Scores:
    """Precision and recall of texts, by data set."""

    def __init__(self) -> None:
        self.precision: dict[str, list[float]] = defaultdict(list)
        self.recall: dict[str, list[float]] = defaultdict(list)

    def add(self, gold: Gold, extraction: Extraction) -> None:
        """Count our reading of a page."""
        self.add_text(gold, extraction.article.text if extraction.article else "")

    def add_text(self, gold: Gold, text: str) -> None:
        """Count anyone's."""
        wanted, found = shingles(gold.text), shingles(text)
        both = (wanted & found).total()
        if found:
            self.precision[gold.dataset].append(both / found.total())
        if wanted:
            self.recall[gold.dataset].append(both / wanted.total())

    def text(self) -> dict[str, float]:
        """F1 of each data set."""
        return {
            name: harmonic(mean(self.precision[name] or [0.0]), mean(recall))
            for name, recall in sorted(self.recall.items())
        }
