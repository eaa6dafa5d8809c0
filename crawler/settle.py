"""How a fetched URL changes what is known of it (pure)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from archive.outcome import Outcome, OutcomeKind
from archive.rows import CaptureRow, LedgerRow, PageRow
from crawler.due import next_look
from crawler.known_page import known_page
from crawler.revisit.pace import Pace
from crawler.revisit.rates import SourceRates

_SEEN = frozenset({OutcomeKind.ARCHIVED, OutcomeKind.UNCHANGED, OutcomeKind.NOT_MODIFIED})


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a page brought.

    Attributes:
        capture: of the last hop; None if no exchange came about.
        article_id: the article that the page shows, if any.
        changed: a version (or a tombstone) was made.
        etag, last_modified: validators of a page that may be asked for again on condition.
    """

    outcome: Outcome
    at: datetime
    capture: CaptureRow | None = None
    article_id: str | None = None
    changed: bool = False
    etag: str | None = None
    last_modified: str | None = None


def settle(row: LedgerRow, page: PageRow | None, look: Look, pace: Pace) -> tuple[LedgerRow, PageRow]:
    """The URL's ledger row with its outcome, and the page as known from now on."""
    ended = replace(
        row,
        outcome=str(look.outcome.kind),
        reason=look.outcome.reason,
        capture_id=look.capture.id if look.capture else None,
        at=look.at,
    )
    before = page or _found(row, look.at)
    after = _seen(before, look) if look.outcome.kind in _SEEN else _missed(before, look)
    known = known_page(after)
    return ended, replace(after, next_look_at=next_look(known, pace) if known else None)


def leave(row: LedgerRow, page: PageRow | None, why: str, now: datetime) -> tuple[LedgerRow | PageRow, ...]:
    """A URL that is not fetched in this run after all: `skipped(why)`, and due again in the next.

    One that was never fetched is kept as a page whose look has come, since the feed that named it may have
    dropped it by then.
    """
    ended = replace(row, outcome=str(OutcomeKind.SKIPPED), reason=why, at=now)
    if page is not None:
        return (ended,)
    return ended, replace(_found(row, now), next_look_at=now)


def _found(row: LedgerRow, at: datetime) -> PageRow:
    """A page that nothing is known of but where a run discovered it."""
    return PageRow(
        url_key=row.url_key,
        url=row.url,
        source=row.source,
        found_by=row.found_by,
        found_in=row.found_in,
        found_at=at,
    )


def _seen(page: PageRow, look: Look) -> PageRow:
    unmodified = look.outcome.kind is OutcomeKind.NOT_MODIFIED
    told = look.capture.id if look.capture and (look.etag or look.last_modified) else None
    return replace(
        page,
        article_id=look.article_id or page.article_id,
        first_captured_at=page.first_captured_at or look.at,
        last_fetched_at=look.at,
        last_changed_at=look.at if look.changed else page.last_changed_at,
        last_seen_at=look.at,
        misses=0,
        first_missing_at=None,
        removed=False,
        etag=page.etag if unmodified else look.etag,
        last_modified=page.last_modified if unmodified else look.last_modified,
        capture_id=page.capture_id if unmodified else told,
        changes=page.changes + int(look.changed and page.first_captured_at is not None),
    )


def _missed(page: PageRow, look: Look) -> PageRow:
    gone = look.outcome.kind is OutcomeKind.GONE
    other = look.outcome.kind is OutcomeKind.SKIPPED  # something that is no page, such as a PDF: not a miss
    return replace(
        page,
        article_id=look.article_id or page.article_id,
        last_fetched_at=look.at,
        last_changed_at=look.at if look.changed else page.last_changed_at,
        misses=page.misses if other or _same_day(page, look) else page.misses + 1,
        first_missing_at=page.first_missing_at or (look.at if gone else None),
        removed=page.removed or (gone and look.changed),
        etag=None,
        last_modified=None,
        capture_id=None,
    )


def _same_day(page: PageRow, look: Look) -> bool:
    """Whether today's misses are counted already: an hourly schedule would use up patience before night."""
    last = page.last_fetched_at
    return page.misses > 0 and last is not None and last.date() == look.at.date()


def learn(rates: SourceRates, page: PageRow | None, look: Look, *, hinted: bool = False) -> None:
    """Let a look count for its source's rates; call before `settle` with the page as it was known.

    Only looks that found the article count, at pages that had shown one when they were looked at last.
    """
    known = known_page(page)
    if known is None or page is None or look.outcome.kind not in _SEEN:
        return
    if page.first_captured_at is None or known.misses or known.tombstoned:
        return
    rates.observe(
        known.stage, known.clock_start, known.last_fetched_at, look.at, changed=look.changed, hinted=hinted
    )
