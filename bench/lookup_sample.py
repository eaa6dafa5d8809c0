"""Pages with bytes: recorded, sealed and put as a crawl does it, so that there is something to read back."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.exchange import Exchange
from archive.recorder import Recorder
from archive.rows import AddressRow, ArticleRow, CaptureRow, Row, VersionRow

PAGES = 400
STATES = (0, 0, 1, 1, 0)  # what a page says at each look; the second look is answered with 304
FROM = datetime(2027, 1, 1, tzinfo=UTC)
_NOT_MODIFIED_AT = 1
_WORDS = [
    "harbour",
    "council",
    "ferry",
    "bridge",
    "winter",
    "market",
    "teacher",
    "clinic",
    "engine",
    "river",
    "library",
    "festival",
    "orchard",
    "signal",
    "quarry",
    "tenant",
    "ballot",
    "kitchen",
    "tunnel",
    "glacier",
    "printer",
    "violin",
    "meadow",
    "turbine",
    "archive",
    "lantern",
    "pilot",
    "garden",
]


def sample_url(number: int) -> str:
    return f"https://www.sampled-paper.example/2027/01/01/the-sampled-page-{number}"


def sample_moment(number: int, look: int) -> datetime:
    """When a page was fetched; looks are a day apart."""
    return FROM + timedelta(days=look, seconds=number)


def sample_page(number: int, look: int) -> bytes:
    """What the page said then, without its content coding: some 30 KB."""
    words = random.Random(f"{number} {STATES[look]}").choices(_WORDS, k=4000)
    return f"<!doctype html><title>Page {number}</title><p>{' '.join(words)}</p></html>".encode()


def record_look(catalog: Catalog, recorder: Recorder, look: int) -> Iterator[Row]:
    """Record every page of the sample at one look; the rows are those of the articles that changed."""
    waiting = []
    for number in range(PAGES):
        before = None
        if look == _NOT_MODIFIED_AT:
            before = lookup.closest_capture(catalog, sample_url(number), sample_moment(number, look))
        waiting.append(recorder.record(_exchange(number, look), "sample", before))
    state = sum(STATES[n] != STATES[n - 1] for n in range(1, look + 1)) + 1
    for number, row in enumerate(waiting):
        if look == 0 or STATES[look] != STATES[look - 1]:
            yield from _article(row.result(), number, state)


def _exchange(number: int, look: int) -> Exchange:
    url, at = sample_url(number), sample_moment(number, look)
    request = b"GET / HTTP/1.1\r\nHost: www.sampled-paper.example\r\n\r\n"
    if look == _NOT_MODIFIED_AT:
        return Exchange(url, at, request, b"HTTP/1.1 304 Not Modified\r\n\r\n", 304, b"")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n\r\n"
    return Exchange(url, at, request, head, 200, gzip.compress(sample_page(number, look), mtime=0))


def _article(row: CaptureRow, page: int, number: int) -> Iterator[Row]:
    key, first = url_key(row.url), sample_moment(page, 0)
    yield ArticleRow(id=key, source="sample", url=row.url, first_captured_at=first, versions=number)
    yield VersionRow(
        article_id=key,
        number=number,
        source="sample",
        url=row.url,
        captured_at=row.at,
        run_id=row.run_id,
        capture_id=row.id,
        extractor="bench",
        title=f"Page {page}",
    )
    if number == 1:
        yield AddressRow(url_key=key, url=row.url, article_id=key, since=row.at)
