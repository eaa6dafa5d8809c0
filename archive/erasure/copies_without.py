"""What stays of clusters and of links between pictures when articles or pictures go for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from archive.catalog import clusters, picture_index
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import images_by_sha256
from archive.catalog.fetch import rows_with
from archive.rows import ClusterMemberRow, PictureLinkRow, RecompareRow, Row


@dataclass(frozen=True, slots=True)
class CopiesWithout:
    """Rows that go, and those of others that no longer name what goes."""

    removed: tuple[Row, ...]
    put: tuple[Row, ...]


def stories_without(catalog: Catalog, articles: Collection[str]) -> CopiesWithout:
    """Clusters go on under the earliest article that stays; a link to one that goes is forgotten."""
    going = clusters.rows_of_articles(catalog, articles)
    members = clusters.members_of(catalog, {row.cluster for row in going.values()})
    members |= clusters.members_of(catalog, articles)
    touched = members | clusters.standing_on(catalog, articles)
    staying = {name: row for name, row in touched.items() if name not in articles}
    heads = _heads(catalog, staying, articles)
    put = []
    for _, row in sorted(staying.items()):
        after = replace(row, cluster=heads.get(row.cluster, row.cluster))
        if after.linked_to in articles:
            after = replace(after, linked_to=None, kind=None, jaccard=None, containment=None)
        if after != row:
            put.append(after)
    waiting = rows_with(catalog, RecompareRow, "article_id", articles)
    return CopiesWithout((*going.values(), *waiting), tuple(put))


def _heads(
    catalog: Catalog, staying: dict[str, ClusterMemberRow], articles: Collection[str]
) -> dict[str, str]:
    """For each cluster that loses the article it is named by: the earliest of its others."""
    others: dict[str, list[str]] = defaultdict(list)
    for name, row in staying.items():
        if row.cluster in articles:
            others[row.cluster].append(name)
    rows = clusters.articles_by_id(catalog, [name for names in others.values() for name in names])
    return {
        cluster: min((rows[name] for name in names if name in rows), key=clusters.seen).id
        for cluster, names in others.items()
        if any(name in rows for name in names)
    }


def pictures_without(catalog: Catalog, digests: Collection[str]) -> CopiesWithout:
    """Pictures that were linked to one that goes are linked to the earliest of those that stay."""
    going = picture_index.links(catalog, digests)
    left = [row for row in picture_index.linked_to(catalog, digests).values() if row.sha256 not in digests]
    images = images_by_sha256(catalog, [row.sha256 for row in left])
    groups: dict[str, list[PictureLinkRow]] = defaultdict(list)
    for row in left:
        if row.sha256 in images:
            groups[row.first].append(row)
    put: list[Row] = []
    for rows in groups.values():
        first = min(rows, key=lambda row: (images[row.sha256].first_at, row.sha256)).sha256
        for row in sorted(rows, key=lambda row: row.sha256):
            own = row.sha256 == first
            put.append(
                replace(row, first=first, kind=None, distance=None, likeness=None)
                if own
                else replace(row, first=first)
            )
    return CopiesWithout(tuple(going.values()), tuple(put))
