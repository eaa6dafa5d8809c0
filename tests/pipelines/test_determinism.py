"""The same page gives the same article, in one process and in several; other furniture gives the same text.

`DATELINE_TEST_FULL=1` reads the corpus' pages too.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest

from bench.corpus import SPLITS
from bench.extract_scores import read_gold
from tests.pipelines.mutations import KINDS, mutated
from tests.pipelines.reading_child import read
from tests.pipelines.story_pages import stories

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("DATELINE_CORPUS", ROOT.parent / "shared" / "corpus"))
PAGES = tuple(stories())
SAME_TEXT = 0.99  # of mutated pages
TIMES = 4


def text_of(said: str) -> str:
    """What `read` printed of the text."""
    return said.partition("text=")[2].partition(", extractor=")[0]


def in_another_process(pages: list[tuple[str, bytes, str]], hash_seed: int) -> dict[str, str]:
    lines = (
        json.dumps({"name": name, "url": url, "body": base64.b64encode(body).decode()})
        for name, body, url in pages
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipelines.reading_child"], input="\n".join(lines) + "\n",
        capture_output=True, text=True, check=True, cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
    )  # fmt: skip
    return {row["name"]: row["read"] for row in map(json.loads, done.stdout.splitlines())}


def test_the_same_page_is_the_same_article_four_times_in_one_process_and_in_four() -> None:
    """Whatever was read before it, and however the process orders its sets."""
    pages = [(page.name, page.body, page.url) for page in PAGES[:: 1 if FULL else 2]]
    first = {name: read(body, url) for name, body, url in pages}
    for _ in range(TIMES - 1):
        assert {name: read(body, url) for name, body, url in pages} == first
    assert all("reason=None" in said for said in first.values())
    for seed in range(TIMES):
        order = pages[seed:] + pages[:seed] if seed % 2 else pages[::-1]
        assert in_another_process(order, hash_seed=seed) == first


@pytest.mark.parametrize("kind", KINDS)
def test_other_furniture_gives_the_same_text(kind: str) -> None:
    others = [mutated(page.body, kind, number) for number, page in enumerate(PAGES)]
    assert all(page.body != other for page, other in zip(PAGES, others, strict=True))
    wrong = [
        page.name
        for page, other in zip(PAGES, others, strict=True)
        if text_of(read(page.body, page.url)) != text_of(read(other, page.url))
    ]
    assert len(wrong) <= (1 - SAME_TEXT) * len(PAGES), wrong


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutation_is_told_by_its_seed_and_leaves_the_words_of_the_article(kind: str) -> None:
    page = PAGES[0]
    assert mutated(page.body, kind, 1) == mutated(page.body, kind, 1)
    assert mutated(page.body, kind, 1) != mutated(page.body, kind, 2)
    changed = mutated(page.body, kind, 1).decode()
    assert all(f"<p>{escape(line)}</p>" in changed for line in page.paragraphs)


@pytest.mark.skipif(
    not (FULL and (CORPUS / "splits").is_dir()), reason=f"DATELINE_TEST_FULL=1 and a corpus at {CORPUS}"
)
def test_other_furniture_gives_the_same_text_on_real_pages() -> None:
    golds = [gold for split in SPLITS for gold in read_gold(CORPUS, split)]
    same = sum(
        text_of(read(gold.body, gold.url)) == text_of(read(mutated(gold.body, kind, number), gold.url))
        for number, gold in enumerate(golds)
        for kind in KINDS
    )
    assert same >= SAME_TEXT * len(KINDS) * len(golds)
