"""The sites of the test of a cluster, in a process of their own that keeps a log.

`python -m tests.cluster.sites FOLDER ADDRESS HOSTS PAGES`: writes its port to FOLDER/port, and to FOLDER/log
a line for each request, as it comes: the monotonic moment, who asks, host and path.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import TextIO

from tests.end_to_end.small_site import Page, SmallSite, Visit, feed, page, story


@dataclass(frozen=True)
class Asked:
    """A request; `at`: monotonic seconds."""

    at: float
    peer: str
    host: str
    path: str


def asked(folder: Path) -> list[Asked]:
    """The log so far, by time."""
    lines = (folder / "log").read_text().splitlines()
    return sorted((Asked(*json.loads(line)) for line in lines), key=lambda one: one.at)


def gaps(log: Sequence[Asked]) -> dict[str, list[tuple[float, Asked, Asked]]]:
    """By host, how long after each request the next one came, whoever asked."""
    by_host: dict[str, list[Asked]] = {}
    for one in log:
        by_host.setdefault(one.host, []).append(one)
    return {
        host: [(later.at - before.at, before, later) for before, later in pairwise(visits)]
        for host, visits in by_host.items()
    }


def spacing(log: Sequence[Asked], delay: float, slack: float) -> str:
    """Asserts that no host was asked too soon, by whichever of ours; what is to be said of it."""
    found = gaps(log)
    every = sorted(gap for pairs in found.values() for gap, _, _ in pairs)
    close = [pair for pairs in found.values() for pair in pairs if pair[0] < delay - slack]
    assert close == [], close[:10]
    changes = [gap for pairs in found.values() for gap, one, other in pairs if one.peer != other.peer]
    below = sum(gap < delay for gap in every)
    return (
        f"spacing: {len(every)} distances at {len(found)} hosts, the shortest {every[0]:.4f} s of {delay} s "
        f"({below} below it, each by less than {slack} s); {len(changes)} from one of our hosts to another, "
        f"the shortest {min(changes, default=0.0):.1f} s"
    )


def host_of(number: int) -> str:
    return f"www.site{number}.test"


def news_of(number: int, pages: int) -> dict[str, str]:
    """Path → name of the story. Every tenth one runs at two hosts."""
    return {f"/news/{n}": f"Town{number // 2 if n % 10 == 0 else number}x{n}" for n in range(pages)}


@dataclass
class LoggedSite(SmallSite):
    """A `SmallSite` that writes down each visit at once."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    _writing: Lock = field(default_factory=Lock)

    def answer(self, visit: Visit) -> Page:
        with self._writing:
            self.out.write(json.dumps([visit.began, visit.peer, visit.host, visit.path]) + "\n")
            self.out.flush()
        return super().answer(visit)


def fill(site: SmallSite, hosts: int, pages: int) -> None:
    """Hosts with a feed that names all of their pages."""
    for number in range(hosts):
        host, news = host_of(number), news_of(number, pages)
        site.add(host, {path: page(story(name)) for path, name in news.items()})
        site.add(host, {"/feed": feed(site.url(host, path) for path in news)})


def main(folder: Path, address: str, hosts: int, pages: int) -> None:
    with (folder / "log").open("w") as out, LoggedSite(address=address, out=out) as site:
        fill(site, hosts, pages)
        (folder / "port.new").write_text(str(site.port))
        (folder / "port.new").rename(folder / "port")
        signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
