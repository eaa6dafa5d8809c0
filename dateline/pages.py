"""Lists: a table that is all there, and pages that are asked for as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

from archive.views.notebook import MOST_ROWS, rows_table

T = TypeVar("T")
_SHOWN = 20  # rows, in a notebook

Fetch = Callable[[str | None], tuple[Sequence[T], str | None]]
"""The page that a cursor begins (None: the first), and the cursor of the next one (None: there is none)."""


class Table(Sequence[T]):
    """A list that a notebook shows as a table."""

    def __init__(self, values: Sequence[T], *, more: bool = False, caption: str = "") -> None:
        self._values, self._more, self._caption = tuple(values), more, caption

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Table[T]: ...
    def __getitem__(self, index: int | slice) -> T | Table[T]:
        if isinstance(index, slice):
            return Table(self._values[index], caption=self._caption)
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        lines = [f"  {each!r}" for each in self._values[:MOST_ROWS]]
        rest = ["  …"] if self._more or len(self._values) > MOST_ROWS else []
        return "\n".join([f"{self._caption or 'Table'} ({len(self._values):,})", *lines, *rest])

    def _repr_html_(self) -> str:
        more = self._more or len(self._values) > MOST_ROWS
        return rows_table(self._values[:MOST_ROWS], more=more, caption=self._caption)


class Pages(Generic[T]):
    """A list of any length. Iterating asks for page after page; each iteration begins anew.

    A notebook shows the beginning; `first(n)` gives it as a table.
    """

    def __init__(self, fetch: Fetch[T], caption: str) -> None:
        self._fetch, self._caption = fetch, caption

    def __iter__(self) -> Iterator[T]:
        cursor: str | None = None
        while True:
            values, cursor = self._fetch(cursor)
            yield from values
            if cursor is None:
                return

    def first(self, number: int = _SHOWN) -> Table[T]:
        """The first `number` of them, or as many as there are."""
        values = list(islice(self, number + 1))
        return Table(values[:number], more=len(values) > number, caption=self._caption)

    def __repr__(self) -> str:
        return f"<{self._caption}: iterate, or ask for first(n)>"

    def _repr_html_(self) -> str:
        return self.first()._repr_html_()
