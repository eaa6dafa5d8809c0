"""Takes candidates into the run: each URL once, with what is not due ended at once.

Looks at known pages are paid from the source's budget. Those with the highest expected gain are taken when
the run begins, but for a part that is kept for pages of which feeds and sitemaps hint that they changed. What
nobody claimed by the end of discovery goes to the best of the rest, and what is left over is
`skipped(over_budget)`.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from archive.catalog import frontier, revisits, runs, takedowns
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.digest import url_key
from archive.erasure.takedown import blank
from archive.outcome import Outcome, OutcomeKind
from archive.rows import LedgerRow, PageRow, TakedownRow
from crawler.candidate import Candidate, FoundBy
from crawler.due import DEFAULT_PACE, LOOKS, Decision, Why, due
from crawler.known_page import known_page
from crawler.ownership import Ownership
from crawler.parts.territory import STRIPE, Territory
from crawler.places import Places
from crawler.revisit.budget import choose
from crawler.revisit.pace import Pace
from crawler.traps import Traps

_FOR_HINTS = 4  # one in so many looks of the budget is kept for hinted pages
MOST_WAITING = 10_000  # rows, before they are committed although more is still to be read
_PROBES = 5  # hinted pages a run that are looked at although hints have named nothing so far


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
        paces: Mapping[str, Pace] | None = None,
        caps: Mapping[str, int] | None = None,
        *,
        ownership: Ownership | None = None,
        territory: Territory | None = None,
    ) -> None:
        self._catalog, self._run_id, self._clock = catalog, run_id, clock
        self._paces = dict(paces or {})
        self._ownership = ownership or Ownership(())
        self._looks = Counter(revisits.revisits_taken(catalog, run_id))
        self._probes: Counter[str] = Counter()
        self._held: dict[
            str, tuple[Candidate, str, PageRow]
        ] = {}  # looks that wait for what the budget leaves
        self.hinted: set[str] = set()  # keys of pages that are looked at because of a hint
        self._caps = dict(caps or {})  # source → the most URLs that the run fetches for it
        self._taken: Counter[str] = Counter()
        for tally in runs.tally(catalog, run_id):
            if tally.outcome != OutcomeKind.SKIPPED:
                self._taken[tally.source] += tally.count
        self._lock = threading.Lock()
        self.places = Places(frontier.discovered(catalog, run_id))
        self._territory = territory
        self._handed: set[str] = set()  # keys of what other parts of the run have left to this one
        first = territory.first_position if territory is not None else 0
        self._position = frontier.next_position(catalog, run_id, first=first, last=first + STRIPE - 1)
        self._traps: defaultdict[str, Traps] = defaultdict(Traps)  # by source
        self._waiting: list[LedgerRow] = []

    @property
    def discovered(self) -> int:
        """URLs in the run so far."""
        return len(self.places)

    @property
    def held(self) -> bool:
        """Whether looks wait for the end of discovery."""
        return bool(self._held)

    @property
    def waiting(self) -> bool:
        """Whether `drain` would give something."""
        return bool(self._waiting)

    @property
    def crowded(self) -> bool:
        """Whether so much waits that it is to be committed before more is entered."""
        return len(self._waiting) >= MOST_WAITING

    def take(self, candidates: Iterable[Candidate], source: str) -> int:
        """Enter candidates of a source; the result is how many the run did not have yet.

        Where the run has several parts, what is another one's is left to it.
        """
        if self._territory is not None:
            candidates = self._territory.keep(candidates, source)
        return self._take(candidates, source)

    def take_handed(self) -> bool:
        """Enter what other parts of the run have left to this one; whether there was any."""
        found = self._territory.handed() if self._territory is not None else []
        for one in found:
            self._take([one.candidate], one.source)
        with self._lock:
            self._handed |= {one.key for one in found}
        return bool(found)

    def committed(self) -> None:
        """What was drained is in the ledger."""
        with self._lock:
            if self._waiting or self._held or not self._handed:
                return
            handed, self._handed = self._handed, set()
        if self._territory is not None:
            self._territory.taken(handed)

    def _take(self, candidates: Iterable[Candidate], source: str) -> int:
        fresh = {url_key(candidate.url): candidate for candidate in candidates}
        known = frontier.pages(self._catalog, list(fresh))
        down = takedowns.among(self._catalog, list(fresh))
        with self._lock:
            new = [key for key, candidate in fresh.items() if self.places.note(key, candidate.found_by)]
            # A look that waits for the end of discovery may turn out to be hinted.
            for key in [*new, *(key for key in fresh if key in self._held)]:
                page = known.get(key)
                self._enter(key, fresh[key], self._owner(fresh[key], source, page), page, down.get(key))
            return len(new)

    def _enter(
        self, key: str, candidate: Candidate, source: str, page: PageRow | None, down: TakedownRow | None
    ) -> None:
        decision = self._decide(candidate, source, page)
        if down is not None:
            row = self._row(key, candidate, source, Outcome(OutcomeKind.SKIPPED, "taken_down"))
            # What was purged is not named again, in the ledger either.
            self._waiting.append(replace(row, url=blank(candidate.url)) if down.purged_at else row)
        elif page is not None and decision.why in LOOKS and not self._afford(source, decision.why):
            self._held.setdefault(key, (candidate, source, page))
        else:
            self._held.pop(key, None)
            if decision.why is Why.HINTED:
                self.hinted.add(key)
            self._waiting.append(self._row(key, candidate, source, decision.outcome))

    def _owner(self, candidate: Candidate, source: str, page: PageRow | None) -> str:
        """What a person asks for is for the source that was named."""
        if candidate.found_by is FoundBy.HAND:
            return source
        return self._ownership.of(candidate.url, source, page.source if page else None)

    def take_due_pages(self, source: str) -> int:
        """Enter the known pages of a source whose next look has come, the highest expected gain first.

        Before them come those that a run found and left: they are new still.

        What the budget does not pay for waits for `spend_the_rest`.
        """
        now, pace = self._clock.now(), self._pace(source)
        due_pages = frontier.due_pages(self._catalog, source, now)
        left = [_left(page) for page in due_pages if page.last_fetched_at is None]
        known = [
            (page, seen)
            for page in due_pages
            # What was learned since may say that a page can wait.
            if (seen := known_page(page)) and due(seen, _revisit(page), now=now, pace=pace).fetch
        ]
        ranked, _ = choose(known, now, pace.expectation, None)
        return self.take([*left, *(_revisit(page) for page in ranked)], source)

    def spend_the_rest(self) -> None:
        """Discovery has ended: what is left of each budget goes to the best of the looks that wait."""
        with self._lock:
            now = self._clock.now()
            by_source: dict[str, list[tuple[str, PageRow]]] = {}
            for key, (_, source, page) in self._held.items():
                by_source.setdefault(source, []).append((key, page))
            for source, pages in by_source.items():
                pace = self._pace(source)
                known = [(key, seen) for key, page in pages if (seen := known_page(page)) is not None]
                left = None if pace.budget is None else max(pace.budget - self._looks[source], 0)
                taken, over = choose(known, now, pace.expectation, left)
                self._looks[source] += len(taken)
                for keys, outcome in (
                    (taken, None),
                    (over, Decision(fetch=False, why=Why.OVER_BUDGET).outcome),
                ):
                    for key in keys:
                        self._waiting.append(self._row(key, self._held[key][0], source, outcome))
            self._held = {}

    def seen(self, candidates: Iterable[Candidate]) -> int:
        """How many of these the archive knew before this run took them up."""
        return len(frontier.pages(self._catalog, [url_key(candidate.url) for candidate in candidates]))

    def drain(self, *, ended: bool = True) -> list[LedgerRow]:
        """The rows that nobody has committed yet, in order of discovery.

        Without `ended`, those that have their outcome already stay here: documents that are still to be read
        may name them too, and a row is best written once. Where very many wait, they go all the same.
        """
        with self._lock:
            ended = ended or self.crowded
            rows = [row for row in self._waiting if ended or row.outcome is None]
            self._waiting = [row for row in self._waiting if not (ended or row.outcome is None)]
            return [self.places.told(row) if row.outcome else row for row in rows]

    def _pace(self, source: str) -> Pace:
        return self._paces.get(source, DEFAULT_PACE)

    def _decide(self, candidate: Candidate, source: str, page: PageRow | None) -> Decision:
        known, now, pace = known_page(page), self._clock.now(), self._pace(source)
        decision = due(known, candidate, now=now, pace=pace)
        if decision.fetch or pace.hints_hold or self._probes[source] >= _PROBES:
            return decision
        probed = due(known, candidate, now=now, pace=replace(pace, hints_hold=True))
        self._probes[source] += int(probed.fetch)
        return probed

    def _afford(self, source: str, why: Why) -> bool:
        """Whether a look is paid now; if so, it is."""
        pace = self._pace(source)
        if pace.budget is not None:
            kept = pace.budget // _FOR_HINTS if why is Why.LOOK else 0
            if self._looks[source] >= pace.budget - kept:
                return False
        self._looks[source] += 1
        return True

    def _row(self, key: str, candidate: Candidate, source: str, outcome: Outcome | None) -> LedgerRow:
        now = self._clock.now()
        if outcome is None and self._traps[source].holds(candidate, now):
            outcome = Outcome(OutcomeKind.SKIPPED, "trap")
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


def _left(page: PageRow) -> Candidate:
    return Candidate(page.url, FoundBy(page.found_by), page.found_in)


def _revisit(page: PageRow) -> Candidate:
    return Candidate(page.url, FoundBy.REVISIT, page.found_in)
