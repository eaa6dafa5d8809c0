"""Questions about copies: who is in a cluster, who was first, what is not compared yet.

Articles that were taken down are named to nobody: a cluster is then led by the earliest of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.catalog import takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, pieces, rows_with, select
from archive.catalog.schema import article, version
from archive.catalog.schema_links import cluster_member, recompare
from archive.rows import ArticleRow, ClusterMemberRow, RecompareRow, VersionRow


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a cluster, and what it was linked by."""

    article: ArticleRow
    row: ClusterMemberRow


@dataclass(frozen=True, slots=True)
class Cluster:
    """Articles that are copies of one story, the first seen first; there are two or more."""

    members: tuple[Member, ...]

    @property
    def first(self) -> ArticleRow:
        """The article that was captured first; its id names the cluster."""
        return self.members[0].article

    @property
    def agency(self) -> str | None:
        """The news agency that most of them credit, the earlier of two that as many do."""
        named = [member.row.agency for member in self.members if member.row.agency]
        return max(named, key=named.count) if named else None


def member_of(catalog: Catalog, article_id: str) -> ClusterMemberRow | None:
    """The row of an article; None until it was compared."""
    query = select(ClusterMemberRow).where(cluster_member.c.article_id == article_id)
    return first(catalog, ClusterMemberRow, query)


def clusters_of(catalog: Catalog, articles: Sequence[str]) -> dict[str, Cluster]:
    """The cluster of each of these articles that is in one with another, by id of the article."""
    mine: dict[str, str] = {}
    for piece in pieces(list(dict.fromkeys(articles))):
        query = sa.select(cluster_member.c.article_id, cluster_member.c.cluster)
        with catalog.read() as connection:
            found = connection.execute(query.where(cluster_member.c.article_id.in_(piece)))
            mine |= {row.article_id: row.cluster for row in found}
    clusters = clusters_named(catalog, mine.values())
    return {article_id: clusters[cluster] for article_id, cluster in mine.items() if cluster in clusters}


def clusters_named(catalog: Catalog, names: Iterable[str]) -> dict[str, Cluster]:
    """Clusters of two or more that are not taken down, by the name that their rows have."""
    found: dict[str, list[Member]] = defaultdict(list)
    for piece in pieces(sorted(set(names))):
        there = cluster_member.c.article_id.not_in(takedowns.articles())
        wanted = select(ClusterMemberRow).where(cluster_member.c.cluster.in_(piece), there)
        rows = {row.article_id: row for row in fetch(catalog, ClusterMemberRow, wanted)}
        for owner in articles_by_id(catalog, rows).values():
            found[rows[owner.id].cluster].append(Member(owner, rows[owner.id]))
    return {
        name: Cluster(tuple(sorted(members, key=lambda member: seen(member.article))))
        for name, members in found.items()
        if len(members) > 1
    }


def seen(row: ArticleRow) -> tuple[datetime, str, str]:
    """What articles are in order of: when they were first captured, then their addresses."""
    return row.first_captured_at, row.url, row.id


def newest_clusters(
    catalog: Catalog,
    *,
    since: datetime | None,
    source: str | None,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[Cluster]:
    """Clusters with an article that was first captured since then, and one of a source; newest first.

    `after`: behind another one, given by when its newest article was first captured, and its name.
    """
    # Articles are walked from the newest: each that is the newest of its cluster, and not alone in it, names
    # one. To group every cluster there is, and keep a page of them, would read all members.
    first_at, other = article.c.first_captured_at, article.alias("other")
    named = sa.select(cluster_member.c.cluster).where(cluster_member.c.article_id == article.c.id)
    cluster = named.scalar_subquery()
    newer = sa.or_(
        other.c.first_captured_at > first_at,
        sa.and_(other.c.first_captured_at == first_at, other.c.id > article.c.id),
    )
    query = (
        sa.select(cluster.label("cluster"))
        .where(article.c.id.not_in(takedowns.articles()))
        .where(_beside(other, other.c.id != article.c.id), ~_beside(other, newer))
        .order_by(first_at.desc(), cluster)
        .limit(limit)
    )
    if since is not None:
        query = query.where(first_at >= sa.bindparam(None, since, type_=first_at.type))
    if after is not None:
        moment = sa.bindparam(None, after[0], type_=first_at.type)
        # The first condition is implied by the second, but is the one that an index can serve.
        behind = sa.or_(first_at < moment, cluster > after[1])
        query = query.where(first_at <= moment, behind)
    if source is not None:
        query = query.where(_beside(other, other.c.source == source))
    with catalog.read() as connection:
        names = [row.cluster for row in connection.execute(query)]
    found = clusters_named(catalog, names)
    return [found[name] for name in names if name in found]


def _beside(other: sa.FromClause, such: sa.ColumnElement[bool]) -> sa.Exists:
    """Whether such an article, not taken down, is in the cluster of `article`; it may be that one itself."""
    mine, theirs = cluster_member.alias("mine"), cluster_member.alias("theirs")
    together = mine.join(theirs, theirs.c.cluster == mine.c.cluster)
    together = together.join(other, other.c.id == theirs.c.article_id)
    of_it = sa.select(sa.literal(1)).select_from(together).where(mine.c.article_id == article.c.id, such)
    return sa.exists(of_it.where(other.c.id.not_in(takedowns.articles())).correlate(article))


def articles_by_id(catalog: Catalog, ids: Iterable[str]) -> dict[str, ArticleRow]:
    """Articles by id."""
    return {row.id: row for row in rows_with(catalog, ArticleRow, "id", ids)}


def members_of(catalog: Catalog, clusters: Iterable[str]) -> dict[str, ClusterMemberRow]:
    """Every member of these clusters, taken down or not, by article: for whoever links."""
    return {row.article_id: row for row in rows_with(catalog, ClusterMemberRow, "cluster", clusters)}


def rows_of_articles(catalog: Catalog, articles: Iterable[str]) -> dict[str, ClusterMemberRow]:
    """The rows of these articles."""
    return {row.article_id: row for row in rows_with(catalog, ClusterMemberRow, "article_id", articles)}


def standing_on(catalog: Catalog, articles: Iterable[str]) -> dict[str, ClusterMemberRow]:
    """The rows that name one of these articles as the one that they are linked with."""
    return {row.article_id: row for row in rows_with(catalog, ClusterMemberRow, "linked_to", articles)}


def not_compared(catalog: Catalog, limit: int) -> list[VersionRow]:
    """Versions newer than what was compared of their articles, by article and number."""
    newer = sa.or_(cluster_member.c.article_id.is_(None), version.c.number > cluster_member.c.number)
    query = (
        sa.select(version.c.article_id, version.c.number)
        .select_from(version.outerjoin(cluster_member, cluster_member.c.article_id == version.c.article_id))
        .where(newer)
        .order_by(version.c.article_id, version.c.number)
        .limit(limit)
    )
    with catalog.read() as connection:
        keys = [(row.article_id, row.number) for row in connection.execute(query)]
    wanted = set(keys)
    rows = rows_with(catalog, VersionRow, "article_id", (name for name, _ in keys))
    found = (row for row in rows if (row.article_id, row.number) in wanted)
    return sorted(found, key=lambda row: (row.article_id, row.number))


def to_recompare(catalog: Catalog, limit: int) -> list[RecompareRow]:
    """The first of what is to be compared again, whole articles: up to so many."""
    few = sa.select(recompare.c.article_id).distinct().order_by(recompare.c.article_id).limit(limit)
    query = select(RecompareRow).where(recompare.c.article_id.in_(few.scalar_subquery()))
    return fetch(catalog, RecompareRow, query.order_by(recompare.c.article_id, recompare.c.mark))


def shares(row: ClusterMemberRow) -> Mapping[str, float | None]:
    """Jaccard and containment of a row as shares of one."""
    return {
        "jaccard": None if row.jaccard is None else row.jaccard / 1000,
        "containment": None if row.containment is None else row.containment / 1000,
    }
