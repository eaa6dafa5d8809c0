"""`make bench`: every benchmark in its short form, held against `floors.toml` and written to `RESULTS.md`.

    python -m bench.suite [NAME ...] [--full] [--list]

With NAMEs only these are run, and their part of `RESULTS.md` is written anew. `--full` runs the long forms,
which take hours. Exit status 1 if a figure falls under its floor, or a benchmark says that a promise is
broken. What one needs and is not there (the corpus, the peers) is said, and fails nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import GATHERED_IN, gathered
from bench.floors import FLOORS, Floors, fallen, read_floors
from bench.results import RESULTS, Part, machine, read_parts, write_parts

ROOT = Path(__file__).resolve().parents[1]
_FOLDER = "{folder}"  # in a command: a scratch folder of its own


@dataclass(frozen=True, slots=True)
class Bench:
    """One benchmark: how it is called, in short and in full."""

    name: str
    command: tuple[str, ...]
    short: tuple[str, ...] = ()
    full: tuple[str, ...] = ()

    def arguments(self, folder: Path, *, full: bool) -> list[str]:
        """The command line, with a folder where it needs one."""
        parts = (*self.command, *(self.full if full else self.short))
        return [sys.executable, *(str(folder) if part == _FOLDER else part for part in parts)]


SUITE = (
    Bench("crawl-corpus", ("-m", "bench.crawl_corpus")),
    Bench("cold-crawl", ("-m", "bench.cold_crawl"), ("--pages", "240"), ("--full",)),
    Bench("polite-crawl", ("-m", "bench.polite_crawl"), ("--seconds", "60"), ("--rounds", "5")),
    Bench("crawl-memory", ("-m", "bench.cold_crawl", "--memory"), ("--pages", "4000"), ("--full",)),
    Bench("extract", ("-m", "bench.extract_articles"), ("--pages", "60")),
    Bench("memory", ("-m", "bench.site_memory"), (), ("--unseen",)),
    Bench("mutations", ("-m", "bench.mutations"), ("--pages", "30")),
    Bench("gate", ("-m", "bench.gate")),
    Bench("links", ("-m", "bench.links")),
    Bench("feeds", ("-m", "bench.feeds")),
    Bench("versions", ("-m", "bench.versions")),
    Bench("revisits", ("-m", "bench.revisits")),
    Bench("duplicates", ("-m", "bench.duplicates")),  # what a text takes shows beside what all take once
    Bench("pictures", ("-m", "bench.pictures")),
    Bench("storage", ("-m", "bench.storage"), ("--chains", "12")),
    Bench("lookup", ("-m", "bench.lookup", _FOLDER), ("--captures", "50000", "--rounds", "3"), ()),
    Bench("pages", ("-m", "bench.pages", _FOLDER), ("--versions", "20000", "--beside", "400")),
    Bench("workers", ("-m", "bench.workers", _FOLDER), ("--pages", "1000", "--rounds", "3"), ()),
)  # fmt: skip


def run(bench: Bench, *, full: bool) -> Part:
    """Run one benchmark; what it prints is shown as it comes."""
    print(f"\n=== {bench.name}", flush=True)
    with TemporaryDirectory() as scratch:
        place, folder = Path(scratch) / "figures.jsonl", Path(scratch) / "folder"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), GATHERED_IN: str(place)}
        began = time.monotonic()
        done = subprocess.run(bench.arguments(folder, full=full), cwd=ROOT, env=environment, check=False)
        seconds = time.monotonic() - began
        return Part(bench.name, tuple(gathered(place)), seconds, done.returncode, machine(), full)


def verdicts(part: Part, floors: Floors) -> list[str]:
    """What is wrong with a benchmark's outcome, in words."""
    wrong = list(fallen(part.figures, floors.floors))
    if part.status:
        wrong.append(f"{part.name} ended with status {part.status}")
    return wrong


def main() -> int:
    """Parse the arguments, run, write, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = {bench.name: bench for bench in SUITE}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    parser.add_argument("--full", action="store_true", help="the long forms")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and end")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if options.list:
        print("\n".join(known))
        return 0
    floors = read_floors(FLOORS.read_text(encoding="utf-8"))
    wrong: list[str] = []
    for name in options.names or known:
        part = run(known[name], full=options.full)
        wrong += verdicts(part, floors)
        parts = read_parts() | {name: part}
        write_parts((parts[each] for each in known if each in parts), floors.floors)
    print(f"\nthe figures stand in {RESULTS.relative_to(ROOT)}")
    for line in wrong:
        print(f"UNDER ITS FLOOR: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
