"""What a run brought of one source, counted out of its ledger and its articles (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from archive.catalog.runs import Tally
from archive.catalog.watch import NewArticles
from archive.rows import DocumentRow, FigureRow
from crawler.watch.failures import count_failures


@dataclass(frozen=True, slots=True)
class Brought:
    """What one run brought of one source: sums of its ledger, its documents, its articles.

    Attributes:
        tallies: the sums of the source's part of the ledger.
        documents: discovery documents that were asked for, robots.txt included.
        new: articles seen for the first time.
        edited, removed: versions of articles known before.
        bytes: of the payloads that came.
    """

    tallies: Sequence[Tally] = ()
    documents: Sequence[DocumentRow] = ()
    new: Sequence[NewArticles] = ()
    edited: int = 0
    removed: int = 0
    bytes: int = 0


def figures(
    source: str, run_id: str, brought: Brought, *, night: date, at: datetime, whole: bool
) -> FigureRow:
    """Count what was brought.

    Args:
        source: its name.
        run_id: the run's id.
        brought: what there is to count.
        night: the local date of the slot, or of the run's start.
        at: when the run ended.
        whole: no further slot of the source's schedule falls in this night.
    """
    outcomes = Counter[str]()
    for tally in brought.tallies:
        outcomes[tally.outcome or ""] += tally.count
    documents = [row for row in brought.documents if row.kind != "robots"]
    failures = count_failures(brought.tallies, brought.documents)
    return FigureRow(
        source=source,
        run_id=run_id,
        night=night.isoformat(),
        at=at,
        whole=whole,
        articles=sum(alike.count for alike in brought.new),
        edited=brought.edited,
        removed=brought.removed,
        archived=outcomes["archived"],
        unchanged=outcomes["unchanged"],
        not_modified=outcomes["not_modified"],
        skipped=outcomes["skipped"],
        failed=outcomes["failed"],
        quarantined=outcomes["quarantined"],
        gone=outcomes["gone"],
        documents=len(documents),
        documents_failed=sum(row.status == "failed" for row in documents),
        titled=sum(alike.titled for alike in brought.new),
        dated=sum(alike.dated for alike in brought.new),
        pictured=sum(alike.pictured for alike in brought.new),
        characters=_usual_length(brought.new),
        newest_at=max((alike.newest_at for alike in brought.new), default=None),
        bytes=brought.bytes,
        failures=tuple(f"{name}={number}" for name, number in sorted(failures.items())),
    )


def _usual_length(new: Sequence[NewArticles]) -> int | None:
    """The median of the lengths of texts, the lower one of two; None without a text."""
    lengths = Counter[int]()
    for alike in new:
        if alike.characters is not None:
            lengths[alike.characters] += alike.count
    behind = (lengths.total() + 1) // 2
    for length, count in sorted(lengths.items()):
        behind -= count
        if behind <= 0:
            return length
    return None
