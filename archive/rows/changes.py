"""What changes taught, and what front pages showed: rows of the catalog, re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FlapRow:
    """How often a value came or went on the pages of one article: what a source's noise is learned from.

    `key` is a digest of the value (`pipelines.versions.noise`), so nothing can be read out of it. `changes`
    are counted since `first_at`; a change long after `last_at` begins anew.
    """

    table: ClassVar[str] = "flap"
    source: str
    key: str
    article_id: str
    changes: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontRow:
    """One headline of a home or section page as captured, in its place; 0 is what led.

    A capture whose list is that of the capture before has none: what stood then stands still. `link_key` is
    the key of `link`; `picture` is the address of its picture, if it has one.
    """

    table: ClassVar[str] = "front"
    capture_id: str
    position: int
    source: str
    url: str  # of the page
    url_key: str
    at: datetime
    title: str
    link: str
    link_key: str
    picture: str | None = None
