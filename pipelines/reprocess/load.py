"""Articles out of the catalog, many at once, with what each of their versions says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.catalog.catalog import Catalog
from archive.catalog.reprocess_reads import Told, told_of
from archive.rows import ReadingRow
from pipelines.reprocess.chain import Chain
from pipelines.state import state_of_version


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article as the catalog has it.

    Attributes:
        chain: its versions; none if it is gone by now.
        told: the same and more of all the articles that were loaded with it, the captures among it.
    """

    article_id: str
    chain: Chain
    told: Told

    @property
    def reading(self) -> ReadingRow | None:
        """What a later extractor has read out of its newest content, if it was asked."""
        return self.told.readings.get(self.article_id)


def load_articles(catalog: Catalog, article_ids: Sequence[str]) -> list[Loaded]:
    """These articles, in the same order. Blocks."""
    told = told_of(catalog, article_ids)
    return [Loaded(article_id, _chain(told, article_id), told) for article_id in article_ids]


def _chain(told: Told, article_id: str) -> Chain:
    rows = told.versions.get(article_id, [])
    numbers = [row.number for row in rows]
    events = {number: told.events.get((article_id, number), []) for number in numbers}
    pictures = {number: told.pictures.get((article_id, number), []) for number in numbers}
    states = {
        row.number: state_of_version(
            row, pictures[row.number], told.images, told.texts.get(row.text_sha256 or "")
        )
        for row in rows
        if not row.removed
    }
    return Chain(tuple(rows), events, pictures, states)
