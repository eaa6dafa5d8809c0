"""Copies of a story, as commands tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.article import shown_moment
from cli.printable import printable

if TYPE_CHECKING:
    from archive.catalog.clusters import Cluster, Member


def cluster_json(cluster: Cluster) -> dict[str, Any]:
    """A cluster: what was seen first, the agency credited, and every article in it."""
    from archive.catalog.clusters import shares

    return {
        "cluster": cluster.first.id,
        "agency": cluster.agency,
        "articles": [
            {
                "url": member.article.url,
                "source": member.article.source,
                "first_captured_at": member.article.first_captured_at,
                "removed": member.article.removed,
                "article": member.article.id,
                "agency": member.row.agency,
                "kind": member.row.kind,
                **shares(member.row),
                "linked_to": _linked_url(cluster, member),
            }
            for member in cluster.members
        ],
    }


def _linked_url(cluster: Cluster, member: Member) -> str | None:
    urls = (other.article.url for other in cluster.members if other.article.id == member.row.linked_to)
    return next(urls, None)


def copy_note(cluster: Cluster, article_id: str) -> str:
    """What an article's cluster says of it, in a line."""
    first, others = cluster.first, len(cluster.members) - 1
    agency = f"; agency: {printable(cluster.agency)}" if cluster.agency else ""
    if first.id == article_id:
        return f"seen first here; {others} {'copy' if others == 1 else 'copies'} elsewhere{agency}"
    return (
        f"a copy of {first.url} ({first.source}), seen first {shown_moment(first.first_captured_at)}{agency}"
    )


def member_line(member: Member) -> str:
    """An article of a cluster, in a line."""
    row = member.row
    how = f"{row.kind}, {(row.containment or 0) / 10:.0f} % of the shorter text" if row.kind else ""
    parts = (shown_moment(member.article.first_captured_at), member.article.source, member.article.url, how)
    return "  ".join(part for part in parts if part)
