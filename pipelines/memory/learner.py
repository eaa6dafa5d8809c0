"""Learns a source's next memory from the archive; one process at a time, and not again too soon in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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
from archive.rows import CaptureRow, LearningRow, MemoryRow, RemovedRow, Row
from archive.stores.store import ObjectNotFound, ObjectStore
from config.source import Source
from pipelines.extractor_id import extractor_id
from pipelines.guidance import Guidance, guidance_of
from pipelines.memory.epoch import COMMAND, Drift
from pipelines.memory.kept_lessons import KeptLessons
from pipelines.memory.page_to_learn import PageToLearn
from pipelines.memory.site_memory import EncodedMemory
from pipelines.rendering import body_of, dom_of
from pipelines.tasks import encoded_memory, packed_lesson
from pipelines.workers import TaskFailure, Workers

MAX_PAGES = 60  # the newest articles
AT_ONCE = 4  # pages that are read again
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
    number. The lease is given back with the others of `held`. `kept` has lessons of pages that this run has
    read; every other page is read again, which gives the same.
    """

    archive: Archive
    workers: Workers
    clock: Clock
    committer: Committer
    held: HostLeases
    kept: KeptLessons | None = None

    async def __call__(self, source: Source, reason: str, drift: Drift | None = None) -> Learned:
        """Learn a source's memory and acknowledge it, or the attempt. Raises what store and catalog raise."""
        if not await self.held.take(_lease(source.name)):
            log.info("another process learns this site memory", source=source.name)
            return Learned(Result.BUSY)
        now = self.clock.now()
        captures = await asyncio.to_thread(captures_to_learn, self.archive.catalog, source.name, now)
        lessons = await self._lessons(captures, guidance_of(source, now))
        found = await self.workers.run(encoded_memory, lessons)
        if isinstance(found, TaskFailure):
            log.warning("no site memory was learned", source=source.name, why=found.detail)
            learned = Learned(Result.FAILED)
        else:
            memory, read = found
            learned = Learned(Result.NO_SHAPE)
            if memory is not None:
                learned = await self.enter(source.name, memory, read, reason)
        if learned.memory is None and reason != COMMAND:  # a person may try as often as he likes
            tried = (source.name, len(captures), reason, learned.result, drift or Drift())
            await asyncio.to_thread(self._note_attempt, *tried)
        return learned

    async def _lessons(self, captures: Sequence[CaptureRow], guidance: Guidance) -> list[bytes]:
        """What these captures teach; a few are read at once, for each has its body in memory."""
        at_once = asyncio.Semaphore(AT_ONCE)

        async def lesson(capture: CaptureRow) -> bytes | None:
            kept = self.kept.of(capture.id, extractor_id(guidance, capture.at)) if self.kept else None
            if kept is not None:
                return kept
            async with at_once:
                return await self._read(capture, guidance)

        found = await asyncio.gather(*map(lesson, captures))
        return [each for each in found if each is not None]

    async def _read(self, capture: CaptureRow, guidance: Guidance) -> bytes | None:
        """What an archived capture teaches; None, and logged, where it cannot be read."""
        store, catalog = self.archive.store, self.archive.catalog
        try:
            page = await asyncio.to_thread(page_to_learn, store, catalog, capture)
        except (ArchiveDamaged, ObjectNotFound) as error:  # `verify` tells how far it goes
            log.warning("a capture cannot be learned from", url=capture.url, problem=str(error))
            return None
        lesson = await self.workers.run(packed_lesson, page, guidance)
        if isinstance(lesson, TaskFailure):
            log.warning("a page teaches nothing", url=capture.url, why=lesson.detail)
            return None
        return lesson

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


def captures_to_learn(catalog: Catalog, source: str, now: datetime) -> list[CaptureRow]:
    """The captures of a source's newest articles that are learned from: of each the last one."""
    found = []
    for version in memories.articles_to_learn_from(catalog, source, MAX_PAGES):
        # Not the version's: after a redesign an article has a new page and no new version.
        capture = lookup.closest_capture(catalog, version.url, now)
        if capture is not None:
            found.append(capture)
    return found


def page_to_learn(store: ObjectStore, catalog: Catalog, capture: CaptureRow) -> PageToLearn:
    """A capture as it is read. Raises ArchiveDamaged, ObjectNotFound."""
    body = body_of(read_exchange(store, capture), dom_of(store, catalog, capture))
    return PageToLearn(body.data, capture.url, body.content_type, body.content_encoding, capture.at)
