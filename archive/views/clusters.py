"""Stories that ran more than once: who had each first, and who followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.catalog.article_reads import first_versions
from archive.catalog.clusters import Cluster, newest_clusters
from archive.views.article import Copy
from archive.views.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Story:
    """A cluster, of which two articles or more may be seen.

    Attributes:
        cluster: id of the article that was captured first, by which the cluster is searched for.
        agency: the news agency that most of them credit.
        articles: in the order in which they were first captured.
    """

    cluster: str
    agency: str | None
    articles: tuple[Copy, ...]


def stories(
    viewer: Viewer, *, since: datetime | None = None, source: str | None = None, limit: int = 50
) -> list[Story]:
    """The newest stories with an article first captured since then, and one of a source."""
    found = newest_clusters(viewer.catalog, since=since, source=source, limit=limit)
    ids = [member.article.id for cluster in found for member in cluster.members]
    titles = {name: row.title for name, row in first_versions(viewer.catalog, ids).items()}
    made = (_story(viewer, cluster, titles) for cluster in found)
    return [story for story in made if len(story.articles) > 1]


def _story(viewer: Viewer, cluster: Cluster, titles: dict[str, str | None]) -> Story:
    copies = []
    for member in cluster.members:
        row, share = member.article, member.row.containment
        if viewer.sight.sees(row.source, row.url, row.first_captured_at):
            copies.append(
                Copy(
                    row.id,
                    row.source,
                    row.url,
                    titles.get(row.id),
                    row.first_captured_at,
                    member.row.kind,
                    None if share is None else share / 1000,
                )
            )
    # The name that rows have, also where the first of them was taken down since.
    return Story(cluster.members[0].row.cluster, cluster.agency, tuple(copies))
