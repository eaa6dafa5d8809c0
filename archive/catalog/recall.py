"""What a run's discovery missed, and what it found beyond what the site lists (reads only the ledger)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.catalog.schema import document, ledger
from archive.rows import DocumentRow, LedgerRow

SHOWN = 50  # addresses of each kind
_SAVED = frozenset({"archived", "unchanged", "not_modified"})
_KNOWN = frozenset({"not_due", "ladder_ended", "over_budget"})  # skipped, since the archive has it


@dataclass(frozen=True, slots=True)
class Named:
    """An address, by which kinds of document it was named, and how it ended (`waiting` if it has not)."""

    url: str
    by: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Recall:
    """What one run of a source reached of what the site lists.

    Attributes:
        measure: what counts as the site's own list: `sitemap` if the run read one, else `feed`; None if
            it read neither, so that nothing can be said.
        listed: addresses on it that the run took up.
        reached: of these, archived in this run or known and not due.
        missed: outcome with its reason → number, of the others.
        beyond: addresses of articles that were found elsewhere and that it does not list.
        missed_urls, beyond_urls: the first 50 of each, in order of discovery.
        left_out: what documents of that kind named and the run did not take up, in the words of discovery.
    """

    run_id: str
    source: str
    measure: str | None
    listed: int
    reached: int
    missed: dict[str, int]
    beyond: int
    missed_urls: tuple[Named, ...]
    beyond_urls: tuple[Named, ...]
    left_out: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Reached of listed, from 0 to 1; None if nothing was listed."""
        return self.reached / self.listed if self.listed else None


def recall_of(catalog: Catalog, run_id: str, source: str) -> Recall:
    """The recall of a source in a run, from what the ledger holds."""
    query = select(LedgerRow).where(ledger.c.run_id == run_id, ledger.c.source == source)
    rows = fetch(catalog, LedgerRow, query.order_by(ledger.c.position))
    read = select(DocumentRow).where(document.c.run_id == run_id, document.c.source == source)
    return _recall(run_id, source, rows, fetch(catalog, DocumentRow, read.order_by(document.c.url)))


def _recall(run_id: str, source: str, rows: list[LedgerRow], documents: list[DocumentRow]) -> Recall:
    kinds = {row.kind for row in documents if row.status == "ok"} | {
        kind for row in rows for kind in _by(row)
    }
    measure = next((kind for kind in ("sitemap", "feed") if kind in kinds), None)
    listed = [row for row in rows if measure in _by(row)]
    missed = [row for row in listed if not _has(row)]
    beyond = [row for row in rows if measure is not None and measure not in _by(row) and _found(row)]
    return Recall(
        run_id=run_id,
        source=source,
        measure=measure,
        listed=len(listed),
        reached=len(listed) - len(missed),
        missed=dict(Counter(map(_outcome, missed)).most_common()),
        beyond=len(beyond),
        missed_urls=tuple(map(_named, missed[:SHOWN])),
        beyond_urls=tuple(map(_named, beyond[:SHOWN])),
        left_out=tuple(
            f"{row.url}: {note}" for row in documents if row.kind == measure for note in row.notes
        ),
    )


def _by(row: LedgerRow) -> tuple[str, ...]:
    return (row.found_by, *row.also_by)


def _has(row: LedgerRow) -> bool:
    """Whether the archive has the page after this run."""
    return row.outcome in _SAVED or (row.outcome == "skipped" and row.reason in _KNOWN)


def _found(row: LedgerRow) -> bool:
    """Whether a document of this run named an article: looks at known pages alone say nothing."""
    return _has(row) and bool({"feed", "section", "sitemap"} & set(_by(row)))


def _outcome(row: LedgerRow) -> str:
    return f"{row.outcome or 'waiting'}({row.reason})" if row.reason else row.outcome or "waiting"


def _named(row: LedgerRow) -> Named:
    return Named(row.url, _by(row), _outcome(row))
