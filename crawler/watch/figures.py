"""What a run brought of one source, counted out of its ledger and its articles (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median_low

from archive.catalog.runs import Tally
from archive.catalog.watch import NewArticle
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
    new: Sequence[NewArticle] = ()
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
    texts = [article.characters for article in brought.new if article.characters is not None]
    # A story that claims to come from the future tells nothing; its first sight does.
    dates = [min(article.published_at or article.captured_at, article.captured_at) for article in brought.new]
    failures = count_failures(brought.tallies, brought.documents)
    return FigureRow(
        source=source,
        run_id=run_id,
        night=night.isoformat(),
        at=at,
        whole=whole,
        articles=len(brought.new),
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
        titled=sum(article.titled for article in brought.new),
        dated=sum(article.published_at is not None for article in brought.new),
        pictured=sum(article.pictured for article in brought.new),
        characters=median_low(texts) if texts else None,
        newest_at=max(dates, default=None),
        bytes=brought.bytes,
        failures=tuple(f"{name}={number}" for name, number in sorted(failures.items())),
    )
