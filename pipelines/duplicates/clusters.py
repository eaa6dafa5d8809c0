"""Which cluster each article is in, after new links: the earlier first wins (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from archive.rows import ClusterMemberRow

Seen = tuple[datetime, str, str]  # when an article was first captured, its address and id: who was first


def joined(
    members: Mapping[str, ClusterMemberRow],
    links: Iterable[tuple[str, str]],
    seen: Mapping[str, Seen],
) -> dict[str, ClusterMemberRow]:
    """The rows of articles whose cluster changes, by article.

    Whatever the order in which articles and links come, the same articles end in the same cluster: all that
    a chain of links connects, under the one that was seen first.

    Args:
        members: the articles that the links name, and all members of the clusters that these are in.
        links: pairs of articles that are copies of each other.
        seen: of every cluster among `members`, by the id of its first article.
    """
    leads: dict[str, str] = {}  # cluster → an earlier one that it is part of now

    def lead(cluster: str) -> str:
        while (earlier := leads.get(cluster)) is not None:
            cluster = earlier
        return cluster

    for one, other in links:
        a, b = lead(members[one].cluster), lead(members[other].cluster)
        if a != b:
            first, second = sorted((a, b), key=seen.__getitem__)
            leads[second] = first
    return {
        article: replace(row, cluster=lead(row.cluster))
        for article, row in members.items()
        if lead(row.cluster) != row.cluster
    }
