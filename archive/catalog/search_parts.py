"""One month of the index of words: what both databases can do with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa

from archive.search.document import Document
from archive.search.expression import Expression


class Order(StrEnum):
    """In which order versions are found."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Indexed:
    """A version in the index, and what it was indexed by."""

    month: int
    place: int
    article_id: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Found:
    """A version that matches; a lower `rank` is a better match, 0 where nothing is ranked."""

    month: int
    place: int
    article_id: str
    number: int
    rank: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a month is asked for.

    Attributes:
        expression: without clusters.
        low, high: first and last place.
        order: which come first.
        after: go on after this one, which may be of another month.
        standing: only versions that are the newest content of their article.
        limit: at most so many.
    """

    expression: Expression
    low: int
    high: int
    order: Order
    after: Found | None
    standing: bool
    limit: int


# A condition on the version `d`: none of its article that says something came after it.
NEWER = """
  AND NOT EXISTS (
    SELECT 1 FROM search_doc AS n
    WHERE n.article_id = d.article_id AND n.number > d.number AND NOT n.removed)"""


def beyond(asked: Asked, month: int) -> str:
    """The condition for going on after a match: worse, or as good and of an earlier month or place."""
    if asked.after is None:
        return ""
    if month == asked.after.month:
        return "WHERE rank > :rank OR (rank = :rank AND place < :after)"
    return "WHERE rank >= :rank" if month < asked.after.month else "WHERE rank > :rank"


def bound(asked: Asked, month: int) -> dict[str, Any]:
    """The values that a query for a month binds, those of `beyond` among them."""
    after = {} if asked.after is None else {"rank": asked.after.rank, "after": asked.after.place}
    return {"low": asked.low, "high": asked.high, "month": month, "limit": asked.limit, **after}


class Parts(Protocol):
    """The months of one database's index. Every method is called within a transaction."""

    def create(self, connection: sa.Connection, month: int) -> None:
        """Make the table of a month, unless it is there."""

    def drop(self, connection: sa.Connection, month: int) -> None:
        """Remove the table of a month with all that is in it; nothing if there is none."""

    def put(self, connection: sa.Connection, month: int, documents: Sequence[tuple[int, Document]]) -> None:
        """Enter versions at places that are free, in order of their places."""

    def begin(self, connection: sa.Connection, month: int) -> None:
        """Make the table of a month that is about to be filled as a whole, unless it is there."""

    def written(self, document: Document) -> tuple[str, ...]:
        """A version as the table has it, beside its place."""

    def enter(self, connection: sa.Connection, month: int, rows: Sequence[tuple[int | str, ...]]) -> None:
        """Enter versions, each as its place and what `written` gives, in order of their places."""

    def done(self, connection: sa.Connection, month: int) -> None:
        """A month that was begun is filled: make what it is quickly found in by."""

    def take(self, connection: sa.Connection, month: int, rows: Sequence[Indexed]) -> bool:
        """Take versions out; False if that is not possible, and the month must be written anew."""

    def compact(self, connection: sa.Connection, month: int) -> None:
        """Leave nothing in the table's pages of what was taken out."""

    def find(self, connection: sa.Connection, month: int, asked: Asked) -> list[Found]:
        """The versions of a month that match; none that was taken down."""

    def matching(
        self, connection: sa.Connection, month: int, expression: Expression, places: Collection[int]
    ) -> set[int]:
        """Those of these places whose versions match."""


def table_of(month: int) -> str:
    """Name of a month's table."""
    return f"search_{month:06d}"
