"""What a person sees while a run goes on: counts, nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archive.outcome import Outcome


@dataclass(slots=True)
class Progress:
    """Live counts of a run. Written by the crawl, read by whoever shows them."""

    run_id: str = ""
    discovered: int = 0
    in_flight: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_source: dict[str, Counter[str]] = field(default_factory=dict)
    documents_read: int = 0
    documents_failed: int = 0

    def begin(self, run_id: str) -> None:
        """A run begins: start counting from nothing."""
        self.run_id, self.discovered, self.in_flight = run_id, 0, 0
        self.outcomes, self.by_source = Counter(), {}
        self.documents_read = self.documents_failed = 0

    def ended(self, source: str, outcome: Outcome) -> None:
        """A URL has its outcome."""
        self.outcomes[str(outcome.kind)] += 1
        self.by_source.setdefault(source, Counter())[str(outcome.kind)] += 1

    def document(self, source: str, *, ok: bool) -> None:
        """A discovery document was read, or not."""
        self.by_source.setdefault(source, Counter())
        if ok:
            self.documents_read += 1
        else:
            self.documents_failed += 1

    @property
    def done(self) -> int:
        """URLs with an outcome."""
        return sum(self.outcomes.values())
