"""What memory a crawl of very many small pages takes, in all its processes together.

Memory is the sum of the processes' proportional set sizes (PSS, proc(5): of pages that several share, each is
given its part), twice a second. All addresses stand in sitemaps, so the whole queue is known before the first
pages are fetched. A crawl of a tenth of it comes first: what grows with the queue is what the two differ by.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from bench.crawl_archive import BenchArchive, Limits, shown, source_of
from bench.figures import note
from bench.measured_process import Measured
from bench.page_server import SMALL_HOSTS, free_port, serving, small_host

LIMIT_MB = 600


def memory_of_a_crawl(folder: Path, pages: int, limits: Limits) -> int:
    """Crawl so many pages of 1 KB; 1 if the sum of all processes was above the limit at any moment."""
    tenth = _crawled(folder / "tenth", pages // 10, limits)
    whole = _crawled(folder / "whole", pages, limits)
    grown = whole.memory - tenth.memory
    note("crawl-memory/all processes", whole.memory, unit="MB", beside="limit", theirs=LIMIT_MB)
    note(
        "crawl-memory/a longer queue", whole.memory, unit="MB", beside="a tenth of the queue",
        theirs=tenth.memory, ratio=whole.memory / tenth.memory,
    )  # fmt: skip
    print(f"at most {whole.memory:.0f} MB (limit {LIMIT_MB}); {grown:+.0f} beside a tenth of the queue")
    return 0 if whole.memory <= LIMIT_MB else 1


def _crawled(folder: Path, pages: int, limits: Limits) -> Measured:
    """A new archive that crawls so many pages."""
    port, archive = free_port(), BenchArchive(folder / "archive")
    hosts = [small_host(number) for number in range(SMALL_HOSTS)]
    maps = {host: [f"http://{host}:{port}/sitemap.xml"] for host in hosts}
    archive.furnish([source_of(host, port, sitemaps=maps[host]) for host in hosts], limits)
    with serving(folder, port, small=pages // SMALL_HOSTS):
        done = archive.crawl(0.0, sample=True)
    print(f"{pages} pages of 1 KB on {SMALL_HOSTS} hosts: {shown(archive.outcomes())}")
    print(f"    {done.wall:.0f} s, {1000 * done.cpu / pages:.2f} ms of CPU a page")
    tenth = max(1, len(done.samples) // 10)
    parts = [done.samples[at : at + tenth] for at in range(0, len(done.samples), tenth)]
    medians = (statistics.median(memory for _, memory in part) for part in parts)
    print(
        "    MB of all processes, by tenths of the crawl:", *(f"{each:.0f}" for each in medians), flush=True
    )
    return done
