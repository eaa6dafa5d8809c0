from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive.rows import ClusterMemberRow
from pipelines.duplicates.clusters import Seen, joined

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
ARTICLES = [f"article{n}" for n in range(8)]
PAIRS = st.lists(st.tuples(st.sampled_from(ARTICLES), st.sampled_from(ARTICLES)), max_size=12)


def alone(article: str) -> ClusterMemberRow:
    return ClusterMemberRow(article_id=article, number=1, cluster=article, at=NOON)


def by_time(moments: list[int]) -> dict[str, Seen]:
    return {
        article: (NOON + timedelta(hours=hour), article, article)
        for article, hour in zip(ARTICLES, moments, strict=True)
    }


@given(PAIRS, st.permutations(range(8)), st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_order_in_which_links_come_does_not_matter(
    links: list[tuple[str, str]], moments: list[int], chance: object, batches: int
) -> None:
    seen = by_time(moments)
    whole = {article: alone(article) for article in ARTICLES}
    whole |= joined(whole, links, seen)
    shuffled = list(links)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    members = {article: alone(article) for article in ARTICLES}
    for start in range(batches):
        members |= joined(members, shuffled[start::batches], seen)
    assert members == whole
    for row in members.values():  # each cluster is named by the article that was seen first
        together = [other for other in ARTICLES if members[other].cluster == row.cluster]
        assert row.cluster == min(together, key=lambda article: seen[article])


def test_only_what_changes_is_put_again() -> None:
    members = {article: alone(article) for article in ARTICLES[:3]}
    changed = joined(members, [("article0", "article2")], by_time(list(range(8))))
    assert {article: row.cluster for article, row in changed.items()} == {"article2": "article0"}
