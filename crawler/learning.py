"""Learns site memories at the end of a run, from what the archive has by then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from archive.catalog.catalog import Catalog
from config.source import Source
from crawler.plan import BY_HAND
from pipelines.memory.epoch import Memories, may_learn_first, reason_to_learn
from pipelines.memory.kept_lessons import KeptLessons
from pipelines.memory.learner import MAX_PAGES, Learner

AT_ONCE = 8  # sources, whose memories are acknowledged together
_ASKED_AT_ONCE = 50  # sources, whether there is a reason


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

    async def learn(source: Source, reason: str) -> None:
        async with at_once:
            if not failed and not stopped():
                await learner(source, reason, known.drift.get(source.name))

    async def begin(learning: asyncio.TaskGroup) -> None:
        of_sites = (source for source in sources if source.name != BY_HAND)  # whose pages are of any site
        while (some := list(islice(of_sites, _ASKED_AT_ONCE))) and not failed and not stopped():
            for source, reason in await asyncio.to_thread(_to_learn, some, learner, known):
                learning.create_task(try_to(learn, source, reason))

    async def try_to(do: Callable[..., Awaitable[None]], *given: object) -> None:
        try:
            await do(*given)
        except Exception as error:  # noqa: BLE001 - raised when those that had begun have ended
            failed.append(error)

    async with asyncio.TaskGroup() as learning:
        await try_to(begin, learning)
    if failed:
        raise failed[0]


def _to_learn(sources: Sequence[Source], learner: Learner, known: Memories) -> list[tuple[Source, str]]:
    """Of these sources, those that have a reason to learn a memory, with it."""
    catalog, now = learner.archive.catalog, learner.clock.now()
    reasons = ((source, reason_to_learn(catalog, source.name, known, now)) for source in sources)
    return [(source, reason) for source, reason in reasons if reason]
