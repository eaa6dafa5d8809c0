"""How far back a run looks, and what it knows of its source's addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.links.classify import NO_HISTORY, History

WATCHED = timedelta(days=30)  # what is dated further back is an archive, which a nightly watch does not walk
MOST_WATCHED_SUBS = 50  # sub-sitemaps of one index, the newest
MOST_BACKFILLED_SUBS = 1000


@dataclass(frozen=True, slots=True)
class Scope:
    """What discovery goes by, besides the source's file.

    Attributes:
        history: how the source's addresses ended before.
        since: the moment back to which a backfill goes (aware); None for a nightly watch.
    """

    history: History = NO_HISTORY
    since: datetime | None = None

    def age(self, now: datetime) -> timedelta:
        """How old what sitemaps date may be."""
        return WATCHED if self.since is None else max(now - self.since, timedelta())

    @property
    def most_subs(self) -> int:
        """How many sub-sitemaps of one index are read."""
        return MOST_WATCHED_SUBS if self.since is None else MOST_BACKFILLED_SUBS


NIGHTLY = Scope()
