"""What is due: whether a discovered or known URL should be fetched now.

Pure: the catalog and the clock are elsewhere. News pages change soon after they appear or hardly ever; about
four fifths of the edits that a story ever gets fall in its first day. So each page climbs a ladder of looks
(15 min, 1 h, ... 30 d), counted from its last change. A schedule can only look at its own moments, so a look
is taken by the run nearest to it: up to half the usual interval between two runs early.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archive.outcome import Outcome, OutcomeKind
from crawler.candidate import Candidate, FoundBy

_MINUTE, _HOUR = 1 / 1440, 1 / 24
DEFAULT_LADDER_DAYS: tuple[float, ...] = (
    *(15 * _MINUTE, 1 * _HOUR, 3 * _HOUR, 8 * _HOUR),
    *(1.0, 2.0, 3.0, 7.0, 14.0, 30.0),
)
NIGHTLY_TOLERANCE = timedelta(hours=12)  # half of the usual day between two runs
TOMBSTONE_LADDER_DAYS = (7.0, 30.0)
# After so many misses in a row a page is looked at on its ladder only: a dead host costs no fetch a night.
PATIENCE = 7


class Why(StrEnum):
    """Why a URL is fetched now, or is not; the latter are reasons of the outcome `skipped`."""

    NEW = "new"
    ASKED = "asked"  # by hand
    LOOK = "look"  # its next look on the ladder has come
    MISSED = "missed"  # the last fetch found nothing or failed
    HINTED = "hinted"  # feed or sitemap name a date after the last fetch
    REDISCOVERED = "rediscovered"  # has a tombstone, and is named again
    NOT_DUE = "not_due"
    LADDER_ENDED = "ladder_ended"


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What the catalog knows of a URL that was fetched before (all moments aware, UTC).

    Attributes:
        first_captured_at: first capture of the page.
        last_fetched_at: last attempt, whatever came of it.
        last_changed_at: moment of the last version (a tombstone is one); None if there is none yet.
        misses: fetches in a row that found nothing (gone) or failed, up to now.
        tombstoned: the last version is a tombstone.
    """

    first_captured_at: datetime
    last_fetched_at: datetime
    last_changed_at: datetime | None = None
    misses: int = 0
    tombstoned: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Fetch now, or not; and why."""

    fetch: bool
    why: Why

    @property
    def outcome(self) -> Outcome | None:
        """The outcome of a URL that is not fetched, e.g. `skipped(not_due)`; None if it is."""
        return None if self.fetch else Outcome(OutcomeKind.SKIPPED, self.why.value)


def due(
    known: KnownPage | None,
    candidate: Candidate,
    *,
    now: datetime,
    ladder_days: Sequence[float] = DEFAULT_LADDER_DAYS,
    slot_tolerance: timedelta = NIGHTLY_TOLERANCE,
) -> Decision:
    """Decide whether `candidate` should be fetched in the run that happens `now`.

    Args:
        known: what is known of the URL; None if it was never fetched.
        candidate: how it was found this time; `FoundBy.REVISIT` for pages listed by `next_look` alone.
        now: aware, UTC.
        ladder_days: days after the last change at which to look, ascending.
        slot_tolerance: how early a look may be taken: half the usual interval between runs.
    """
    why = _reason_at_once(known, candidate, now)
    if why is not None or known is None:
        return Decision(fetch=True, why=why or Why.NEW)
    look = next_look(known, ladder_days=ladder_days, slot_tolerance=slot_tolerance)
    if look is None:
        return Decision(fetch=False, why=Why.LADDER_ENDED)
    return Decision(fetch=True, why=Why.LOOK) if now >= look else Decision(fetch=False, why=Why.NOT_DUE)


def next_look(
    known: KnownPage,
    *,
    ladder_days: Sequence[float] = DEFAULT_LADDER_DAYS,
    slot_tolerance: timedelta = NIGHTLY_TOLERANCE,
) -> datetime | None:
    """The earliest moment at which a known page is due without being named again; None if it never is.

    A look counts as taken if the last fetch came no more than `slot_tolerance` before it.
    """
    if not known.tombstoned and 0 < known.misses < PATIENCE:
        return known.last_fetched_at
    start = max(known.first_captured_at, known.last_changed_at or known.first_captured_at)
    for days in TOMBSTONE_LADDER_DAYS if known.tombstoned else ladder_days:
        earliest = start + timedelta(days=days) - slot_tolerance
        if earliest > known.last_fetched_at:
            return earliest
    return None


def _reason_at_once(known: KnownPage | None, candidate: Candidate, now: datetime) -> Why | None:
    """Why a page is due wherever it stands on its ladder; None if it is not."""
    if candidate.found_by is FoundBy.HAND:
        return Why.ASKED
    if known is None:
        return Why.NEW
    if known.tombstoned and candidate.found_by is not FoundBy.REVISIT and known.misses < PATIENCE:
        return Why.REDISCOVERED
    if not known.tombstoned and 0 < known.misses < PATIENCE:
        return Why.MISSED
    # Dates to come say nothing: a page that claims 2099 would be due every night.
    hints = (candidate.modified, candidate.published)
    if any(hint is not None and known.last_fetched_at < hint <= now for hint in hints):
        return Why.HINTED
    return None
