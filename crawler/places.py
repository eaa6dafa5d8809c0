"""The addresses of a run, each with the kinds of documents that named it; the first stands in `found_by`.

All of them are in memory until the run ends, some 130 bytes each: a key as its 32 bytes, and one number.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from archive.catalog import frontier
from archive.catalog.catalog import Catalog
from archive.rows import LedgerRow
from crawler.acknowledge import Acknowledger
from crawler.candidate import FoundBy

_BITS = {FoundBy.FEED: 1, FoundBy.SITEMAP: 2, FoundBy.SECTION: 4}
_KINDS = tuple(
    tuple(str(kind) for kind, bit in _BITS.items() if bits & bit) for bits in range(2 * max(_BITS.values()))
)
_ANY = len(_KINDS) - 1  # kinds that named the address
_SHIFT = len(_KINDS).bit_length() - 1  # those of them that were told stand above
_TOLD = len(_KINDS) << _SHIFT  # whether any were, be it none


class Places:
    """The addresses, by key. Safe from several threads; a run that goes on reads its documents again."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._bits = {bytes.fromhex(key): 0 for key in known}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._bits)

    def note(self, key: str, kind: FoundBy) -> bool:
        """An address was found; whether it is new."""
        packed, bit = bytes.fromhex(key), _BITS.get(kind, 0)
        with self._lock:
            bits = self._bits.get(packed)
            self._bits[packed] = (bits or 0) | bit
        return bits is None

    def told(self, row: LedgerRow) -> LedgerRow:
        """The row with what is known so far."""
        packed = bytes.fromhex(row.url_key)
        with self._lock:
            kinds = self._bits.get(packed, 0) & _ANY
            self._bits[packed] = kinds | kinds << _SHIFT | _TOLD
        return with_places(row, _KINDS[kinds])

    def late(self) -> Mapping[str, tuple[str, ...]]:
        """What became known after it was told, by key."""
        with self._lock:
            return {
                key.hex(): _KINDS[bits & _ANY]
                for key, bits in self._bits.items()
                if bits & _TOLD and bits & _ANY != bits >> _SHIFT & _ANY
            }


def with_places(row: LedgerRow, kinds: tuple[str, ...]) -> LedgerRow:
    """The row with the kinds that named its address, besides the one that did so first."""
    also = tuple(sorted(set(kinds) - {row.found_by}))
    return replace(row, also_by=also) if also != row.also_by else row


async def write_late(places: Places, catalog: Catalog, run_id: str, acknowledger: Acknowledger) -> None:
    """Write which further documents named addresses that had ended by then; all rows must be committed."""
    if late := places.late():
        known = await asyncio.to_thread(frontier.rows_of, catalog, run_id, list(late))
        await acknowledger.commit_now([with_places(row, late[row.url_key]) for row in known])
