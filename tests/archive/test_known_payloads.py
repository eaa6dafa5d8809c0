"""Places of payloads that were asked for ahead: what the catalog says, and only for a moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex
from archive.known_payloads import FRESH_SECONDS, KnownPayloads
from tests.archive.material import NOON
from tests.contract.catalog_rows import MINUTE, Numbers, capture, segment

SHA256 = sha256_hex(b"A")
SEGMENT = segment()


def test_places_asked_for_ahead(tmp_path: Path) -> None:
    catalog, numbers, now = Catalog.open(f"sqlite:///{tmp_path / 'catalog.db'}"), Numbers(), 0.0
    places = KnownPayloads(catalog, lambda: now)
    places.expect([SHA256], None)  # nobody knows it yet
    row = capture("c2")
    catalog.apply(numbers.entry(SEGMENT, row), {})
    first = lookup.known_payload(catalog, SHA256)
    assert first is not None
    assert places(SHA256, None) == first
    places.expect([SHA256], None)
    catalog.apply(numbers.entry(replace(row, id="c1", at=NOON - MINUTE, offset=7)), {})
    assert places(SHA256, None) == first
    assert places(SHA256, 30) == lookup.known_payload(catalog, SHA256, 30) != first
    now = FRESH_SECONDS + 1
    assert places(SHA256, None) == lookup.known_payload(catalog, SHA256) != first
    catalog.close()
