"""What the archive knows of a source's addresses, as a preview is told it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from archive.catalog import frontier, takedowns
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.digest import url_key
from archive.rows import RunRow
from config.settings import Settings
from config.source import Source
from crawler.candidate import Candidate
from crawler.due import due
from crawler.history import history_of
from crawler.known_page import known_page
from crawler.links.classify import NO_HISTORY, History
from crawler.plan import RunPlan
from crawler.revisits import Revisits

# Why a candidate is not fetched now (`not_due`, `taken_down`, ...); None: it is due.
Decide = Callable[[Sequence[Candidate]], Sequence[str | None]]


def everything_due(candidates: Sequence[Candidate]) -> list[str | None]:
    """As where nothing is archived yet."""
    return [None] * len(candidates)


@dataclass(frozen=True, slots=True)
class Known:
    """How a run would decide, how the source's addresses ended before, and what was taken down."""

    decide: Decide = everything_due
    history: History = NO_HISTORY
    taken_down: Callable[[], frozenset[str]] = frozenset


NOTHING_KNOWN = Known()


def known_of(catalog: Catalog, settings: Settings, source: Source, clock: Clock) -> Known:
    """What an archive knows of a source."""
    return Known(
        decide=partial(_decide, catalog, settings, source, clock),
        history=history_of(catalog, source.name),
        taken_down=partial(takedowns.keys, catalog),
    )


def _decide(
    catalog: Catalog, settings: Settings, source: Source, clock: Clock, candidates: Sequence[Candidate]
) -> list[str | None]:
    """For each candidate why it is not due now, in the words of the ledger; None if it is."""
    now = clock.now()
    run = RunRow(id="preview", kind="manual", sources=(source.name,), started_at=now)
    pace = Revisits(catalog, RunPlan(run, {source.name: source}), settings, now).paces[source.name]
    rows = frontier.pages(catalog, [url_key(link.url) for link in candidates])
    decided = (due(known_page(rows.get(url_key(c.url))), c, now=now, pace=pace) for c in candidates)
    return [None if decision.fetch else str(decision.why) for decision in decided]
