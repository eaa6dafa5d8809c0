"""Which source is in which part of a run (pure): sources that share a site are in one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from config.source import Source
from crawler.discovery.sites import site_of


def sites_of(source: Source) -> frozenset[str]:
    """The registrable domains that a source's own file names: its home page's, and those of its lists."""
    discover = source.discover
    named = (source.homepage, *discover.feeds, *discover.sitemaps, *discover.sections)
    return frozenset(map(site_of, named))


def shard_of(site: str, shards: int) -> int:
    """The part of a site, by rendezvous hashing (Thaler and Ravishankar, 1998).

    Another number of parts moves no more sites than it has to, so most sources stay with their part.
    """
    return max(range(shards), key=lambda shard: hashlib.sha256(f"{shard}\0{site}".encode()).digest())


def divided(sources: Mapping[str, Source], shards: int) -> dict[int, tuple[str, ...]]:
    """Names of the sources of each part that has any, in order.

    Args:
        sources: by name.
        shards: into how many parts, at most.
    """
    found: dict[int, list[str]] = {}
    for names, sites in _together(sources):
        found.setdefault(shard_of(min(sites), shards), []).extend(names)
    return {shard: tuple(sorted(names)) for shard, names in sorted(found.items())}


def _together(sources: Mapping[str, Source]) -> Iterable[tuple[list[str], frozenset[str]]]:
    """Sources that share a site, or share one with one that does, with all their sites."""
    group_of: dict[str, int] = {}  # site → group
    groups: dict[int, tuple[list[str], frozenset[str]]] = {}
    for number, (name, source) in enumerate(sorted(sources.items())):
        names, sites = [name], sites_of(source)
        for met in sorted({group_of[site] for site in sites if site in group_of}):
            others, theirs = groups.pop(met)
            names, sites = others + names, sites | theirs
        groups[number] = (names, sites)
        group_of |= dict.fromkeys(sites, number)
    return groups.values()
