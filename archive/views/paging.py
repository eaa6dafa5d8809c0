"""Lists a page at a time: where the next page begins, as one opaque word (pure).

A cursor holds the order's columns of the last row of a page, so that what comes in between moves nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from archive.clock import isoformat_z, parse_z
from archive.search.query import QueryError

T = TypeVar("T")
LONGEST = 300  # characters of a cursor
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """A page out of more: its rows, and the last of them if there are more behind it."""

    kept: list[T]
    last: T | None


def cut_at(rows: Sequence[T], limit: int) -> Cut[T]:
    """The first `limit` rows, of at least one more than that if there are more."""
    kept = list(rows[:limit])
    return Cut(kept, kept[-1] if len(rows) > limit and kept else None)


def write_cursor(kind: str, fields: Sequence[datetime | str | int]) -> str:
    """A cursor of one kind of list."""
    said = [kind, *(isoformat_z(each) if isinstance(each, datetime) else each for each in fields)]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def read_cursor(text: str, kind: str, types: tuple[type[Any], ...]) -> Any:
    """The fields of a cursor, of these types; raises QueryError for one that this list did not give."""
    refusal = QueryError("cursor: not one that this list gave; allowed: `next` of the page before")
    if len(text) > LONGEST:
        raise refusal
    try:
        said = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(said, list) or said[:1] != [kind] or len(said) != len(types) + 1:
            raise refusal
        return tuple(_field(value, wanted) for value, wanted in zip(said[1:], types, strict=True))
    except (binascii.Error, ValueError, RecursionError, TypeError):
        raise refusal from None


def _field(value: Any, wanted: type[Any]) -> Any:
    if wanted is datetime and isinstance(value, str):
        return parse_z(value)
    if type(value) is not wanted or (wanted is int and not -_LARGEST < value < _LARGEST):
        raise TypeError(f"{value!r} is no {wanted.__name__}")
    if wanted is str:
        value.encode()  # a lone surrogate is no text, and no database takes it
        if "\x00" in value:
            raise ValueError("NUL is in no key")
    return value
