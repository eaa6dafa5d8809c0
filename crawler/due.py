"""What is due: whether a discovered or known URL should be fetched now.

Pure: the catalog and the clock are elsewhere. News pages change soon after they appear or hardly ever; about
four fifths of the edits that a story ever gets fall in its first day. So each page climbs a ladder of looks
(15 min, 1 h, ... 30 d), counted from its last change. Once a source has been watched long enough, the looks
come where its own pages are expected to have changed (`crawler.revisit`). A schedule can only look at its own
moments, so a look is taken by the run nearest to it: up to half the usual interval between two runs early.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archive.outcome import Outcome, OutcomeKind
from crawler.candidate import Candidate, FoundBy
from crawler.known_page import KnownPage
from crawler.revisit.hazard import NEVER
from crawler.revisit.pace import Pace
from crawler.revisit.rates import HOUR, Hazards

TOMBSTONE_LADDER_DAYS = (7.0, 30.0)
# A page that is missing is looked for after waits as long as it is missing already, and every night.
LONGEST_WAIT = timedelta(hours=12)
# After so many misses in a row a page is looked at on its ladder only: a dead host costs no fetch a night.
PATIENCE = 7
DEFAULT_PACE = Pace()


class Why(StrEnum):
    """Why a URL is fetched now, or is not; the latter are reasons of the outcome `skipped`."""

    NEW = "new"
    ASKED = "asked"  # by hand
    LOOK = "look"  # its next look has come
    MISSED = "missed"  # the last fetch found nothing or failed
    HINTED = "hinted"  # feed or sitemap name a date after the last fetch
    REDISCOVERED = "rediscovered"  # has a tombstone, and is named again
    NOT_DUE = "not_due"
    LADDER_ENDED = "ladder_ended"
    OVER_BUDGET = "over_budget"  # due, and others promise more


# What the budget of a run limits. New pages, misses and what was asked for are not looks.
LOOKS = frozenset({Why.LOOK, Why.HINTED})


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
    known: KnownPage | None, candidate: Candidate, *, now: datetime, pace: Pace = DEFAULT_PACE
) -> Decision:
    """Decide whether `candidate` should be fetched in the run that happens `now`.

    Args:
        known: what is known of the URL; None if it was never fetched.
        candidate: how it was found this time; `FoundBy.REVISIT` for pages listed by `next_look` alone.
        now: aware, UTC.
        pace: the source's.
    """
    why = _reason_at_once(known, candidate, now, pace)
    if why is not None or known is None:
        return Decision(fetch=True, why=why or Why.NEW)
    look = next_look(known, pace)
    if look is None:
        return Decision(fetch=False, why=Why.LADDER_ENDED)
    return Decision(fetch=True, why=Why.LOOK) if now >= look else Decision(fetch=False, why=Why.NOT_DUE)


def next_look(known: KnownPage, pace: Pace = DEFAULT_PACE) -> datetime | None:
    """The earliest moment at which a known page is due without being named again; None if it never is.

    A look counts as taken if the last fetch came no more than the pace's tolerance before it.
    """
    if _is_missing(known):
        return _next_try(known, pace)
    if pace.hazards is not None and not known.tombstoned and not known.misses:
        return _expected_look(known, pace.hazards, pace)
    for days in TOMBSTONE_LADDER_DAYS if known.tombstoned else pace.ladder_days:
        earliest = known.clock_start + timedelta(days=days) - pace.tolerance
        if earliest > known.last_fetched_at:
            return earliest
    return None


def _is_missing(known: KnownPage) -> bool:
    """Whether the last fetches found nothing, and patience is left."""
    return not known.tombstoned and 0 < known.misses < PATIENCE


def _next_try(known: KnownPage, pace: Pace) -> datetime:
    """When to look for a missing page again: in the next run, then after waits that double up to half a day.

    A failure says nothing of the page, so the next run tries it.
    """
    if known.first_missing_at is None:
        return known.last_fetched_at
    wait = min(known.last_fetched_at - known.first_missing_at, LONGEST_WAIT)
    return known.last_fetched_at + max(wait - pace.tolerance, timedelta(0))


def _expected_look(known: KnownPage, hazards: Hazards, pace: Pace) -> datetime | None:
    """When enough changes are expected since the last look; at the end of the ladder at the latest."""
    start, last = known.clock_start, known.last_fetched_at
    end = start + timedelta(days=pace.ladder_days[-1])
    if end - pace.tolerance <= last:
        return None
    age = hazards.of(known.stage).age_of(max((last - start) / HOUR, 0.0), pace.threshold)
    ideal = end if age == NEVER or age >= (end - start) / HOUR else start + age * HOUR
    # However lively a page is, one run is one look.
    return max(ideal, last + pace.gap) - pace.tolerance


def _reason_at_once(known: KnownPage | None, candidate: Candidate, now: datetime, pace: Pace) -> Why | None:
    """Why a page is due wherever it stands on its ladder; None if it is not."""
    if candidate.found_by is FoundBy.HAND:
        return Why.ASKED
    if known is None:
        return Why.NEW
    if known.tombstoned and candidate.found_by is not FoundBy.REVISIT and known.misses < PATIENCE:
        return Why.REDISCOVERED
    if _is_missing(known) and now >= _next_try(known, pace):
        return Why.MISSED
    # Dates to come say nothing: a page that claims 2099 would be due every night.
    hints = (candidate.modified, candidate.published)
    newer = any(hint is not None and known.last_fetched_at < hint <= now for hint in hints)
    return Why.HINTED if newer and pace.hints_hold else None
