"""Learns site memories at the end of a run, from what the archive has by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from archive.catalog.catalog import Catalog
from config.source import Source
from crawler.plan import BY_HAND
from pipelines.memory.epoch import Memories, may_learn_first, reason_to_learn
from pipelines.memory.kept_lessons import KeptLessons
from pipelines.memory.learner import MAX_PAGES, Learner

AT_ONCE = 4  # sources


def kept_lessons(
    folder: Path, catalog: Catalog, sources: Iterable[str], known: Memories, now: datetime
) -> KeptLessons:
    """Where a run keeps what its pages teach, of those sources that may get their first memory from it."""
    unknown = [name for name in sources if name != BY_HAND and may_learn_first(catalog, name, known, now)]
    return KeptLessons(folder, unknown, MAX_PAGES)


async def learn_memories(
    sources: Iterable[Source], learner: Learner, known: Memories, stopped: Callable[[], bool]
) -> None:
    """Learn the memories of those sources that have a reason to; they are used from the next run on.

    A few at once, for each has something to wait for: the catalog, a worker, the store. After an error of
    store or catalog no other is begun, and it is raised.

    Args:
        sources: of the run.
        learner: reads the archive, which must have everything of this run by now.
        known: what the run read with, and how far that drifted.
        stopped: asked before each source.
    """
    at_once = asyncio.Semaphore(AT_ONCE)
    failed: list[Exception] = []

    async def learn(source: Source) -> None:
        async with at_once:
            if failed or stopped() or source.name == BY_HAND:  # whose pages are of any site
                return
            now = learner.clock.now()
            reason = await asyncio.to_thread(
                reason_to_learn, learner.archive.catalog, source.name, known, now
            )
            if reason:
                await learner(source, reason, known.drift.get(source.name))

    async def try_to(source: Source) -> None:
        try:
            await learn(source)
        except Exception as error:  # noqa: BLE001 - raised when those that had begun have ended
            failed.append(error)

    await asyncio.gather(*map(try_to, sources))
    if failed:
        raise failed[0]
