"""The crawl of pages never seen, and the nights after it, beside the floor, a plain spider and news-please.

    make bench-crawl                             # 500 pages, one round after a warm one
    make bench-crawl ARGS='--full'               # 5,000 pages, five rounds
    make bench-crawl ARGS='--memory [--full]'    # memory of a crawl of 20,000 (200,000) small pages

Pages of the corpus with words of their own (`crawl_pages.py`) come from a server in a process of its own, on
24 hosts; its CPU counts for nobody. Everybody has the same number of requests in flight and no delay. CPU is
user and system time of all processes of a contender, workers included. Each ratio is taken within its round;
printed are medians, with the lowest and the highest.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.corpus import corpus_or_none
from bench.crawl_archive import ROOT, BenchArchive, Limits, shown, source_of
from bench.crawl_memory import memory_of_a_crawl
from bench.crawl_pages import CHANGED, FEED, FIRST, SECOND, BenchPage, write_pages
from bench.figures import note
from bench.measured_process import Measured, measure
from bench.page_server import free_port, serving

SHORT, FULL = 500, 5000
NEWS_PLEASE_PAGES = 360  # all pages of the corpus that are chosen come in these; 1,500 take as long a page

# What is measured of us, with the set of pages served, whether with validators, and the day.
NIGHTS = (
    ("cold", FIRST, False, 0.0),
    ("identical", FIRST, False, 1.0),
    ("validators come", FIRST, True, 2.0),
    ("304", FIRST, True, 3.0),
    ("furniture", CHANGED, False, 4.0),
    ("with memory", SECOND, False, 4.1),
)

OWN = {name for name, *_ in NIGHTS}
# Their peer is measured again just before these nights: they are short, and what a shared machine does
# besides in a quarter of an hour would be in the ratio.
DROPPED = {name: f"scrapy-drop, {name}" for name in ("identical", "304", "furniture")}

# (what, numerator, denominator, of what, what is aimed at)
RATIOS = (
    ("cold crawl: CPU ÷ floor", "cold", "floor", "cpu", "≤ 1.25"),
    ("cold crawl: times as fast as Scrapy with trafilatura", "scrapy-trafilatura", "cold", "wall", "≥ 1.6"),
    ("with site memory: the same", "scrapy-trafilatura", "with memory", "wall", "≥ 2"),
    ("cold crawl: times as fast as news-please", "news-please", "cold", "wall", "≥ 5"),
    ("all byte-identical: share of Scrapy, dropping", DROPPED["identical"], "identical", "wall", "≥ 0.70"),
    ("all 304: the same", DROPPED["304"], "304", "wall", "≥ 1.0"),
    ("only furniture changed: the same", DROPPED["furniture"], "furniture", "wall", "printed"),
)  # fmt: skip


@dataclass(slots=True)
class Figures:
    """Milliseconds a page of every contender, round by round."""

    cpu: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, measured: Measured, pages: int) -> None:
        """Note what so many pages took, and print it."""
        self.cpu[name].append(1000 * measured.cpu / pages)
        self.wall[name].append(1000 * measured.wall / pages)
        print(
            f"    {name:<24}{self.cpu[name][-1]:>9.2f} ms CPU{self.wall[name][-1]:>9.2f} ms wall", flush=True
        )

    def add_floor(self) -> None:
        """Scrapy's download, trafilatura and gzip, added; the interpreter and the disk count once."""
        for figures in (self.cpu, self.wall):
            alone = figures["trafilatura"][-1] + figures["gzip"][-1] - 2 * figures["read-files"][-1]
            figures["floor"].append(figures["scrapy-drop"][-1] + alone)


@dataclass(frozen=True, slots=True)
class Bench:
    """The pages, and how they are asked for."""

    folder: Path
    sets: dict[str, list[BenchPage]]
    port: int
    limits: Limits

    def contender(
        self, kind: str, pages: Sequence[BenchPage], python: Path = Path(sys.executable)
    ) -> Measured:
        """One of `crawl_contenders.py` over these pages of the first set."""
        list_of = self.folder / f"{kind}.tsv"
        lines = (f"{page.url}\t{page.file(Path())}\n" for page in pages)
        list_of.write_text("".join(lines))
        command = [str(python), str(ROOT / "bench" / "crawl_contenders.py"), kind, str(list_of)]
        command += ["--folder", str(self.folder / FIRST), "--at-once", str(self.limits.at_once)]
        done = measure(command, folder=self.folder)
        if int(done.output.split()[-1]) != len(pages):
            raise RuntimeError(f"{kind} did {done.output.split()[-1]} of {len(pages)} pages")
        return done

    def peers(self, figures: Figures) -> None:
        """All that we are compared with, once."""
        pages = self.sets[FIRST]
        for kind in ("read-files", "gzip", "trafilatura"):
            figures.add(kind, self.contender(kind, pages), len(pages))
        with serving(self.folder / FIRST, self.port):
            for kind in ("scrapy-drop", "scrapy-trafilatura"):
                figures.add(kind, self.contender(kind, pages), len(pages))
            peers = ROOT / ".venv-peers" / "bin" / "python"
            if peers.exists():
                some = pages[:NEWS_PLEASE_PAGES]
                figures.add("news-please", self.contender("news-please", some, peers), len(some))
            elif not figures.wall["news-please"]:
                print("    news-please is not installed; `make bench-peers` installs it")
        figures.add_floor()

    def ours(self, figures: Figures, folder: Path, nights: Sequence[str], *, beside: bool) -> None:
        """A new archive, crawled cold and on the nights after; `beside`: with their peer."""
        hosts = sorted({page.host for page in self.sets[FIRST]})
        archive = BenchArchive(folder)
        feeds = {host: [f"http://{host}:{self.port}/{FEED}"] for host in hosts}
        archive.furnish([source_of(host, self.port, feeds=feeds[host]) for host in hosts], self.limits)
        for name, served, validators, days in NIGHTS:
            if nights and name not in nights:
                continue
            with serving(self.folder / served, self.port, validators=validators):
                if name in DROPPED and beside:
                    peer = self.contender("scrapy-drop", self.sets[served])
                    figures.add(DROPPED[name], peer, len(self.sets[served]))
                figures.add(name, archive.crawl(days), len(self.sets[FIRST]))
            print(f"    {'':<24}{shown(archive.outcomes())}")


def print_figures(figures: Figures) -> None:
    """Two tables: what a page takes, and the ratios."""
    print(f"\n{'ms a page':<24}{'CPU':>9}{'lowest':>9}{'highest':>9}{'wall':>9}{'lowest':>9}{'highest':>9}")
    for name, cpu in figures.cpu.items():
        columns = [
            (statistics.median(each), min(each), max(each)) for each in (cpu, figures.wall[name]) if each
        ]
        print(f"{name:<24}" + "".join(f"{value:>9.2f}" for column in columns for value in column))
    print(f"\n{'ratio':<64}{'median':>8}{'lowest':>8}{'highest':>8}   aim")
    for what, above, below, of, aim in RATIOS:
        taken: defaultdict[str, list[float]] = getattr(figures, of)
        ratios = [a / b for a, b in zip(taken[above], taken[below], strict=False)]
        if ratios:
            ours = figures.cpu if of == "cpu" else figures.wall
            mine, theirs = (above, below) if above in OWN else (below, above)
            note(
                f"cold-crawl/{what}", statistics.median(ours[mine]), unit=f"ms {of} a page", beside=theirs,
                theirs=statistics.median(ours[theirs]), ratio=statistics.median(ratios), spread=ratios,
            )  # fmt: skip
            print(
                f"{what:<64}{statistics.median(ratios):>8.2f}{min(ratios):>8.2f}{max(ratios):>8.2f}   {aim}"
            )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help=f"{FULL} pages in place of {SHORT}, five rounds")
    parser.add_argument("--pages", type=int, help="so many pages")
    parser.add_argument("--rounds", type=int, help="so many rounds")
    parser.add_argument("--at-once", type=int, default=16, help="requests in flight, of every contender")
    parser.add_argument("--workers", type=int, default=2, help="our processes that extract")
    parser.add_argument("--nights", default="", help="only these of our nights, with commas between them")
    parser.add_argument("--no-peers", action="store_true", help="only our own figures, without ratios")
    parser.add_argument("--keep", type=Path, help="a new folder for pages and archives")
    parser.add_argument("--memory", action="store_true", help="the memory of a crawl of many small pages")
    options = parser.parse_args()
    limits = Limits(options.at_once, options.workers)
    with TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch) / "bench"
        folder.mkdir(parents=True)
        if options.memory:
            return memory_of_a_crawl(folder, options.pages or (200_000 if options.full else 20_000), limits)
        if (corpus := corpus_or_none()) is None:
            return 0
        count, port = options.pages or (FULL if options.full else SHORT), free_port()
        bench = Bench(folder, write_pages(corpus, folder, count, port), port, limits)
        sizes = [page.file(folder / FIRST).stat().st_size for page in bench.sets[FIRST]]
        print(
            f"{count} pages, median {statistics.median(sizes) / 1000:.0f} KB, "
            f"mean {statistics.fmean(sizes) / 1000:.0f} KB; {limits.at_once} requests in flight, no delay; "
            f"{limits.workers} workers"
        )
        figures = Figures()
        for number in range(options.rounds or (5 if options.full else 1)):
            print(f"  round {number + 1}", flush=True)
            if not options.no_peers:
                bench.peers(figures)
            nights = [name for name in options.nights.split(",") if name]
            bench.ours(figures, folder / f"archive-{number}", nights, beside=not options.no_peers)
        print_figures(figures)
        return 0


if __name__ == "__main__":
    sys.exit(main())
