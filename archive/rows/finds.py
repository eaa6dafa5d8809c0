"""Rows of saved searches: since when each is watched, and what it found; re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

FOUND = "found"  # kind of the alarms that tell of finds; their subject is the name of the search


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearchRow:
    """A saved search since it asks what it asks now.

    `asked` is what it asks, as text: where the settings ask otherwise, it begins anew. What was captured
    before `since` is no find. Everything that had come by `checked_at` was looked at.
    """

    table: ClassVar[str] = "saved_search"
    name: str
    asked: str
    since: datetime
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRow:
    """A version that a saved search found, once for ever; `alarm_id` is the alarm that tells of it."""

    table: ClassVar[str] = "find"
    search: str
    article_id: str
    number: int
    at: datetime
    alarm_id: str
