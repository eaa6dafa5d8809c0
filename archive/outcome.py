"""How one discovered URL ended in a run: exactly one outcome, every "no" with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OutcomeKind(StrEnum):
    """The closed list of ends; a run's discovered URLs equal the sum over these."""

    ARCHIVED = "archived"  # a new version was made
    UNCHANGED = "unchanged"  # fetched, the article says what its last version says
    NOT_MODIFIED = "not_modified"  # the server answered 304
    SKIPPED = "skipped"  # not fetched: not_due, robots, trap, ...
    FAILED = "failed"  # fetching or reading broke: dns, timeout, tls, http_500, ...
    QUARANTINED = "quarantined"  # bytes kept, not an article: consent_wall, challenge, truncated, ...
    GONE = "gone"  # this fetch found nothing (404, 410); a tombstone needs it twice


# Outcomes that mean nothing without their why.
NEEDS_REASON = frozenset({OutcomeKind.SKIPPED, OutcomeKind.FAILED, OutcomeKind.QUARANTINED, OutcomeKind.GONE})


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome kind and its reason, e.g. `skipped(not_due)`."""

    kind: OutcomeKind
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.kind in NEEDS_REASON and not self.reason:
            raise ValueError(f"outcome {self.kind} needs a reason")

    def __str__(self) -> str:
        return f"{self.kind}({self.reason})" if self.reason else str(self.kind)
