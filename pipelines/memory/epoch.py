"""The memories of sources over time: which one a run reads with, and when a new one is learned.

A memory is frozen for an epoch: a run reads all its pages with the one that was newest when it began. What is
learned at its end is used from the next run on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from archive.catalog import lookup, memories
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.memory_objects import put_memory, read_memory
from archive.reader import ArchiveDamaged, read_exchange
from archive.rows import MemoryRow
from archive.stores.store import ObjectNotFound, ObjectStore
from config.source import Source
from pipelines.guidance import Guidance, guidance_of
from pipelines.memory.site_memory import EncodedMemory, MemoryDamaged
from pipelines.memory.study import PageToLearn, learn_from
from pipelines.rendering import body_of, dom_of
from pipelines.workers import TaskFailure, Workers

FIRST, DRIFT, COMMAND = "first", "drift", "command"
MIN_ARTICLES = 10  # of a source without a memory, before one is learned
MIN_DRIFTED = 5  # pages of a run, and
DRIFTED = 0.2  # of its articles: more that the memory did not know, and a new one is learned
MAX_PAGES = 60  # the newest articles
MAX_BYTES = 48 << 20  # of them, as they lie in the archive

log = structlog.get_logger()


@dataclass(slots=True)
class Drift:
    """How many articles of a run were read, and how many of them without the memory's help."""

    read: int = 0
    drifted: int = 0

    @property
    def is_large(self) -> bool:
        """Whether the memory has to be learned anew."""
        return self.drifted >= MIN_DRIFTED and self.drifted > DRIFTED * self.read


@dataclass(frozen=True, slots=True)
class Memories:
    """What a run reads with, and what it finds out about that.

    Attributes:
        by_source: the memory of each source that has one.
        drift: counted by the flow, by source.
    """

    by_source: Mapping[str, EncodedMemory] = field(default_factory=dict)
    drift: dict[str, Drift] = field(default_factory=dict)

    def of(self, source: str) -> EncodedMemory | None:
        """The memory of a source, if it has one."""
        return self.by_source.get(source)

    def count(self, source: str, *, drifted: bool) -> None:
        """Note that an article of a source was read."""
        found = self.drift.setdefault(source, Drift())
        found.read += 1
        found.drifted += drifted


def memories_at(
    store: ObjectStore, catalog: Catalog, sources: Iterable[str], at: datetime | None = None
) -> Memories:
    """The memories that these sources had at a moment; None: their newest.

    One that cannot be read is left out and logged, since pages can be read without; `verify` finds it.
    Raises StoreUnreachable, CatalogUnreachable.
    """
    found = {}
    for name in sources:
        row = memories.memory_at(catalog, name, at)
        if row is not None:
            try:
                memory = EncodedMemory(read_memory(store, row))
                memory.decode()
                found[name] = memory
            except (ArchiveDamaged, MemoryDamaged) as error:
                log.warning("a site memory cannot be read and is not used", source=name, problem=str(error))
    return Memories(found)


def reason_to_learn(catalog: Catalog, source: str, drift: Drift | None) -> str | None:
    """Why a new memory of a source is to be learned at the end of a run; None if it is not."""
    if memories.memory_at(catalog, source) is None:
        return FIRST if memories.articles_counted(catalog, source) >= MIN_ARTICLES else None
    return DRIFT if drift is not None and drift.is_large else None


@dataclass(frozen=True, slots=True)
class Learner:
    """Learns memories from the archive; reading and storing in threads, learning in a worker process."""

    store: ObjectStore
    catalog: Catalog
    workers: Workers
    clock: Clock

    async def __call__(self, source: Source, reason: str) -> MemoryRow | None:
        """Learn a source's memory and put it into the store; the row is the caller's to commit.

        None if nothing was learned: too few pages, no shape in them, the same as is known already, or a
        worker that failed (logged). Raises what store and catalog raise.
        """
        pages = await asyncio.to_thread(
            pages_to_learn, self.store, self.catalog, source.name, self.clock.now()
        )
        guidance = guidance_of(source, self.clock.now())
        learned = await self.workers.run(encoded_memory, pages, guidance)
        if isinstance(learned, TaskFailure):
            log.warning("no site memory was learned", source=source.name, why=learned.detail)
            return None
        memory, from_pages = learned
        return await asyncio.to_thread(self._keep, source.name, memory, from_pages, reason)

    def _keep(self, source: str, memory: EncodedMemory | None, pages: int, reason: str) -> MemoryRow | None:
        before = memories.memory_at(self.catalog, source)
        if memory is None or (before is not None and before.sha256 == memory.id):
            log.info("nothing new was learned", source=source, pages=pages)
            return None
        return MemoryRow(
            source=source,
            number=before.number + 1 if before else 1,
            sha256=put_memory(self.store, source, memory.data),
            size=len(memory.data),
            learned_at=self.clock.now(),
            pages=pages,
            reason=reason,
        )


def encoded_memory(pages: list[PageToLearn], guidance: Guidance) -> tuple[EncodedMemory | None, int]:
    """(the memory that pages give, from how many of them); None where no shape was found in them."""
    memory = learn_from(pages, guidance)
    return memory.encode() if memory.clusters else None, memory.pages


def pages_to_learn(store: ObjectStore, catalog: Catalog, source: str, now: datetime) -> list[PageToLearn]:
    """The newest articles of a source, as they were captured last; those that cannot be read are left out."""
    found: list[PageToLearn] = []
    size = 0
    for version in memories.newest_articles(catalog, source, MAX_PAGES):
        # Not the version's: after a redesign an article has a new page and no new version.
        capture = lookup.closest_capture(catalog, version.url, now)
        if capture is None:
            continue
        try:
            body = body_of(read_exchange(store, capture), dom_of(store, catalog, capture))
        except (ArchiveDamaged, ObjectNotFound) as error:  # `verify` tells how far it goes
            log.warning("a capture cannot be learned from", url=version.url, problem=str(error))
            continue
        size += len(body.data)
        if size > MAX_BYTES:
            break
        found.append(
            PageToLearn(body.data, version.url, body.content_type, body.content_encoding, capture.at)
        )
    return found
