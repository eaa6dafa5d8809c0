"""Learns site memories at the end of a run, from what the archive has by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from config.source import Source
from crawler.plan import BY_HAND
from pipelines.memory.epoch import Memories, reason_to_learn
from pipelines.memory.learner import Learner


async def learn_memories(
    sources: Iterable[Source], learner: Learner, known: Memories, stopped: Callable[[], bool]
) -> None:
    """Learn the memories of those sources that have a reason to; they are used from the next run on.

    Args:
        sources: of the run.
        learner: reads the archive, which must have everything of this run by now.
        known: what the run read with, and how far that drifted.
        stopped: asked before each source.
    """
    catalog, clock = learner.archive.catalog, learner.clock
    for source in sources:
        if stopped():
            return
        if source.name == BY_HAND:  # pages of any site
            continue
        reason = await asyncio.to_thread(reason_to_learn, catalog, source.name, known, clock.now())
        if reason:
            await learner(source, reason, known.drift.get(source.name))
