"""Crawls the corpus with the normal command and scores what was archived.

    python -m bench.crawl_corpus [--keep FOLDER] [--worst N]

`corpus_server.py` serves the pages under their own addresses. `dateline crawl` runs as a process of its own
with the settings written here (DATELINE_* variables win, so that another store or catalog can be tried), then
`dateline export`. Printed: wall time, outcomes, the scorer's tables. Exit status 1 if a page has no outcome,
or if the crawl or the export failed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from archive.catalog.catalog import Catalog
from archive.catalog.runs import ledger_of, newest_runs
from bench.corpus import SPLITS, CorpusPage, address_key, corpus_folder, corpus_or_none, corpus_pages
from bench.corpus_server import FEED_PATH, CorpusProxy, CorpusSites
from bench.figures import note
from config.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Workplace:
    """The files of one benchmark run, all below one folder."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "dateline.yaml"

    @property
    def export(self) -> Path:
        return self.folder / "export.jsonl"

    @property
    def predictions(self) -> Path:
        return self.folder / "predictions.jsonl"


def write_configuration(place: Workplace, proxy: CorpusProxy) -> None:
    """One source a host, and the settings that lead through the proxy."""
    yaml = YAML()
    (place.folder / "sources").mkdir(parents=True)
    for host in proxy.sites.hosts:
        home = proxy.sites.homepage(host)
        name = host.replace(".", "-").replace("_", "-")
        source = {
            "name": name,
            "homepage": home,
            # "." allows every address: pages are in the corpus, whatever they are called.
            "discover": {"feeds": [home.rstrip("/") + FEED_PATH], "articles": {"allow": ["."]}},
            "politeness": {"delay": 0.05},
            "policy": {"noarchive": "ignore"},  # 69 pages ask for it; what is measured is how they are read
        }
        yaml.dump(source, place.folder / "sources" / f"{name}.yaml")
    settings = {
        "store": f"file://{place.folder / 'archive'}",
        "catalog": f"sqlite:///{place.folder / 'catalog.db'}",
        "spool": str(place.folder / "spool"),
        "sources": str(place.folder / "sources"),
        "network": {"proxy": proxy.address, "ca_file": str(proxy.ca_file), "contact": "bench@example.org"},
    }
    yaml.dump(settings, place.config)


def dateline(place: Workplace, *arguments: str) -> tuple[int, float]:
    """Run the command; its output is passed on. Gives (exit status, seconds)."""
    environment = {**os.environ, "DATELINE_CONFIG": str(place.config), "PYTHONPATH": str(ROOT)}
    program = "import sys; from cli.main import main; sys.exit(main())"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program, *arguments], env=environment, cwd=ROOT, check=False)
    return done.returncode, time.monotonic() - began


def outcomes(place: Workplace) -> dict[str, str]:
    """{address key: outcome with reason} of the newest run; a URL that still waits has none."""
    catalog = Catalog.open(load_settings(place.config).catalog)
    try:
        return {
            address_key(row.url): f"{row.outcome}({row.reason})" if row.reason else row.outcome
            for run in newest_runs(catalog, 1)
            for row in ledger_of(catalog, run.id)
            if row.outcome
        }
    finally:
        catalog.close()


def predictions(rows: Iterable[Mapping[str, Any]], pages: Iterable[CorpusPage]) -> list[dict[str, Any]]:
    """The scorer's rows out of the export's; a page exported in several versions counts with the last."""
    names = {address_key(page.url): page.html for page in pages}
    newest: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        key = address_key(row["url"])
        if key in names and (key not in newest or row["version"] >= newest[key]["version"]):
            newest[key] = row
    return [
        {
            "html": names[key],
            "text": row["text"],
            "title": row["title"],
            "authors": row["byline"],
            "date": row["published_at"],
            "images": [{"url": image["url"], "caption": image["caption"]} for image in row["images"]],
        }
        for key, row in newest.items()
    ]


def print_outcomes(ended: Mapping[str, str], pages: list[CorpusPage]) -> bool:
    """Print how the pages ended; whether all of them did."""
    without = [page.url for page in pages if address_key(page.url) not in ended]
    counted = Counter(ended[address_key(page.url)] for page in pages if address_key(page.url) in ended)
    print(f"\n{len(pages) - len(without)} of {len(pages)} pages have an outcome")
    for outcome, count in counted.most_common():
        print(f"{count:>6}  {outcome}")
    for page in pages:
        outcome = ended.get(address_key(page.url), "no outcome")
        if outcome != "archived":
            print(f"        {outcome:<28} {page.url}")
    return not without


def print_scores(place: Workplace, corpus: Path, worst: int) -> None:
    """The scorer's table of each split."""
    scorer = corpus.parent / "tools" / "score_articles.py"
    if not scorer.is_file():
        print(f"no scorer in {scorer}: the predictions are in {place.predictions}")
        return
    for split in SPLITS:
        gold = corpus / "splits" / f"{split}.jsonl.gz"
        print(f"\n{split}", flush=True)
        command = [
            sys.executable,
            str(scorer),
            str(place.predictions),
            "--gold",
            str(gold),
            "--worst",
            str(worst),
        ]
        subprocess.run(command, check=True)


def crawl_and_score(place: Workplace, worst: int) -> int:
    """The whole benchmark; its exit status."""
    corpus = corpus_folder()
    pages = corpus_pages(corpus)
    (place.folder / "tls").mkdir()
    with CorpusProxy(CorpusSites(corpus, pages), place.folder / "tls") as proxy:
        write_configuration(place, proxy)
        crawled, seconds = dateline(place, "crawl")
        print(f"\ncrawl: exit status {crawled}, {seconds:.1f} s; asked for: {dict(proxy.sites.requests)}")
    exported, _ = dateline(place, "export", "--format", "jsonl", str(place.export))
    ended = outcomes(place)
    complete = print_outcomes(ended, pages)
    note("crawl-corpus/archived", Counter(ended.values())["archived"], beside="pages", theirs=len(pages))
    note("crawl-corpus/speed", len(pages) / seconds, unit="pages/s")
    if exported:
        print(f"export: exit status {exported}")
        return 1
    with place.export.open(encoding="utf-8") as lines:
        found = predictions(map(json.loads, lines), pages)
    place.predictions.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    print_scores(place, corpus, worst)
    return 0 if complete and crawled == 0 else 1


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="a new folder for archive, catalog, export and predictions")
    parser.add_argument("--worst", type=int, default=0, help="print the N pages with the lowest text F1")
    options = parser.parse_args()
    if corpus_or_none() is None:
        return 0
    with TemporaryDirectory() as scratch:
        folder = options.keep.resolve() if options.keep else Path(scratch) / "work"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            parser.error(f"--keep {folder}: the folder is there already; name a new one")
        return crawl_and_score(Workplace(folder), options.worst)


if __name__ == "__main__":
    sys.exit(main())
