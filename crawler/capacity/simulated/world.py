"""The sources of a simulation: sizes by Zipf's law, zones of the world, crons as people write them (pure)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from config.source import Source
from crawler.capacity.workload import CRONS, Workload, sizes
from crawler.schedule.timetable import Timetable, timetable_of

MEMBERS = 100  # sources of one pool, at the most


@dataclass(frozen=True, slots=True)
class Site:
    """One source of the simulation.

    Attributes:
        name: of the source.
        size: new articles a day.
        pool: number of the pool that it belongs to.
    """

    name: str
    size: float
    pool: int

    @property
    def host(self) -> str:
        """Its only host; pictures come from another one."""
        return f"www.{self.name}.example"


@dataclass(frozen=True, slots=True)
class Members:
    """Sources of one zone, cron and about one size: what is learned of them is learned together."""

    source: Source
    sites: tuple[Site, ...]

    @property
    def size(self) -> float:
        """New articles a day of all of them."""
        return sum(site.size for site in self.sites)


@dataclass(frozen=True, slots=True)
class World:
    """All of it."""

    timetables: tuple[Timetable, ...]
    sites: dict[str, Site]
    pools: tuple[Members, ...]


def make_world(workload: Workload, seed: int) -> World:
    """The sources of a workload, each in a zone with a cron; the same seed gives the same world."""
    dice = random.Random(seed)
    zones, shares = [zone for _, _, zone in workload.zones], [share for _, share, _ in workload.zones]
    crons, likely = [cron for cron, _, _ in CRONS], [share for _, _, share in CRONS]
    alike: defaultdict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for number, size in enumerate(sizes(workload)):
        place = dice.choices(zones, shares)[0], dice.choices(crons, likely)[0]
        alike[place].append((f"paper-{number + 1:06}", size))
    tables: list[Timetable] = []
    sites: dict[str, Site] = {}
    pools: list[Members] = []
    for (zone, cron), named in sorted(alike.items()):
        for alike_too in _of_about_one_size(named):
            made = [Site(name, size, len(pools)) for name, size in alike_too]
            pools.append(Members(_source(zone, cron), tuple(made)))
            sites |= {site.name: site for site in made}
            tables += [_table(zone, cron, site.name) for site in made]
    return World(tuple(sorted(tables, key=lambda table: table.source)), sites, tuple(pools))


def _of_about_one_size(named: list[tuple[str, float]]) -> Iterator[list[tuple[str, float]]]:
    """Up to a hundred at a time, of which none is half as large as another; given the largest first.

    How soon a source learns of its pages depends on how many it has.
    """
    found: list[tuple[str, float]] = []
    for name, size in named:
        if found and (len(found) == MEMBERS or 2 * size < found[0][1]):
            yield found
            found = []
        found.append((name, size))
    if found:
        yield found


@cache
def _source(zone: str, cron: str) -> Source:
    return Source(name="paper", homepage="https://www.paper.example/", timezone=zone, schedule=cron)


def _table(zone: str, cron: str, name: str) -> Timetable:
    common = timetable_of(_source(zone, cron))
    return Timetable(name, common.cron, common.zone)
