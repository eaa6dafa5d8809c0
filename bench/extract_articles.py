"""Text and fields of the open corpus' pages: ours beside the peers', in the same run.

    python -m bench.extract_articles [--pages N]

Ours and trafilatura (standard, fast, precision) read each page in turn in one process; the other peers do
so in `.venv-peers` (`make bench-peers` installs them; without it they are left out, which is said). Printed
for each: text F1 over all 300 pages, the 119 and the 181, and the 40 of `sites`; title, date, authors, images
and captions where the gold has them; pages a second of CPU.

What is shipped was trained on these pages: see `train_blocks.py` for figures on sites that it has not seen.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from types import ModuleType
from typing import Any

from bench.corpus import SPLITS, corpus_or_none
from bench.extract_scores import Gold, Scores, harmonic, read_gold
from bench.figures import note

ROOT = Path(__file__).resolve().parents[1]

PEERS = ROOT / ".venv-peers" / "bin" / "python"
OWN = "dateline"
OURS = (OWN, "trafilatura standard", "trafilatura fast", "trafilatura precision")
OTHERS = ("newspaper4k", "news-please", "readability-lxml", "resiliparse")
FIELDS = ("title", "date", "authors", "images", "captions")

Row = dict[str, Any]


def read_with(python: Path, readers: Sequence[str], folder: Path, golds: Sequence[Gold]) -> list[Row]:
    """What readers in one environment found on all pages."""
    lines = "".join(
        json.dumps({"html": gold.html, "url": gold.url, "path": str(folder / gold.html)}) + "\n"
        for gold in golds
    )
    script = Path(__file__).with_name("extract_readers.py")
    done = subprocess.run(
        [python, script, ",".join(readers)], input=lines, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{python} {script.name} failed:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def scorer(folder: Path) -> ModuleType | None:
    """The corpus' own scorer, for the fields; None if it is not beside the corpus."""
    path = folder.parent / "tools" / "score_articles.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("score_articles", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fields(score: ModuleType, gold: Row, found: Row) -> dict[str, list[float]]:
    """The field scores of one page; empty where the gold has none."""
    scores: dict[str, list[float]] = defaultdict(list)
    if gold.get("title"):
        scores["title"].append(score.fold(gold["title"]) == score.fold(found.get("title")))
    if gold.get("date"):
        scores["date"].append(score.utc_day(gold["date"]) == score.utc_day(found.get("date")))
    if gold.get("authors"):
        names = ({score.fold(name) for name in row.get("authors") or []} for row in (gold, found))
        scores["authors"].append(score.set_f1(*names))
    if gold.get("images"):
        f1, captions = score.image_scores(score.gold_images(gold), found.get("images") or [])
        scores["images"].append(f1)
        scores["captions"].extend(captions)
    return scores


def line(name: str, rows: Mapping[str, Row], golds: Sequence[Gold], score: ModuleType | None) -> str:
    """A reader's line of the table."""
    texts, articles = Scores(), Scores()
    by_field: dict[str, list[float]] = defaultdict(list)
    for gold in golds:
        found = rows[gold.html]
        texts.add_text(gold, found.get("text") or "")
        if gold.dataset != "fundus_eval":
            articles.add_text(gold, found.get("text") or "")
        for field, values in (fields(score, gold.row, found) if score else {}).items():
            by_field[field].extend(values)
    f1 = texts.text()
    together = harmonic(
        *(
            mean(v for values in part.values() for v in values)
            for part in (articles.precision, articles.recall)
        )
    )
    cells = [f"{together:.4f}", *(f"{f1.get(d, 0):.4f}" for d in ("fundus", "scrapinghub", "fundus_eval"))]
    cells += [f"{mean(by_field[field]):.3f}" if by_field[field] else "-" for field in FIELDS]
    speed = len(rows) / sum(row["seconds"] for row in rows.values())
    if name == OWN:
        note("extract/text F1 of 300", together)
        note("extract/text F1 of the 181", f1.get("scrapinghub", 0))
        note("extract/text F1 of the 119", f1.get("fundus", 0))
        for field in FIELDS:
            if by_field[field]:
                note(f"extract/{field}", mean(by_field[field]))
    return f"{name:<24}" + "".join(f"{cell:>9}" for cell in cells) + f"{speed:>9.1f}"


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, help="only so many pages of each split, evenly taken")
    options = parser.parse_args()
    if (folder := corpus_or_none()) is None:
        return 0
    golds = []
    for split in SPLITS:
        pages = read_gold(folder, split)
        golds += pages[:: max(1, len(pages) // options.pages)] if options.pages else pages
    score = scorer(folder)
    heads = ("all 300", "119", "181", "40", *FIELDS, "pages/s")
    print(f"{'text F1, then fields':<24}" + "".join(f"{head:>9}" for head in heads), flush=True)
    speeds = {}
    for python, readers in ((Path(sys.executable), OURS), (PEERS, OTHERS)):
        if not python.exists():
            print(f"left out: {', '.join(readers)}; `make bench-peers` installs them")
            continue
        found: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in read_with(python, readers, folder, golds):
            found[row["reader"]][row["html"]] = row
        for name, rows in found.items():
            speeds[name] = sum(row["seconds"] for row in rows.values())
            print(line(name, rows, golds, score), flush=True)
    ratio = speeds["trafilatura standard"] / speeds[OWN]
    ours, theirs = (len(golds) / speeds[name] for name in (OWN, "trafilatura standard"))
    note("extract/speed", ours, unit="pages/s", beside="trafilatura standard", theirs=theirs, ratio=ratio)
    print(f"dateline reads {ratio:.2f} times as many pages a second of CPU as trafilatura standard")
    return 0


if __name__ == "__main__":
    sys.exit(main())
