"""What memory a crawl of very many small pages takes, in all its processes together."""

from __future__ import annotations

import statistics
from pathlib import Path

from bench.crawl_archive import BenchArchive, Limits, shown, source_of
from bench.figures import note
from bench.page_server import SMALL_HOSTS, free_port, serving, small_host

LIMIT_MB = 600


def memory_of_a_crawl(folder: Path, pages: int, limits: Limits) -> int:
    """Crawl so many pages of 1 KB; 1 if the sum of all processes was above the limit at any moment."""
    port, archive = free_port(), BenchArchive(folder / "archive")
    hosts = [small_host(number) for number in range(SMALL_HOSTS)]
    maps = {host: [f"http://{host}:{port}/sitemap.xml"] for host in hosts}
    archive.furnish([source_of(host, port, sitemaps=maps[host]) for host in hosts], limits)
    with serving(folder, port, small=pages // SMALL_HOSTS):
        done = archive.crawl(0.0, sample=True)
    print(f"{pages} pages of 1 KB on {SMALL_HOSTS} hosts: {shown(archive.outcomes())}")
    print(f"{done.wall:.0f} s, {1000 * done.cpu / pages:.2f} ms of CPU a page")
    tenth = max(1, len(done.samples) // 10)
    print("MB of all processes, by tenths of the crawl: ", end="")
    parts = [done.samples[at : at + tenth] for at in range(0, len(done.samples), tenth)]
    print(*(f"{statistics.median(memory for _, memory in part):.0f}" for part in parts))
    note("crawl-memory/all processes", done.memory, unit="MB", beside="limit", theirs=LIMIT_MB)
    print(f"at most {done.memory:.0f} MB (limit {LIMIT_MB})")
    return 0 if done.memory <= LIMIT_MB else 1
