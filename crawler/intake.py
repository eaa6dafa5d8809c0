"""Takes candidates into the run: each URL once, with what is not due ended at once."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from archive.catalog import frontier, runs, takedowns
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.digest import url_key
from archive.outcome import Outcome, OutcomeKind
from archive.rows import LedgerRow, PageRow
from archive.takedown import blank
from crawler.candidate import Candidate, FoundBy
from crawler.due import NIGHTLY_TOLERANCE, due
from crawler.settle import known_page


class Intake:
    """The run's discovered URLs. Blocks on the catalog; callers use a thread. Safe from several threads.

    Rows wait here until `drain` hands them, in order of discovery, to whoever commits them: one journal
    entry for many documents.
    """

    def __init__(
        self,
        catalog: Catalog,
        run_id: str,
        clock: Clock,
        ladder_days: Sequence[float],
        caps: Mapping[str, int] | None = None,
    ) -> None:
        self._catalog, self._run_id, self._clock, self._ladder = catalog, run_id, clock, ladder_days
        self._caps = dict(caps or {})  # source → the most URLs that the run fetches for it
        self._taken: Counter[str] = Counter()
        for tally in runs.tally(catalog, run_id):
            if tally.outcome != OutcomeKind.SKIPPED:
                self._taken[tally.source] += tally.count
        self._lock = threading.Lock()
        self._seen = set(frontier.discovered(catalog, run_id))
        self._position = frontier.next_position(catalog, run_id)
        self._waiting: list[LedgerRow] = []

    @property
    def discovered(self) -> int:
        """URLs in the run so far."""
        return len(self._seen)

    @property
    def waiting(self) -> bool:
        """Whether `drain` would give something."""
        return bool(self._waiting)

    def take(self, candidates: Iterable[Candidate], source: str) -> int:
        """Enter candidates of a source; the result is how many the run did not have yet."""
        fresh = {url_key(candidate.url): candidate for candidate in candidates}
        known = frontier.pages(self._catalog, list(fresh))
        down = takedowns.among(self._catalog, list(fresh))
        with self._lock:
            new = {key: candidate for key, candidate in fresh.items() if key not in self._seen}
            self._seen.update(new)
            for key, candidate in new.items():
                row = self._row(key, candidate, source, known.get(key), taken_down=key in down)
                # What was purged is not named again, in the ledger either.
                purged = key in down and down[key].purged_at is not None
                self._waiting.append(replace(row, url=blank(candidate.url)) if purged else row)
            return len(new)

    def take_due_pages(self, source: str) -> int:
        """Enter the known pages of a source whose next look has come."""
        pages = frontier.due_pages(self._catalog, source, self._clock.now())
        return self.take((Candidate(page.url, FoundBy.REVISIT, page.found_in) for page in pages), source)

    def drain(self) -> list[LedgerRow]:
        """The rows that nobody has committed yet, in order of discovery."""
        with self._lock:
            rows, self._waiting = self._waiting, []
            return rows

    def _row(
        self, key: str, candidate: Candidate, source: str, page: PageRow | None, *, taken_down: bool
    ) -> LedgerRow:
        now = self._clock.now()
        decision = due(
            known_page(page), candidate, now=now, ladder_days=self._ladder, slot_tolerance=NIGHTLY_TOLERANCE
        )
        outcome = Outcome(OutcomeKind.SKIPPED, "taken_down") if taken_down else decision.outcome
        if outcome is None and candidate.found_by is not FoundBy.HAND:
            if self._taken[source] >= self._caps.get(source, sys.maxsize):
                outcome = Outcome(OutcomeKind.SKIPPED, "over_cap")
            else:
                self._taken[source] += 1
        position, self._position = self._position, self._position + 1
        return LedgerRow(
            run_id=self._run_id,
            url_key=key,
            url=candidate.url,
            source=source,
            found_by=str(candidate.found_by),
            found_in=candidate.found_in,
            position=position,
            outcome=str(outcome.kind) if outcome else None,
            reason=outcome.reason if outcome else None,
            at=now if outcome else None,
        )
