"""A page that others are to be read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PageToLearn:
    """A capture of an article, as `extract` takes it."""

    body: bytes
    url: str
    content_type: str | None
    content_encoding: str | None
    captured_at: datetime
