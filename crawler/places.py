"""By which kinds of document each address of a run was named; the first of them stands in `found_by`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from archive.catalog import frontier
from archive.catalog.catalog import Catalog
from archive.rows import LedgerRow
from crawler.acknowledge import Acknowledger
from crawler.candidate import FoundBy

_DOCUMENTS = frozenset({FoundBy.FEED, FoundBy.SITEMAP, FoundBy.SECTION})


class Places:
    """The kinds of the documents that named each address, by key; a run that goes on reads them again."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, ...]] = {}
        self._told: dict[str, tuple[str, ...]] = {}

    def note(self, key: str, kind: FoundBy) -> None:
        """A document names an address."""
        kinds = self._kinds.get(key, ())
        if kind in _DOCUMENTS and str(kind) not in kinds:
            self._kinds[key] = (*kinds, str(kind))

    def told(self, row: LedgerRow) -> LedgerRow:
        """The row with what is known so far."""
        kinds = self._kinds.get(row.url_key, ())
        self._told[row.url_key] = kinds
        return with_places(row, kinds)

    def late(self) -> Mapping[str, tuple[str, ...]]:
        """What became known after it was told, by key."""
        return {key: self._kinds[key] for key, told in self._told.items() if self._kinds.get(key, ()) != told}


def with_places(row: LedgerRow, kinds: tuple[str, ...]) -> LedgerRow:
    """The row with the kinds that named its address, besides the one that did so first."""
    also = tuple(sorted(set(kinds) - {row.found_by}))
    return replace(row, also_by=also) if also != row.also_by else row


async def write_late(places: Places, catalog: Catalog, run_id: str, acknowledger: Acknowledger) -> None:
    """Write which further documents named addresses that had ended by then; all rows must be committed."""
    if late := places.late():
        known = await asyncio.to_thread(frontier.rows_of, catalog, run_id, list(late))
        await acknowledger.commit_now([with_places(row, late[row.url_key]) for row in known])
