"""Readings of earlier captures by a later extractor: rows of the catalog, re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """The newest content of an article as another extractor reads it than the one of its version.

    So that a page that did not change is not compared with a fresh reading of its earlier capture each night.
    `state` is what is compared (`pipelines.state.State`), as JSON, of version `number` by `extractor`.
    """

    table: ClassVar[str] = "reading"
    article_id: str
    number: int
    extractor: str
    state: str
