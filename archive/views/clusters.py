"""Stories that ran more than once: who had each first, and who followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog.article_reads import first_versions
from archive.catalog.clusters import Cluster, newest_clusters
from archive.views.article import Copy
from archive.views.notebook import shown
from archive.views.paging import Cut, cut_at, read_cursor, write_cursor
from archive.views.viewer import Viewer


@shown
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


@dataclass(frozen=True, slots=True)
class StoryList:
    """Stories that ran more than once, the newest first; `next` begins the next page."""

    stories: tuple[Story, ...]
    next: str | None = None


def stories(
    viewer: Viewer, *, since: datetime | None = None, source: str | None = None, limit: int = 50
) -> list[Story]:
    """The newest stories with an article first captured since then, and one of a source."""
    return list(story_page(viewer, since=since, source=source, limit=limit).stories)


def story_page(
    viewer: Viewer,
    *,
    since: datetime | None = None,
    source: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> StoryList:
    """A page of the same; raises QueryError for a cursor of something else."""
    after = None if cursor is None else read_cursor(cursor, "stories", (datetime, str))
    cut: Cut[Cluster] = cut_at(
        newest_clusters(viewer.catalog, since=since, source=source, limit=limit + 1, after=after), limit
    )
    following = None
    if cut.last is not None:
        newest = max(member.article.first_captured_at for member in cut.last.members)
        following = write_cursor("stories", (newest, cut.last.members[0].row.cluster))
    return StoryList(tuple(_stories(viewer, cut.kept)), following)


def _stories(viewer: Viewer, found: Sequence[Cluster]) -> list[Story]:
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
