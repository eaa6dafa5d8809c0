"""What a memory knows, for people to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.memory.site_memory import Band, Cluster, SiteMemory

SHOWN = 8  # kinds of blocks, each of text and of furniture


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster in a person's terms.

    Attributes:
        pages: that it was learned from.
        container: path of the box that holds the text.
        agreed: on how many pages each teller's text lies in it.
        characters: the shortest and the longest text.
        share, furniture: per mille, of the page's characters in the container, and of these what is no text.
        text, left_out: the kinds of blocks that are (not) text, those seen most first.
    """

    pages: int
    container: str
    agreed: Mapping[str, int]
    characters: Band
    share: Band
    furniture: Band
    text: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemoryView:
    """A memory in a person's terms.

    Attributes:
        pages: that it was learned from.
        clusters: the largest first.
        furniture: how many recurring texts it knows.
        samples: the most frequent of them, with how many pages show each.
    """

    pages: int
    clusters: tuple[ClusterView, ...]
    furniture: int
    samples: tuple[tuple[str, int], ...]


def inspect(memory: SiteMemory) -> MemoryView:
    """The view of a memory."""
    clusters = tuple(map(_cluster, memory.clusters))
    return MemoryView(memory.pages, clusters, len(memory.furniture), memory.samples)


def _cluster(cluster: Cluster) -> ClusterView:
    kinds = [(name, votes) for name, votes in (*cluster.inside, *cluster.outside) if name.count("/") > 1]
    kinds.sort(key=lambda each: (-each[1].seen, each[0]))
    return ClusterView(
        cluster.pages,
        cluster.container,
        dict(cluster.agreed),
        cluster.characters,
        cluster.share,
        cluster.furniture,
        tuple(name for name, votes in kinds if 2 * votes.kept > votes.seen)[:SHOWN],
        tuple(name for name, votes in kinds if 2 * votes.kept <= votes.seen)[:SHOWN],
    )
