"""A page on its way through the house, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from archive.article import Article
from archive.exchange import Exchange
from archive.outcome import Outcome
from archive.rows import CaptureRow, ImageRow, Row
from config.source import Source
from pipelines.gate.absent import Absent
from pipelines.rendering import Body


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A fetched and recorded page on its way through the house.

    Attributes:
        urls: the address asked for and every hop's, in order; the last is the page's own.
        first_missing_at, last_seen_at: of the page, from earlier runs.
        absent: what the page's host answers with 200 for addresses that do not exist; None: nothing known.
        readable: whether other pages of its host were articles in this run, so that what is missing is this
            one alone; None: not known yet.
    """

    urls: tuple[str, ...]
    source: Source
    exchange: Exchange
    capture: CaptureRow
    night: date
    first_missing_at: datetime | None = None
    first_missing_night: date | None = None
    last_seen_at: datetime | None = None
    absent: Absent | None = None
    readable: bool | None = None


@dataclass(frozen=True, slots=True)
class SeenArticle:
    """An article as a page shows it, on its way to a version.

    Attributes:
        body: what it was read out of.
        images: its archived pictures.
        further: the captures of its further pages, in order.
    """

    page: FetchedPage
    article: Article
    body: Body
    images: tuple[ImageRow, ...] = ()
    further: tuple[CaptureRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PageResult:
    """What became of a page.

    Attributes:
        outcome: exactly one.
        rows: what the catalog shall say about it (articles, versions, events, pictures, images).
        article_id: the article that the page shows, if any.
        changed: a version was made, a tombstone included.
        undecided: what it is can only be said when other pages of its host are known; it is to come again.
    """

    outcome: Outcome
    rows: tuple[Row, ...] = ()
    article_id: str | None = None
    changed: bool = False
    undecided: bool = False
