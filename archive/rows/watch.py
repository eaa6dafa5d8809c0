"""Rows that tell how sources fare: figures, alarms, who was told; re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """What one run brought of one source; the runs of one night make up the night.

    Shares are kept as counts: `titled`, `dated` and `pictured` are of `articles`. `breaches` are the kinds of
    alarm that held after this run: such nights teach nothing about what is usual.
    """

    table: ClassVar[str] = "figure"
    source: str
    run_id: str
    night: str  # local date of the slot, or of the run's start
    at: datetime  # when the run ended
    whole: bool  # no further slot of the source's schedule falls in this night
    articles: int  # seen for the first time
    edited: int
    removed: int
    archived: int
    unchanged: int
    not_modified: int
    skipped: int
    failed: int
    quarantined: int
    gone: int
    documents: int  # feeds, sitemaps and sections that were asked for
    documents_failed: int
    titled: int
    dated: int
    pictured: int
    characters: int | None  # median length of the new articles' texts
    newest_at: datetime | None  # the newest publication (or first sight, of a story without a date)
    failures: tuple[str, ...] = ()  # by class: "dns=3"
    usual: int | None = None  # articles that such a night usually brings, once that is known
    breaches: tuple[str, ...] = ()
    bytes: int = 0  # of payloads that came


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm, from when it was raised to when it was over.

    `subject` is a source's name, or empty for the archive or the schedule as a whole.
    """

    table: ClassVar[str] = "alarm"
    id: str
    subject: str
    kind: str  # silent, few_articles, quarantined, source_file, disk_full, ...
    severity: str  # warning, error
    message: str
    raised_at: datetime
    night: str | None = None
    run_id: str | None = None
    cleared_at: datetime | None = None
    cleared_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """Somebody was told that an alarm was `raised` or `cleared`; `to` is the reference to their address."""

    table: ClassVar[str] = "notice"
    alarm_id: str
    what: str
    to: str
    at: datetime
