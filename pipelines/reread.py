"""The extractor held still: reads an earlier capture again with today's extractor before two are compared."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.reader import read_exchange
from archive.rows import VersionRow
from archive.stores.store import ObjectStore
from config.source import Source
from pipelines.guidance import guidance_of
from pipelines.state import State, state_of, with_known_bytes
from pipelines.workers import Workers


@dataclass(frozen=True, slots=True)
class Reread:
    """Reads the capture behind a version again."""

    store: ObjectStore
    catalog: Catalog
    workers: Workers

    async def __call__(
        self, version: VersionRow, before: State, source: Source, rules_at: datetime
    ) -> State | None:
        """The state that the version's capture shows to today's extractor, with the rules of `rules_at`.

        None if today's extractor finds no article in it. Raises ArchiveDamaged if the capture cannot be
        read back, ObjectNotFound if its segment is gone.
        """
        capture = await asyncio.to_thread(lookup.capture_by_id, self.catalog, version.capture_id)
        if capture is None:
            return None
        exchange = await asyncio.to_thread(read_exchange, self.store, capture)
        extraction = await self.workers.extract(
            exchange.body,
            url=version.url,
            content_type=exchange.header("Content-Type"),
            content_encoding=exchange.header("Content-Encoding"),
            captured_at=capture.at,
            guidance=guidance_of(source, rules_at),
        )
        if extraction.article is None:
            return None
        return state_of(with_known_bytes(extraction.article, before))
