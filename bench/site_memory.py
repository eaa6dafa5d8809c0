"""Reads each page with the memory of its site's other pages, and without: F1, and pages a second of CPU.

    python -m bench.site_memory [--unseen]

The 40 pages of `sites` in the open corpus (`DATELINE_CORPUS`), 5 of each site. A memory is learned from the
other pages of the page's site: leave-one-out. Beside it in the same run: the same extractor without memory,
trafilatura standard and fast. Speeds are those of the pages that their memory knows, each reader page by page
in turn, medians of five rounds: first with all fields (trafilatura with its metadata), then the text alone.

The models that are shipped were trained on these pages, too. `--unseen` trains others in five folds by site,
three times, so that neither what is read nor what is learned from saw a model that knows the site (needs
LightGBM, and takes minutes).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import trafilatura

import pipelines.extract as extractor
from bench.corpus import SPLITS, corpus_or_none
from bench.extract_scores import Gold, Scores, read_gold
from bench.figures import note
from pipelines.extract import blocks_of, extract
from pipelines.extraction import Extraction
from pipelines.guidance import Guidance
from pipelines.memory.learn import learn
from pipelines.memory.page_to_learn import PageToLearn
from pipelines.memory.recognise import recognise
from pipelines.memory.site_memory import EncodedMemory
from pipelines.memory.study import study
from pipelines.metadata import read_metadata
from pipelines.page import Unreadable, read_page
from pipelines.rules.found import Found

AT = datetime(2026, 11, 1, tzinfo=UTC)
ROUNDS = 5
Read = Callable[[], object]


@dataclass(frozen=True)
class Known:
    """A page with the memory of its site's other pages."""

    gold: Gold
    memory: EncodedMemory

    def read(self, memory: EncodedMemory | None) -> Extraction:
        """The page as it is read with a memory."""
        return extract(
            self.gold.body,
            url=self.gold.url,
            content_type="text/html",
            content_encoding=None,
            captured_at=AT,
            guidance=Guidance(memory=memory),
        )


def site(gold: Gold) -> str:
    """What pages of one site share."""
    return (urlsplit(gold.url).hostname or "").removeprefix("www.")


def with_memories(golds: Sequence[Gold]) -> list[Known]:
    """Every page with what the others of its site teach."""
    lessons = {
        gold.html: study(PageToLearn(gold.body, gold.url, "text/html", None, AT), Guidance())
        for gold in golds
    }
    found = []
    for gold in golds:
        others = [lessons[other.html] for other in golds if other is not gold and site(other) == site(gold)]
        found.append(Known(gold, learn(lesson for lesson in others if lesson is not None).encode()))
    return found


def compare(pages: Sequence[Known], scores: Mapping[str, Scores]) -> list[Known]:
    """Score both ways; the pages that their memory knows."""
    known = []
    for page in pages:
        with_memory = page.read(page.memory)
        scores["dateline with memory"].add(page.gold, with_memory)
        scores["dateline without memory"].add(page.gold, page.read(None))
        if with_memory.article is not None and not with_memory.drifted:
            known.append(page)
    return known


def seconds(pages: Sequence[Known], read: Callable[[Known], object]) -> float:
    """CPU seconds for a page, of one round over all."""
    began = time.process_time()
    for page in pages:
        read(page)
    return (time.process_time() - began) / max(1, len(pages))


def text_alone(page: Known) -> object:
    """The text's share of the work: parse, metadata, blocks, choice. Nothing else of an article is read."""
    parsed = read_page(page.gold.body, url=page.gold.url, content_type="text/html", content_encoding=None)
    if isinstance(parsed, Unreadable):
        return None
    metadata = read_metadata(parsed)
    blocks = blocks_of(parsed, Found({}))
    scores = extractor._scores  # noqa: SLF001 - measured with the rest
    return recognise(page.memory.decode(), blocks, lambda doubted: scores(blocks, doubted, metadata, None))


def peer(**options: bool) -> Callable[[Known], Any]:
    """Trafilatura in one of its modes."""
    return lambda page: trafilatura.bare_extraction(
        page.gold.body, url=page.gold.url, include_comments=False, **options
    )


def speeds(known: Sequence[Known]) -> None:
    """Print pages a second of CPU, and how many times trafilatura's."""
    rows: dict[str, dict[str, Callable[[Known], object]]] = {
        "all fields": {
            "trafilatura standard": peer(with_metadata=True),
            "trafilatura fast": peer(with_metadata=True, fast=True),
            "dateline without memory": lambda page: page.read(None),
            "dateline with memory": lambda page: page.read(page.memory),
        },
        "text alone": {
            "trafilatura standard": peer(with_metadata=False),
            "trafilatura fast": peer(with_metadata=False, fast=True),
            "dateline with memory": text_alone,
        },
    }
    print(f"\npages a second of CPU, the {len(known)} pages that their memory knows")
    for what, readers in rows.items():
        rounds = [{name: seconds(known, read) for name, read in readers.items()} for _ in range(ROUNDS)]
        for name in readers:
            speed = 1 / median(took[name] for took in rounds)
            ratio = median(took["trafilatura standard"] / took[name] for took in rounds)
            print(f"  {what:<12}{name:<26}{speed:>7.1f}{ratio:>7.2f} x")
            if name == "dateline with memory":
                each = [took["trafilatura standard"] / took[name] for took in rounds]
                note(
                    f"memory/speed, {what}", speed, unit="pages/s", beside="trafilatura standard",
                    theirs=1 / median(took["trafilatura standard"] for took in rounds),
                    ratio=ratio, spread=each,
                )  # fmt: skip


def unseen(folder: Path) -> None:
    """Print F1 with models that have seen neither the page's site nor what its memory comes from."""
    from bench.train_blocks import REPEATS, held_out, material

    golds = [gold for split in SPLITS for gold in read_gold(folder, split)]
    pages = [page for gold in golds if (page := material(gold)) is not None]
    of_sites = {gold.html for gold in golds if gold.dataset == "fundus_eval"}
    results: dict[str, list[float]] = defaultdict(list)
    for seed in range(REPEATS):
        scores: dict[str, Scores] = defaultdict(Scores)
        drifted = 0
        for models, apart in held_out(pages, seed):
            wanted = [page.gold for page in apart if page.gold.html in of_sites]
            with ExitStack() as patches:
                patches.enter_context(
                    mock.patch.object(extractor, "shipped_models", lambda models=models: models)
                )
                drifted += len(wanted) - len(compare(with_memories(wanted), scores))
        for name, each in scores.items():
            results[name] += each.text().values()
        print(f"  {seed}: {drifted} pages not known, " + _line(scores), flush=True)
    for name, values in results.items():
        print(f"  mean {name:<26}{mean(values):.4f}")


def _line(scores: Mapping[str, Scores]) -> str:
    return ", ".join(f"{name} {next(iter(each.text().values())):.4f}" for name, each in scores.items())


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--unseen", action="store_true", help="also with models that saw no page of the site")
    options = parser.parse_args()
    if (folder := corpus_or_none()) is None:
        return 0
    golds = read_gold(folder, "sites")
    scores: dict[str, Scores] = defaultdict(Scores)
    known = compare(with_memories(golds), scores)
    for name, options_of in (("trafilatura standard", {}), ("trafilatura fast", {"fast": True})):
        for gold in golds:
            found = trafilatura.bare_extraction(gold.body, url=gold.url, include_comments=False, **options_of)
            scores[name].add_text(gold, found.text if found else "")
    print(f"text F1 over {len(golds)} pages of {len(set(map(site, golds)))} sites, leave-one-out")
    for name, each in scores.items():
        print(f"  {name:<26}{next(iter(each.text().values())):.4f}")
        if name == "dateline with memory":
            note("memory/text F1", next(iter(each.text().values())))
    print(f"  known to their memory: {len(known)} pages; the others were read the full way")
    speeds(known)
    if options.unseen:
        print("\nwith models trained without the site, three times five folds")
        unseen(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
