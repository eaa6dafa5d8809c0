"""What has to be compared again because texts of some articles are read otherwise since.

A link names the closest article only, so nobody can say which links of a cluster stand without one of its
articles. A cluster with such an article is therefore taken apart as a whole, and all of its articles are
compared with everything again; what still holds comes back in the same journal entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.catalog import clusters as reads
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.rows import ClusterMemberRow, RecompareRow, RemovedRow, VersionRow


@dataclass(frozen=True, slots=True)
class Again:
    """A batch of it.

    Attributes:
        marks: that say so; taken out when it is done.
        articles: all whose links are withdrawn.
        versions: all of theirs, by article and number.
    """

    marks: Sequence[RecompareRow]
    articles: frozenset[str]
    versions: Sequence[VersionRow]

    @property
    def read_otherwise(self) -> list[tuple[str, int]]:
        """Versions, as (article, number), of which an index may have another text."""
        marked = {mark.article_id for mark in self.marks}
        return [(row.article_id, row.number) for row in self.versions if row.article_id in marked]

    @property
    def done(self) -> list[RemovedRow]:
        """What takes the marks out."""
        return [RemovedRow(of=mark.table, key=(mark.article_id, mark.mark)) for mark in self.marks]


def next_again(catalog: Catalog, limit: int) -> Again | None:
    """What is to be compared again, of up to so many marked articles; None if nothing is."""
    marks = reads.to_recompare(catalog, limit)
    if not marks:
        return None
    articles = _together(catalog, {mark.article_id for mark in marks})
    versions = rows_with(catalog, VersionRow, "article_id", articles)
    versions.sort(key=lambda row: (row.article_id, row.number))
    return Again(marks, frozenset(articles), versions)


def _together(catalog: Catalog, articles: Iterable[str]) -> set[str]:
    """These articles and all that are in a cluster, or linked, with one of them."""
    found, new = set[str](), set(articles)
    while new:
        found |= new
        rows = reads.rows_of_articles(catalog, new)
        rows |= reads.members_of(catalog, {row.cluster for row in rows.values()})
        rows |= reads.standing_on(catalog, new)
        new = rows.keys() - found
    return found


def withdrawn(before: Mapping[str, ClusterMemberRow], after: Mapping[str, ClusterMemberRow]) -> int:
    """How many articles had a link and have none any more (pure)."""
    return sum(row.linked_to is not None and after[name].linked_to is None for name, row in before.items())
