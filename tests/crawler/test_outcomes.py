"""What a failed request means for the ledger."""

from __future__ import annotations

import pytest

from archive.outcome import Outcome, OutcomeKind
from crawler.fetch.errors import FetchReason, fetch_error
from crawler.fetch.refusal import RefusedRequest
from crawler.outcomes import outcome_of_failure

SKIPPED, FAILED = OutcomeKind.SKIPPED, OutcomeKind.FAILED


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("robots", SKIPPED),
        ("robots_unreachable", SKIPPED),
        ("retry_after", SKIPPED),
        ("host_busy", SKIPPED),
        ("dns", FAILED),
        ("redirect_loop", FAILED),
        ("redirect_limit", FAILED),
        ("blocked_private", FAILED),
        ("blocked_scheme", FAILED),
        ("blocked_url", FAILED),
    ],
)
def test_a_refusal_is_our_choice_or_the_pages_fault(reason: str, kind: OutcomeKind) -> None:
    assert outcome_of_failure(RefusedRequest(reason, "detail")) == Outcome(kind, reason)


@pytest.mark.parametrize("reason", FetchReason)
def test_every_fetch_error_is_a_failure_by_its_reason(reason: FetchReason) -> None:
    found = outcome_of_failure(fetch_error(reason, "https://news.example/", "detail"))
    assert found == Outcome(FAILED, reason.value)
    assert str(found) == f"failed({reason.value})"


@pytest.mark.parametrize("error", [ValueError("x"), OSError(28, "disk full"), KeyboardInterrupt()], ids=repr)
def test_what_is_no_fault_of_the_web_is_no_outcome(error: BaseException) -> None:
    assert outcome_of_failure(error) is None
