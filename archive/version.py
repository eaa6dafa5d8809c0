"""Versions and their typed events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What happened to an article between one version and the next (the design's list)."""

    TITLE = "title"
    TEXT = "text"
    BYLINE = "byline"
    DATE = "date"
    IMAGE = "image"
    CAPTION = "caption"
    CORRECTION = "correction"
    MOVED = "moved"
    PAYWALLED = "paywalled"
    REMOVED = "removed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Event:
    """One change, with what stood there before and after; texts are given by their digest."""

    kind: EventKind
    before: str | None = None
    after: str | None = None
