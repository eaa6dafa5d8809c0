"""A crawl that politeness bounds: how long it takes beside the longest host's own time.

    python -m bench.polite_crawl [--hosts N] [--seconds S] [--rounds N]

Hosts have pages by Zipf's law and delays of their own; nothing goes faster than the host with the greatest
product of requests and delay, which takes about S seconds. Small pages come from a server in a process of its
own, which writes down when each request came to the system. Printed: the wall time of `dateline crawl`,
start and end included, as a multiple of that bound: a host's requests less one, times its delay, the greatest
of all hosts.
Exit status 1 if a page is not archived, or two requests to a host came closer than its delay.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.crawl_archive import BenchArchive, Limits, shown, source_of
from bench.figures import note
from bench.page_server import free_port, serving, small_host

AIM = 1.05
AT_ONCE, WORKERS = 64, 2
_DELAYS = (0.25, 0.5, 1.0, 2.0)  # seconds, by turns over the hosts
_BEFORE = 2  # requests of a host before its pages: robots.txt and the sitemap
_TIMER = 0.002  # seconds by which the arrival of requests, as the system saw it, may be closer


@dataclass(frozen=True, slots=True)
class Host:
    """One host: what it has, and how long it wants to be left alone between two requests."""

    name: str
    pages: int
    delay: float


def hosts_of(count: int, seconds: float) -> list[Host]:
    """Hosts whose times (pages times delay) follow Zipf's law, the first of about so many seconds (pure)."""
    hosts = []
    for number in range(count):
        delay = _DELAYS[number % len(_DELAYS)]
        pages = max(1, round(seconds / (number + 1) / delay) - _BEFORE)
        hosts.append(Host(small_host(number), pages, delay))
    return hosts


@dataclass(frozen=True, slots=True)
class Night:
    """One crawl: its wall time, that between first and last request, and the bound, all in seconds."""

    wall: float
    asking: float
    bound: float
    closest: float  # of the gap between two requests ÷ the host's delay


def crawl(folder: Path, hosts: list[Host]) -> Night:
    """Crawl them all once."""
    port, archive, asked = free_port(), BenchArchive(folder / "archive"), folder / "asked.tsv"
    folder.mkdir(parents=True)
    sources = []
    for host in hosts:
        source = source_of(host.name, port, sitemaps=[f"http://{host.name}:{port}/sitemap.xml"])
        sources.append({**source, "politeness": {"delay": host.delay}})
    archive.furnish(sources, Limits(at_once=AT_ONCE, workers=WORKERS))
    sizes = {host.name: host.pages for host in hosts}
    with serving(folder, port, small_by_host=sizes, asked=asked):
        done = archive.crawl(0.0)
    outcomes = archive.outcomes()
    if outcomes != {"archived": sum(sizes.values())}:
        raise SystemExit(f"of {sum(sizes.values())} pages: {shown(outcomes)}")
    return night_of(done.wall, asked.read_text(encoding="utf-8"), {host.name: host.delay for host in hosts})


def night_of(wall: float, asked: str, delays: dict[str, float]) -> Night:
    """What the server's account of (moment, host) lines says (pure)."""
    moments: defaultdict[str, list[float]] = defaultdict(list)
    for line in asked.splitlines():
        moment, host = line.split("\t")
        moments[host].append(float(moment))
    bound = max((len(each) - 1) * delays[host] for host, each in moments.items())
    gaps = (
        (later - sooner + _TIMER) / delays[host]
        for host, each in moments.items()
        for sooner, later in pairwise(each)
    )
    every = [moment for each in moments.values() for moment in each]
    return Night(wall, max(every) - min(every), bound, min(gaps))


def main() -> int:
    """Parse the arguments, crawl, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=240.0, help="of the longest host")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    hosts = hosts_of(options.hosts, options.seconds)
    pages = sum(host.pages for host in hosts)
    print(f"{len(hosts)} hosts, {pages} pages, delays of {', '.join(map(str, _DELAYS))} s")
    nights = []
    with TemporaryDirectory() as scratch:
        for number in range(options.rounds):
            night = crawl(Path(scratch) / str(number), hosts)
            nights.append(night)
            print(
                f"  {night.wall:.1f} s, first to last request {night.asking:.1f} s, the longest host "
                f"{night.bound:.1f} s: {night.wall / night.bound:.3f}; closest two requests "
                f"{night.closest:.2f} of a delay apart",
                flush=True,
            )
    ratios = [night.wall / night.bound for night in nights]
    print(f"makespan ÷ longest host: {statistics.median(ratios):.3f} (aim: at most {AIM})")
    closest = min(night.closest for night in nights)
    wall, bound = (statistics.median(getattr(night, name) for night in nights) for name in ("wall", "bound"))
    note(
        "polite-crawl/makespan", wall, unit="s", beside="longest host", theirs=bound,
        ratio=statistics.median(ratios), spread=ratios,
    )  # fmt: skip
    note("polite-crawl/closest requests", closest, unit="delays")
    return 0 if closest >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
