"""Learns a source's next memory from the archive; one process at a time, and not again too soon in vain."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from archive.catalog import lookup, memories
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import Committer
from archive.held_leases import HostLeases
from archive.memory_objects import put_memory
from archive.opening import Archive
from archive.reader import ArchiveDamaged, read_exchange
from archive.rows import LearningRow, MemoryRow, RemovedRow, Row
from archive.stores.store import ObjectNotFound, ObjectStore
from config.source import Source
from pipelines.guidance import Guidance, guidance_of
from pipelines.memory.epoch import COMMAND, Drift
from pipelines.memory.site_memory import EncodedMemory
from pipelines.memory.study import PageToLearn, learn_from
from pipelines.rendering import body_of, dom_of
from pipelines.workers import TaskFailure, Workers

MAX_PAGES = 60  # the newest articles
MAX_BYTES = 48 << 20  # of them, as they lie in the archive
FIRST_WAIT, LONGEST_WAIT = timedelta(days=1), timedelta(days=32)

log = structlog.get_logger()


class Result(StrEnum):
    """What learning came to."""

    LEARNED = "learned"
    SAME = "same"  # as is known already
    NO_SHAPE = "no_shape"  # that enough of the pages have in common, or too few pages
    FAILED = "failed"  # the worker did not come back, which is logged
    BUSY = "busy"  # another process learns this source's memory


@dataclass(frozen=True, slots=True)
class Learned:
    """What learning came to, and the memory if there is a new one."""

    result: Result
    memory: MemoryRow | None = None


def wait_after(tries: int) -> timedelta:
    """How long nothing is tried after so many tries in vain: a day, then twice as long each time."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 16)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Learner:
    """Learns memories from the archive; reading and storing in threads, learning in a worker process.

    `committer` asks `held` before it writes. Whoever learns a source's memory holds a lease on it, from
    before he looks which epoch is the newest until the next one is acknowledged, so that no two get one
    number. The lease is given back with the others of `held`.
    """

    archive: Archive
    workers: Workers
    clock: Clock
    committer: Committer
    held: HostLeases

    async def __call__(self, source: Source, reason: str, drift: Drift | None = None) -> Learned:
        """Learn a source's memory and acknowledge it, or the attempt. Raises what store and catalog raise."""
        if not await self.held.take(_lease(source.name)):
            log.info("another process learns this site memory", source=source.name)
            return Learned(Result.BUSY)
        now = self.clock.now()
        store, catalog = self.archive.store, self.archive.catalog
        pages = await asyncio.to_thread(pages_to_learn, store, catalog, source.name, now)
        found = await self.workers.run(encoded_memory, pages, guidance_of(source, now))
        if isinstance(found, TaskFailure):
            log.warning("no site memory was learned", source=source.name, why=found.detail)
            learned = Learned(Result.FAILED)
        else:
            memory, read = found
            learned = Learned(Result.NO_SHAPE)
            if memory is not None:
                learned = await self.enter(source.name, memory, read, reason)
        if learned.memory is None and reason != COMMAND:  # a person may try as often as he likes
            tried = (source.name, len(pages), reason, learned.result, drift or Drift())
            await asyncio.to_thread(self._note_attempt, *tried)
        return learned

    async def enter(self, source: str, memory: EncodedMemory, pages: int, reason: str) -> Learned:
        """Make a memory the source's newest, and acknowledge that, unless it is the newest already."""
        if not await self.held.take(_lease(source)):
            return Learned(Result.BUSY)
        return await asyncio.to_thread(self._enter, source, memory, pages, reason)

    def _enter(self, source: str, memory: EncodedMemory, pages: int, reason: str) -> Learned:
        store, catalog = self.archive.store, self.archive.catalog
        before = memories.memory_at(catalog, source)
        if before is not None and before.sha256 == memory.id:
            log.info("nothing new was learned", source=source, pages=pages)
            return Learned(Result.SAME)
        row = MemoryRow(
            source=source,
            number=before.number + 1 if before else 1,
            sha256=put_memory(store, source, memory.data),
            size=len(memory.data),
            learned_at=self.clock.now(),
            pages=pages,
            reason=reason,
        )
        rows: list[Row] = [row]
        if memories.learning_of(catalog, source) is not None:
            rows.insert(0, RemovedRow(of=LearningRow.table, key=(source,)))
        self.committer.commit_rows(rows)
        return Learned(Result.LEARNED, row)

    def _note_attempt(self, source: str, pages: int, reason: str, result: Result, drift: Drift) -> None:
        before = memories.learning_of(self.archive.catalog, source)
        now, tries = self.clock.now(), before.tries + 1 if before else 1
        row = LearningRow(
            source=source,
            tries=tries,
            tried_at=now,
            not_before=now + wait_after(tries),
            pages=pages,
            reason=reason,
            result=str(result),
            drifted=drift.per_mille,
        )
        self.committer.commit_rows([row])


def _lease(source: str) -> str:
    return f"memory:{source}"


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
