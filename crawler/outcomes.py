"""What a failed request means for the ledger (pure)."""

from __future__ import annotations

from archive.outcome import Outcome, OutcomeKind
from crawler.fetch.errors import FetchError
from crawler.fetch.refusal import RefusedRequest
from crawler.guards.reservation import NOARCHIVE, TDM_RESERVED

# We chose not to ask, or not to keep; everything else that is refused says something about the page.
_OUR_CHOICE = frozenset(
    {
        "robots",
        "robots_unreachable",
        "retry_after",
        "host_busy",
        "host_silent",
        "taken_down",
        NOARCHIVE,
        TDM_RESERVED,
    }
)


def outcome_of_failure(error: BaseException) -> Outcome | None:
    """The outcome of a request that brought no page; None for errors that are no fault of the web."""
    if isinstance(error, RefusedRequest):
        kind = OutcomeKind.SKIPPED if error.reason in _OUR_CHOICE else OutcomeKind.FAILED
        return Outcome(kind, error.reason)
    if isinstance(error, FetchError):
        return Outcome(OutcomeKind.FAILED, str(error.reason))
    return None
