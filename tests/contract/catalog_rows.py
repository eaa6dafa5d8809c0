"""Rows for the catalogs of these suites; what a test is about is given by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from archive.digest import sha256_hex, url_key
from archive.journal import Entry
from archive.rows import (
    CaptureRow,
    PageRow,
    Row,
    RunRow,
    SegmentRow,
    VersionRow,
)
from tests.archive.material import NOON

MINUTE = timedelta(minutes=1)


class Numbers:
    """Entries of one writer."""

    def __init__(self) -> None:
        self.number = 0

    def entry(self, *rows: Row) -> Entry:
        self.number += 1
        return Entry("w-1", self.number, NOON + self.number * MINUTE, None, rows)


RUN = RunRow(id="run-1", kind="manual", sources=("b", "a"), started_at=NOON)
URL = "https://news.example/a"


def capture(name: str, url: str = URL, **changes: Any) -> CaptureRow:
    values: dict[str, Any] = {
        "id": name,
        "url_key": url_key(url),
        "url": url,
        "at": NOON,
        "source": "example",
        "run_id": "run-1",
        "kind": "response",
        "status": 200,
        "mime": "text/html",
        "payload_sha256": sha256_hex(b"A"),
        "payload_sha1": "sha1:A",
        "payload_size": 1,
        "truncated": None,
        "segment": "captures/s",
        "offset": 0,
        "length": 10,
        "payload_segment": "captures/s",
        "payload_offset": 0,
        "payload_length": 10,
    }
    return CaptureRow(**(values | changes))


def segment(key: str = "captures/s", **changes: Any) -> SegmentRow:
    values: dict[str, Any] = {
        "key": key,
        "kind": "captures",
        "sha256": "0" * 64,
        "size": 99,
        "records": 9,
        "sealed_at": NOON,
    }
    return SegmentRow(**(values | changes))


def version(article: str, number: int, **changes: Any) -> VersionRow:
    values: dict[str, Any] = {
        "article_id": article,
        "number": number,
        "source": "example",
        "url": URL,
        "captured_at": NOON,
        "run_id": "run-1",
        "capture_id": "c",
        "extractor": "x",
        "title": "T",
        "byline": ("A", "B"),
    }
    return VersionRow(**(values | changes))


def page(url: str, **changes: Any) -> PageRow:
    values: dict[str, Any] = {
        "url_key": url_key(url),
        "url": url,
        "source": "example",
        "found_by": "feed",
        "found_in": "f",
        "found_at": NOON,
    }
    return PageRow(**(values | changes))
