"""The newest clusters, walked from the newest article: the same as all of them, grouped and sorted."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.catalog.clusters import newest_clusters
from archive.digest import url_key
from archive.rows import AddressRow, ArticleRow, ClusterMemberRow, TakedownRow
from tests.archive.material import NOON

CHANCE = random.Random(20260329)
SOURCES = ("a", "b", "c")
ARTICLES = [
    ArticleRow(
        id=f"art-{n:02}",
        source=CHANCE.choice(SOURCES),
        url=f"https://news.example/{n}",
        first_captured_at=NOON + timedelta(hours=CHANCE.randrange(12)),  # some at the same moment
        versions=1,
    )
    for n in range(40)
]
CLUSTER = {row.id: f"cluster-{CHANCE.randrange(16):02}" for row in ARTICLES}
DOWN = {row.id for row in CHANCE.sample(ARTICLES, 6)}


@pytest.fixture
def filled(catalog: Catalog, put: Any) -> Catalog:
    put(
        *ARTICLES,
        *(
            ClusterMemberRow(article_id=row.id, number=1, cluster=CLUSTER[row.id], at=NOON)
            for row in ARTICLES
        ),
        *(
            AddressRow(url_key=url_key(row.url), url=row.url, article_id=row.id, since=NOON)
            for row in ARTICLES
        ),
        *(
            TakedownRow(url_key=url_key(row.url), url=row.url, subject=row.url, reason="r", at=NOON)
            for row in ARTICLES
            if row.id in DOWN
        ),
    )
    return catalog


def _expected() -> list[tuple[str, list[ArticleRow]]]:
    clusters: dict[str, list[ArticleRow]] = defaultdict(list)
    for row in ARTICLES:
        if row.id not in DOWN:
            clusters[CLUSTER[row.id]].append(row)
    several = [(name, rows) for name, rows in clusters.items() if len(rows) > 1]
    return sorted(several, key=lambda each: (-_newest(each[1]).timestamp(), each[0]))


def _newest(rows: list[ArticleRow]) -> Any:
    return max(row.first_captured_at for row in rows)


@pytest.mark.parametrize("source", [None, *SOURCES, "nobody"])
@pytest.mark.parametrize("hours", [None, 0, 6, 11, 13])
def test_clusters_are_those_of_a_grouping(filled: Catalog, source: str | None, hours: int | None) -> None:
    since = None if hours is None else NOON + timedelta(hours=hours)
    expected = [
        {row.id for row in rows}
        for _, rows in _expected()
        if (since is None or _newest(rows) >= since)
        and (source is None or source in {r.source for r in rows})
    ]
    found = newest_clusters(filled, since=since, source=source, limit=50)
    assert [{member.article.id for member in cluster.members} for cluster in found] == expected


def test_pages_of_clusters_leave_none_out(filled: Catalog) -> None:
    expected = [{row.id for row in rows} for _, rows in _expected()]
    assert len(expected) > 5
    found, after = [], None
    while page := newest_clusters(filled, since=None, source=None, limit=2, after=after):
        found += [{member.article.id for member in cluster.members} for cluster in page]
        last = page[-1].members
        after = (_newest([member.article for member in last]), last[0].row.cluster)
    assert found == expected
