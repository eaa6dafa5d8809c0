"""Which versions outlive the segments that hold their captures (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.retention import expires_at, outlives
from archive.rows import VersionRow


@dataclass(frozen=True, slots=True)
class Need:
    """How long a record is needed: as long as a segment of this class that was sealed then."""

    keep_days: int | None
    since: datetime

    def joined(self, other: Need | None) -> Need:
        """What both need."""
        if other is None:
            return self
        longer = self if outlives(self.keep_days, other.keep_days) else other
        return Need(longer.keep_days, max(self.since, other.since))


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an article's versions.

    Attributes:
        gone: versions that go.
        needed: for those that stay although their segment goes, how long their capture is needed.
        dropped: none stays, so the article goes too.
    """

    gone: tuple[VersionRow, ...]
    needed: Mapping[str, Need]  # by id of the capture
    dropped: bool


def fate_of(
    versions: Sequence[VersionRow],
    staying: Mapping[str, Need],
    expired: Mapping[str, int],
    last_seen: datetime | None,
    now: datetime,
) -> Fate:
    """What becomes of one article.

    An article that was seen within the time of its class is still there: it keeps its newest content, and so
    does one of which any version stays, with the newest version if that is its tombstone. All other versions
    go with their segments.

    Args:
        versions: of the article, oldest first.
        staying: segments of captures that stay, by id of the capture.
        expired: classes, in days, of captures whose segments go, by id of the capture.
        last_seen: when one of its pages last showed it.
        now: the present moment.
    """
    newest = versions[-1]
    content = next((row for row in reversed(versions) if not row.removed), newest)
    seen = max(moment for moment in (last_seen, content.captured_at) if moment is not None)
    ends = expires_at(seen, expired.get(content.capture_id))
    living = not newest.removed and ends is not None and ends > now
    need: Need | None = Need(expired[content.capture_id], seen) if living else None
    for row in versions:
        if row.capture_id in staying:
            need = staying[row.capture_id].joined(need)
    kept = {newest.number, content.number} if need is not None else set()
    gone = tuple(row for row in versions if row.capture_id in expired and row.number not in kept)
    carried = (row for row in versions if row.capture_id in expired and row.number in kept)
    needed = {row.capture_id: need for row in carried} if need is not None else {}
    return Fate(gone, needed, dropped=len(gone) == len(versions))
