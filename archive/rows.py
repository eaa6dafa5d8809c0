"""The rows of the catalog, as values: what a journal entry lists and a catalog transaction puts.

Every change the catalog ever sees is "put this whole row under its primary key", so replaying the
journal in order gives the same catalog row for row. Rows hold only JSON-simple values and moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from archive.upkeep_rows import AuditRow, ErasureRow, PurgedRow, RemovedRow, TakedownRow

__all__ = [
    "ROW_TYPES",
    "AddressRow",
    "ArticleRow",
    "AuditRow",
    "CaptureRow",
    "DocumentRow",
    "ErasureRow",
    "EventRow",
    "ImageRow",
    "LedgerRow",
    "PageRow",
    "PictureRow",
    "PurgedRow",
    "RemovedRow",
    "Row",
    "RunRow",
    "SegmentRow",
    "SlotRow",
    "TakedownRow",
    "TextRow",
    "VersionRow",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One crawl. `status`: running, done (sums match), broken (they don't), interrupted."""

    table: ClassVar[str] = "run"
    id: str
    kind: str  # scheduled, manual, backfill
    sources: tuple[str, ...]
    started_at: datetime
    night: str | None = None  # local date of the slot, or the day given by hand
    finished_at: datetime | None = None
    status: str = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRow:
    """One wall-clock time of a source's cron, unique, so that it runs once.

    `status`: run, coalesced (a newer slot ran for it), overlap (the run before was still going), missed (it
    was past its grace when it could have run).
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
    """One discovered URL of a run. `outcome` is None while it waits: these rows are the frontier."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """What is known of one exact URL across runs: when to look again, and what validators it gave."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """One article identity: its current address, and how many versions it has."""

    table: ClassVar[str] = "article"
    id: str
    source: str
    url: str
    first_captured_at: datetime
    versions: int
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """One address in an article's history of URLs."""

    table: ClassVar[str] = "address"
    url_key: str
    url: str
    article_id: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """The n-th distinct state of an article, or its tombstone (`removed`, with the evidence)."""

    table: ClassVar[str] = "version"
    article_id: str
    number: int
    source: str
    url: str
    captured_at: datetime
    run_id: str
    capture_id: str
    extractor: str | None
    title: str | None
    byline: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    description: str | None = None
    text_sha256: str | None = None
    removed: bool = False
    last_seen_at: datetime | None = None
    first_missing_at: datetime | None = None
    missing_how: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One typed change of a version against the one before it."""

    table: ClassVar[str] = "event"
    article_id: str
    number: int
    position: int
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """A picture in its place in a version; `sha256` is None where it could not be archived."""

    table: ClassVar[str] = "picture"
    article_id: str
    number: int
    position: int
    url: str
    caption: str | None
    credit: str | None
    alt: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRow:
    """Archived picture bytes, once per content, with the first capture that showed them."""

    table: ClassVar[str] = "image"
    sha256: str
    phash: str | None
    mime: str
    width: int
    height: int
    size: int
    first_url: str
    first_at: datetime
    capture_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """Where a clean text lies in `derived/`; the catalog keeps a compressed copy beside it."""

    table: ClassVar[str] = "text"
    sha256: str
    characters: int
    segment: str
    offset: int
    length: int


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
    | RemovedRow
    | TakedownRow
    | AuditRow
    | ErasureRow
    | PurgedRow
)

ROW_TYPES: dict[str, type[Row]] = {
    kind.table: kind
    for kind in (
        RunRow,
        SlotRow,
        DocumentRow,
        LedgerRow,
        PageRow,
        SegmentRow,
        CaptureRow,
        ArticleRow,
        AddressRow,
        VersionRow,
        EventRow,
        PictureRow,
        ImageRow,
        TextRow,
        RemovedRow,
        TakedownRow,
        AuditRow,
        ErasureRow,
        PurgedRow,
    )
}
