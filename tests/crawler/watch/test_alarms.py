"""Raised once, cleared once; what came through the door; classes of failure; the figures of a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from archive.catalog.runs import Tally
from archive.catalog.watch import NewArticles
from archive.rows import AlarmRow, DocumentRow, Row
from config.expect import FAILURE_CLASSES
from crawler.watch.alarm import Condition, Severity, changes
from crawler.watch.door import AlarmDoor
from crawler.watch.failures import count_failures, failure_class
from crawler.watch.figures import Brought, figures

NOW = datetime(2026, 3, 20, 2, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FULL = Condition("disk_full", "310 MiB are left", severity=Severity.ERROR)


def test_an_alarm_is_raised_once_and_cleared_once() -> None:
    [raised] = changes([], [FULL], {FULL.key}, NOW, run_id="run-1")
    assert (raised.kind, raised.subject, raised.severity) == ("disk_full", "", "error")
    assert raised.message == "310 MiB are left"
    assert changes([raised], [FULL], {FULL.key}, NOW + HOUR) == []
    assert changes([raised], [], set(), NOW + HOUR) == []  # nobody looked
    [over] = changes([raised], [], {FULL.key}, NOW + HOUR, over="900 MiB are left")
    assert (over.id, over.raised_at) == (raised.id, NOW)
    assert (over.cleared_at, over.cleared_message) == (NOW + HOUR, "900 MiB are left")


def test_ids_sort_by_age_and_tell_what_they_are_of() -> None:
    [first] = changes([], [Condition("silent", "…", "site")], {("site", "silent")}, NOW)
    [second] = changes([], [FULL], {FULL.key}, NOW + HOUR)
    assert first.id < second.id
    assert first.id == "20260320T023000.000000Z-silent-site"


class Journal:
    """Stands where the committer does."""

    def __init__(self) -> None:
        self.rows: dict[str, AlarmRow] = {}
        self.entries = 0

    def commit(self, rows: Sequence[Row]) -> None:
        self.entries += 1
        self.rows |= {row.id: row for row in rows if isinstance(row, AlarmRow)}

    def open(self) -> list[AlarmRow]:
        return [row for row in self.rows.values() if row.cleared_at is None]


def test_what_is_said_again_and_again_is_written_once() -> None:
    door, journal = AlarmDoor(), Journal()
    for minutes in range(5):
        door.raise_alarm("disk_full", f"{310 - minutes} MiB are left", severity=Severity.ERROR)
        door.clear_alarm("source_file", subject="site")  # never was
        door.settle(journal.open, journal.commit, NOW + minutes * timedelta(minutes=1))
    assert journal.entries == 1
    [row] = journal.open()
    assert row.message == "310 MiB are left"
    door.clear_alarm("disk_full", message="900 MiB are left")
    door.settle(journal.open, journal.commit, NOW + HOUR)
    door.settle(journal.open, journal.commit, NOW + 2 * HOUR)
    assert (journal.open(), journal.entries) == ([], 2)
    assert journal.rows[row.id].cleared_message == "900 MiB are left"


def test_what_cannot_be_written_is_still_said() -> None:
    door, journal = AlarmDoor(), Journal()
    door.raise_alarm("source_file", "line 3 is wrong", subject="site")

    def refuse(_rows: Sequence[Row]) -> None:
        raise OSError("the store is away")

    with pytest.raises(OSError, match="away"):
        door.settle(journal.open, refuse, NOW)
    door.settle(journal.open, journal.commit, NOW + HOUR)
    assert [row.subject for row in journal.open()] == ["site"]


REASONS = {
    "dns": "dns",
    "proxy": "refused",
    "http_401": "http_403",
    "http_403": "http_403",
    "http_410": "http_404",
    "redirected_home": "http_404",
    "http_429": "http_429",
    "http_503": "http_5xx",
    "http_304": "other",
    "consent_wall": "wall",
    "challenge": "challenge",
    "no_text": "parse",
    "extract_timeout": "parse",
    "read_memory": "parse",
    "bad_content_encoding": "truncated",
    "robots_unreachable": "robots",
    "internal_error": "other",
    "": "other",
}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_class(reason: str) -> None:
    assert failure_class(reason) == REASONS[reason]
    assert failure_class(reason) in FAILURE_CLASSES


def document(url: str, kind: str, reason: str | None) -> DocumentRow:
    return DocumentRow(
        run_id="run-1", url_key=url, url=url, source="site", kind=kind,
        status="failed" if reason else "ok", reason=reason, found=0, fresh=0, notes=(), at=NOW,
    )  # fmt: skip


TALLIES = [
    Tally("site", "archived", None, 3),
    Tally("site", "unchanged", None, 4),
    Tally("site", "skipped", "not_due", 50),
    Tally("site", "skipped", "robots_unreachable", 2),
    Tally("site", "failed", "http_500", 1),
    Tally("site", "quarantined", "challenge", 6),
    Tally("site", "gone", "http_404", 1),
]
DOCUMENTS = [
    document("https://a.example/robots.txt", "robots", "http_404"),  # many sites have none
    document("https://a.example/feed", "feed", "http_500"),
    document("https://a.example/", "section", None),
]


def test_failures_are_counted_by_class() -> None:
    assert count_failures(TALLIES, DOCUMENTS) == {"http_5xx": 2, "challenge": 6, "http_404": 1, "robots": 2}


def test_the_figures_of_a_run() -> None:
    new = [
        NewArticles("site", 2000, 2, titled=2, dated=1, pictured=1, newest_at=NOW - HOUR),
        NewArticles("site", 900, 2, titled=1, dated=1, pictured=0, newest_at=NOW - 2 * HOUR),
        NewArticles("site", None, 1, titled=0, dated=0, pictured=0, newest_at=NOW - 3 * HOUR),
    ]
    brought = Brought(TALLIES, DOCUMENTS, new, edited=2, removed=1)
    row = figures("site", "run-1", brought, night=date(2026, 3, 20), at=NOW, whole=True)
    assert (row.articles, row.edited, row.removed) == (5, 2, 1)
    assert (row.titled, row.dated, row.pictured, row.characters) == (3, 2, 1, 900)
    assert row.newest_at == NOW - HOUR
    assert (row.archived, row.unchanged, row.skipped, row.failed) == (3, 4, 52, 1)
    assert (row.quarantined, row.gone, row.documents, row.documents_failed) == (6, 1, 2, 1)
    assert row.failures == ("challenge=6", "http_404=1", "http_5xx=2", "robots=2")
