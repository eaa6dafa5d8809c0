"""The extractor held still: reads an earlier capture again with today's extractor before two are compared."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from archive.catalog import lookup, versions
from archive.catalog.catalog import Catalog
from archive.reader import ArchiveDamaged, read_exchange
from archive.rows import CaptureRow, ReadingRow, VersionRow
from archive.stores.store import ObjectNotFound, ObjectStore
from config.source import Source
from pipelines.extraction import Extraction
from pipelines.extractor_id import extractor_id
from pipelines.guidance import Guidance, guidance_of
from pipelines.memory.epoch import Memories
from pipelines.parts import MISSING, joined
from pipelines.reading import reading_row, state_of_reading
from pipelines.rendering import Body, body_of, dom_of
from pipelines.state import State, state_of, with_known_bytes
from pipelines.turns import Turn
from pipelines.versions.presence import page_words
from pipelines.workers import TaskFailure, Workers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Again:
    """An earlier capture, as today's extractor reads it.

    Attributes:
        state: what it says.
        row: keeps this for the next time, if the version is still the newest then; None if it was kept.
    """

    state: State
    row: ReadingRow | None = None


@dataclass(frozen=True, slots=True)
class Reread:
    """Reads the capture behind a version again."""

    store: ObjectStore
    catalog: Catalog
    workers: Workers
    memories: Memories = field(default_factory=Memories)

    async def __call__(self, version: VersionRow, before: State, source: Source, rules_at: datetime) -> Again:
        """The state that the version's capture shows to today's extractor, with the rules of `rules_at`.

        What was read in an earlier run is not read again. Where today's extractor finds no article in it,
        what the version says stands. Raises ArchiveDamaged if the capture cannot be read back, ObjectNotFound
        if its segment is gone.
        """
        guidance = self.guidance(source, rules_at)
        wanted = extractor_id(guidance, version.captured_at)
        known = await asyncio.to_thread(versions.reading_of, self.catalog, version.article_id)
        if known is not None and (known.number, known.extractor) == (version.number, wanted):
            state = state_of_reading(known, before)
            if state is not None:
                return Again(state)
        capture = await asyncio.to_thread(lookup.capture_by_id, self.catalog, version.capture_id)
        state = replace(before, extractor=wanted)
        if capture is not None:
            extraction = await self.read_whole(capture, version.parts, guidance)
            if extraction.article is not None:
                state = state_of(with_known_bytes(extraction.article, before))
        return Again(state, reading_row(version, state, before))

    def guidance(self, source: Source, rules_at: datetime | None = None) -> Guidance:
        """How captures of a source are read today; with the rules of their own day, if of no other."""
        return guidance_of(source, rules_at, self.memories.of(source.name))

    async def read_whole(self, capture: CaptureRow, parts: Sequence[str], guidance: Guidance) -> Extraction:
        """The same of an article on several pages: `parts` are the captures of its second page and so on.

        No article where one of these says none any more, or has gone: a part of an article is not it.
        """
        first = await self.read(capture, guidance)
        if first.article is None or not parts:
            return first
        pages = [first.article]
        for part in parts:
            further = await asyncio.to_thread(lookup.capture_by_id, self.catalog, part)
            page = (await self.read(further, guidance)).article if further else None
            if page is None:
                return replace(first, article=None, reason=MISSING)
            pages.append(page)
        return replace(first, article=joined(pages))

    async def words_of(self, version: VersionRow) -> str | None:
        """All that the page of a version showed (`presence.page_words`); None if it cannot be had."""
        capture = await asyncio.to_thread(lookup.capture_by_id, self.catalog, version.capture_id)
        if capture is None:
            return None
        try:
            exchange = await asyncio.to_thread(read_exchange, self.store, capture)
            dom = await asyncio.to_thread(dom_of, self.store, self.catalog, capture)
        except (ArchiveDamaged, ObjectNotFound) as error:  # `verify` tells how far it goes
            log.info("an earlier page cannot be read", url=version.url, error=str(error))
            return None
        return await self.words_in(body_of(exchange, dom), version.url, capture.source)

    async def words_in(self, body: Body, url: str, source: str) -> str | None:
        """All that a page of a source shows; None if it is too much for a worker."""
        found = await self.workers.run_in_turn(
            Turn(source, urgent=True),
            page_words,
            body.data,
            url=url,
            content_type=body.content_type,
            content_encoding=body.content_encoding,
        )
        return None if isinstance(found, TaskFailure) else found

    async def read(self, capture: CaptureRow, guidance: Guidance) -> Extraction:
        """What today's extractor reads out of an archived capture; raises as a call does."""
        exchange = await asyncio.to_thread(read_exchange, self.store, capture)
        body = body_of(exchange, await asyncio.to_thread(dom_of, self.store, self.catalog, capture))
        return await self.workers.extract(
            body.data,
            url=capture.url,
            content_type=body.content_type,
            content_encoding=body.content_encoding,
            captured_at=capture.at,
            guidance=guidance,
            turn=Turn(capture.source, urgent=True),  # a page that was read waits for it
        )
