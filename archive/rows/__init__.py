"""The rows of the catalog, as values: what a journal entry lists and a catalog transaction puts.

Every change the catalog ever sees is "put this whole row under its primary key", so replaying the
journal in order gives the same catalog row for row. Rows hold only JSON-simple values and moments.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import ClassVar, get_args

from archive.rows.article import (
    AddressRow,
    ArticleRow,
    EventRow,
    ImageRow,
    PictureRow,
    TextRow,
    VersionRow,
)
from archive.rows.changes import FlapRow, FrontRow
from archive.rows.finds import FindRow, SavedSearchRow
from archive.rows.keep import DroppedRow
from archive.rows.links import ClusterMemberRow, PictureLinkRow, RecompareRow
from archive.rows.memory import LearningRow, MemoryRow
from archive.rows.orders import PauseRow, RunRequestRow
from archive.rows.phases import PhaseRow
from archive.rows.reading import ReadingRow
from archive.rows.rendered import RenderedRow
from archive.rows.revisits import FeedRow, HostRow, RateRow
from archive.rows.upkeep import AuditRow, ErasureRow, PurgedRow, RemovedRow, TakedownRow
from archive.rows.watch import AlarmRow, FigureRow, NoticeRow

__all__ = [
    "ROW_TYPES",
    "AddressRow",
    "AlarmRow",
    "ArticleRow",
    "AuditRow",
    "CaptureRow",
    "ClusterMemberRow",
    "DocumentRow",
    "DroppedRow",
    "ErasureRow",
    "EventRow",
    "FeedRow",
    "FigureRow",
    "FindRow",
    "FlapRow",
    "FrontRow",
    "HostRow",
    "ImageRow",
    "LearningRow",
    "LedgerRow",
    "MemoryRow",
    "NoticeRow",
    "PageRow",
    "PauseRow",
    "PhaseRow",
    "PictureLinkRow",
    "PictureRow",
    "PurgedRow",
    "RateRow",
    "ReadingRow",
    "RecompareRow",
    "RemovedRow",
    "RenderedRow",
    "Row",
    "RunRequestRow",
    "RunRow",
    "SavedSearchRow",
    "SegmentRow",
    "SlotRow",
    "TakedownRow",
    "TextRow",
    "VersionRow",
    "field_names",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One crawl. `status`: running, done (sums match), broken (they don't), interrupted.

    One that is interrupted goes on while it has no `finished_at`; with it, nobody went on with it.
    """

    table: ClassVar[str] = "run"
    id: str
    kind: str  # scheduled, requested, manual, backfill
    sources: tuple[str, ...]
    started_at: datetime
    night: str | None = None  # local date of the slot, or the day given by hand
    finished_at: datetime | None = None
    status: str = "running"
    since: str | None = None  # a backfill's first day (UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRow:
    """One wall-clock time of a source's cron, unique, so that it runs once.

    `status`: run, coalesced (a newer slot ran for it), overlap (the run before was still going), missed (it
    was past its grace when it could have run), paused (it fell into a pause), blackout (it fell into a time
    of day at which its source is not crawled).
    """

    table: ClassVar[str] = "slot"
    source: str
    slot: str  # "2026-03-29T02:00 Europe/Berlin"
    due_at: datetime
    night: str
    status: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A discovery document (feed, sitemap, section, robots.txt) of a run and how it went."""

    table: ClassVar[str] = "document"
    run_id: str
    url_key: str
    url: str
    source: str
    kind: str
    status: str  # ok, failed
    reason: str | None
    found: int  # candidates in it
    fresh: int  # of these, new to this run
    notes: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One discovered URL of a run. `outcome` is None while it waits: these rows are the frontier.

    `also_by` are further kinds of document that named it in this run: feed, section, sitemap.
    """

    table: ClassVar[str] = "ledger"
    run_id: str
    url_key: str
    url: str
    source: str
    found_by: str
    found_in: str
    position: int  # order of discovery within the run
    outcome: str | None = None
    reason: str | None = None
    capture_id: str | None = None
    at: datetime | None = None
    also_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """What is known of one exact URL across runs: when to look again, and what validators it gave.

    `capture_id` is the capture that gave them, for which a 304 stands. `changes` counts the looks that found
    a change since the first capture.
    """

    table: ClassVar[str] = "page"
    url_key: str
    url: str
    source: str
    found_by: str
    found_in: str
    found_at: datetime
    article_id: str | None = None
    first_captured_at: datetime | None = None
    last_fetched_at: datetime | None = None
    last_changed_at: datetime | None = None
    next_look_at: datetime | None = None
    last_seen_at: datetime | None = None
    misses: int = 0
    first_missing_at: datetime | None = None
    removed: bool = False
    etag: str | None = None
    last_modified: str | None = None
    capture_id: str | None = None
    changes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """One WARC file in the store."""

    table: ClassVar[str] = "segment"
    key: str
    kind: str  # captures, derived
    sha256: str
    size: int
    records: int
    sealed_at: datetime
    keep_days: int | None = None  # its retention class; None: for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """One archived HTTP exchange. The payload's place differs from the record's for a revisit."""

    table: ClassVar[str] = "capture"
    id: str  # the UUID of the WARC record
    url_key: str
    url: str
    at: datetime
    source: str
    run_id: str
    kind: str  # response, revisit, not_modified
    status: int
    mime: str
    payload_sha256: str
    payload_sha1: str  # WARC-Payload-Digest
    payload_size: int
    truncated: str | None
    segment: str
    offset: int
    length: int
    payload_segment: str
    payload_offset: int
    payload_length: int
    refers_to_url: str | None = None
    refers_to_at: datetime | None = None


Row = (
    RunRow
    | SlotRow
    | DocumentRow
    | LedgerRow
    | PageRow
    | SegmentRow
    | CaptureRow
    | ArticleRow
    | AddressRow
    | VersionRow
    | EventRow
    | PictureRow
    | ImageRow
    | TextRow
    | RenderedRow
    | ReadingRow
    | MemoryRow
    | LearningRow
    | ClusterMemberRow
    | PictureLinkRow
    | RecompareRow
    | RateRow
    | HostRow
    | FeedRow
    | FlapRow
    | FrontRow
    | PauseRow
    | RunRequestRow
    | FigureRow
    | AlarmRow
    | NoticeRow
    | SavedSearchRow
    | FindRow
    | PhaseRow
    | DroppedRow
    | RemovedRow
    | TakedownRow
    | AuditRow
    | ErasureRow
    | PurgedRow
)

ROW_TYPES: dict[str, type[Row]] = {kind.table: kind for kind in get_args(Row)}
"""The row type of each table."""


@cache
def field_names(table: str) -> tuple[str, ...]:
    """The names of the fields of a table's row type, in their order."""
    return tuple(field.name for field in fields(ROW_TYPES[table]))
