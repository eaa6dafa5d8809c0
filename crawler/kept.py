"""What the archive kept of earlier fetches of a page, for the next one. Blocks; callers use a thread."""

from __future__ import annotations

from http import HTTPStatus

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.exchange import Exchange
from archive.opening import Archive
from archive.reader import ArchiveDamaged, read_exchange
from archive.retention import outlives
from archive.rows import CaptureRow
from archive.stores.store import ObjectNotFound
from config.source import Source


def stands_for_304(catalog: Catalog, capture_id: str, source: Source) -> CaptureRow | None:
    """The capture that a 304 would stand for, if it is still there and kept as long as a new one."""
    capture = lookup.capture_by_id(catalog, capture_id)
    if capture is None:
        return None
    kept = lookup.keep_days(catalog, capture.payload_segment)
    return capture if outlives(kept, source.policy.expire) else None


def fetched_before(archive: Archive, run_id: str, url: str) -> tuple[Exchange, CaptureRow] | None:
    """The page as this run fetched it before it was interrupted, if it was kept from the spool."""
    for capture in reversed(lookup.captures_of(archive.catalog, url)):
        if capture.run_id == run_id and capture.status == HTTPStatus.OK and not capture.truncated:
            try:
                return read_exchange(archive.store, capture), capture
            except (ArchiveDamaged, ObjectNotFound):  # it is fetched again; `verify` tells
                return None
    return None
