"""What the archive kept of earlier fetches of a page, for the next one. Blocks; callers use a thread."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus

from archive.catalog import looks, lookup
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from archive.opening import Archive
from archive.reader import ArchiveDamaged, read_exchange
from archive.retention import outlives
from archive.rows import CaptureRow, PageRow
from archive.stores.store import ObjectNotFound
from config.source import Source

_ROBOTS_BYTES = 8 << 20


def standing_for_304(catalog: Catalog, pages: Iterable[tuple[PageRow, Source]]) -> dict[str, CaptureRow]:
    """Captures that a 304 would stand for, by key of the page: those there, kept as long as a new one."""
    asked = [(page, page.capture_id, source) for page, source in pages if page.capture_id]
    if not asked:
        return {}
    captures = looks.captures_with(catalog, (name for _, name, _ in asked))
    days = looks.keep_days_of(catalog, (capture.payload_segment for capture in captures.values()))
    return {
        page.url_key: captures[name]
        for page, name, source in asked
        if name in captures and outlives(days.get(captures[name].payload_segment), source.policy.expire)
    }


def fetched_before(archive: Archive, run_id: str, url: str) -> tuple[Exchange, CaptureRow] | None:
    """The page as this run fetched it before it was interrupted, if it was kept from the spool."""
    for capture in reversed(lookup.captures_of(archive.catalog, url)):
        if capture.run_id == run_id and capture.status == HTTPStatus.OK and not capture.truncated:
            try:
                return read_exchange(archive.store, capture), capture
            except (ArchiveDamaged, ObjectNotFound):  # it is fetched again; `verify` tells
                return None
    return None


def last_good_robots(archive: Archive, clock: Clock, url: str) -> tuple[bytes, timedelta] | None:
    """The newest archived copy of a robots.txt and its age; None if there is none, or it is not whole."""
    now = clock.now()
    capture = lookup.closest_capture(archive.catalog, url, now)
    if capture is None or capture.at > now:
        return None
    try:
        exchange = read_exchange(archive.store, capture)
        body = decode_body(exchange.body, exchange.header("Content-Encoding"), _ROBOTS_BYTES)
    except (ContentCodingError, ArchiveDamaged, ObjectNotFound):  # the last two are for `verify` to tell
        return None
    return body, now - capture.at
