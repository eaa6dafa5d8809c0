"""What is like one article: the members of its cluster, and whatever else shares text with it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.catalog import clusters as reads
from archive.catalog import fingerprints
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.catalog.postings import Kept, Question
from archive.catalog.sketches import Sketched, signed
from archive.catalog.takedowns import standing_articles
from archive.digest import is_key
from archive.rows import ArticleRow, VersionRow
from pipelines.duplicates.likeness import Kind, Likeness, compare, kind_of
from pipelines.duplicates.link import Texts
from pipelines.duplicates.shingles import shingles
from pipelines.duplicates.sketch import any_at_all, sketch
from pipelines.duplicates.window import Window

_WORTH_SHOWING = 0.1  # of the shorter text


@dataclass(frozen=True, slots=True)
class Similar:
    """An article that shares text with the one asked for.

    Attributes:
        kind: as the two texts are now, furniture counted; None: too little for a copy.
        linked: whether both are in one cluster.
    """

    article: ArticleRow
    kind: Kind | None
    likeness: Likeness
    linked: bool


def similar_articles(
    catalog: Catalog, article_id: str, text: str, at: Sequence[VersionRow], window: Window
) -> list[Similar]:
    """Articles like the one that has this text, the likest first.

    Those that were taken down are not among them. What was captured long before the window can only be found
    if it is linked already.

    Args:
        catalog: with the index.
        article_id: of the article asked for, which is not in the answer.
        text: to compare with the newest text of each.
        at: versions of the article; copies are looked for near them in time.
        window: that the index was made with.
    """
    asked = shingles(text)
    keys = sketch(asked)
    periods = tuple(sorted({period for row in at for period in window.periods(row.captured_at)}))
    mine = [
        Sketched(article_id, row.number, row.source, row.captured_at, asked.size, keys)
        for row in at[:1]
        if is_key(article_id)
    ]
    question = Question(signed(mine), [periods] * len(mine), None)
    found = set(fingerprints.candidates(catalog, question, any_at_all, Kept(0)).articles)
    cluster = reads.clusters_of(catalog, [article_id]).get(article_id)
    linked = {member.article.id for member in cluster.members} if cluster else set()
    articles = reads.articles_by_id(catalog, standing_articles(catalog, (found | linked) - {article_id}))
    newest: dict[str, VersionRow] = {}
    for row in rows_with(catalog, VersionRow, "article_id", articles):
        if row.text_sha256 and (row.article_id not in newest or row.number > newest[row.article_id].number):
            newest[row.article_id] = row
    texts = Texts(catalog).many(row.text_sha256 or "" for row in newest.values())
    answers = []
    for name, row in newest.items():
        likeness = compare(asked, texts[row.text_sha256 or ""])
        if name in linked or likeness.containment >= _WORTH_SHOWING:
            answers.append(Similar(articles[name], kind_of(likeness), likeness, name in linked))
    return sorted(answers, key=lambda each: (-each.likeness.jaccard, *reads.seen(each.article)))
