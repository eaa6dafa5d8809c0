"""Learns site memories at the end of a run, from what the archive has by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from archive.commit import Committer
from config.source import Source
from crawler.plan import BY_HAND
from pipelines.memory.epoch import Learner, Memories, reason_to_learn


async def learn_memories(
    sources: Iterable[Source],
    learner: Learner,
    committer: Committer,
    known: Memories,
    stopped: Callable[[], bool],
) -> None:
    """Learn the memories of those sources that have a reason to; they are used from the next run on.

    Args:
        sources: of the run.
        learner: reads the archive, which must have everything of this run by now.
        committer: acknowledges each memory by itself.
        known: what the run read with, and how far that drifted.
        stopped: asked before each source.
    """
    for source in sources:
        if stopped():
            return
        if source.name == BY_HAND:  # pages of any site
            continue
        drift = known.drift.get(source.name)
        reason = await asyncio.to_thread(reason_to_learn, learner.catalog, source.name, drift)
        row = await learner(source, reason) if reason else None
        if row is not None:
            await asyncio.to_thread(committer.commit_rows, [row])
