"""What the due rules know of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.rows import PageRow

BRISK = timedelta(hours=2)  # a mean time between changes that tells of a story under way


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What the catalog knows of a URL that was fetched before (all moments aware, UTC).

    Attributes:
        first_captured_at: first capture of the page.
        last_fetched_at: last attempt, whatever came of it.
        last_changed_at: moment of the last version (a tombstone is one); None if there is none yet.
        misses: days in a row on which fetches found nothing (gone) or failed, up to now.
        first_missing_at: the first fetch in a row that found nothing; None if none did, or those failed.
        tombstoned: the last version is a tombstone.
        changes: looks that found a change since the first capture.
    """

    first_captured_at: datetime
    last_fetched_at: datetime
    last_changed_at: datetime | None = None
    misses: int = 0
    first_missing_at: datetime | None = None
    tombstoned: bool = False
    changes: int = 0

    @property
    def clock_start(self) -> datetime:
        """From when its age counts: the first capture, or the last change."""
        return max(self.first_captured_at, self.last_changed_at or self.first_captured_at)

    @property
    def stage(self) -> int:
        """How lively the page has been so far, see `archive.rows.RateRow`."""
        return stage_of(self.changes, self.clock_start - self.first_captured_at)


def stage_of(changes: int, within: timedelta) -> int:
    """The row of the rates for a page that changed so often within this time of its first capture."""
    if not changes:
        return 0
    brisk = within / changes <= BRISK
    return 2 * min(changes, 3) - int(not brisk)


def known_page(page: PageRow | None) -> KnownPage | None:
    """A page row as the due rules see it; None if it was never fetched."""
    if page is None or page.last_fetched_at is None:
        return None
    return KnownPage(
        # A page that never showed an article climbs its ladder from where it was found.
        first_captured_at=page.first_captured_at or min(page.found_at, page.last_fetched_at),
        last_fetched_at=page.last_fetched_at,
        last_changed_at=page.last_changed_at,
        misses=page.misses,
        first_missing_at=page.first_missing_at,
        tombstoned=page.removed,
        changes=page.changes,
    )
