"""Where payload bytes lie already: asked by the recorder for each page, read ahead for many pages at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from archive.catalog import looks, lookup
from archive.catalog.catalog import Catalog
from archive.open_batch import KnownPayload

FRESH_SECONDS = 10.0

_Key = tuple[str, int | None]  # sha256 of a payload, retention class


class KnownPayloads:
    """The catalog's answers, of which some were asked for a moment before. May be used from any thread.

    What is not known yet is asked again, as it may be by then; `now` gives seconds that only grow.
    """

    def __init__(self, catalog: Catalog, now: Callable[[], float] = time.monotonic) -> None:
        self._catalog, self._now = catalog, now
        self._expected: dict[_Key, tuple[float, KnownPayload]] = {}  # → read at, place

    def __call__(self, sha256: str, keep_days: int | None) -> KnownPayload | None:
        """The place of a payload that is kept at least as long as a retention class. Blocks."""
        read_at, place = self._expected.get((sha256, keep_days), (None, None))
        if read_at is not None and self._is_fresh(read_at):
            return place
        return lookup.known_payload(self._catalog, sha256, keep_days)

    def expect(self, digests: Collection[str], keep_days: int | None) -> None:
        """These bytes may come next, to be kept for so long. Blocks."""
        read_at = self._now()
        found = looks.known_payloads(self._catalog, digests, keep_days) if digests else {}
        still = {key: known for key, known in self._expected.copy().items() if self._is_fresh(known[0])}
        self._expected = still | {(sha256, keep_days): (read_at, place) for sha256, place in found.items()}

    def _is_fresh(self, read_at: float) -> bool:
        return self._now() - read_at <= FRESH_SECONDS
