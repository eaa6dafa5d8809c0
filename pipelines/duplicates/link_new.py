"""Linking as a run, an import or a person does it: under a lease, so that two never link at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

import structlog

from archive.clock import Clock
from archive.commit import Committer
from archive.held_leases import HostLeases
from archive.opening import Archive
from pipelines.duplicates.link import Linked, Linker
from pipelines.duplicates.link_pictures import LinkedPictures, PictureLinker

LEASE = "run:linking"  # as of a run: nothing is moved or erased meanwhile

_TRIES, _PAUSE = 30, 1.0  # seconds

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LinkedArchive:
    """What was linked of an archive."""

    texts: Linked
    pictures: LinkedPictures


async def link_new(
    archive: Archive,
    committer: Committer,
    held: HostLeases,
    clock: Clock,
    *,
    days: int | None,
    progress: Callable[[int], None] = lambda _done: None,
) -> LinkedArchive | None:
    """Link everything that is not compared yet; None if another process goes on linking.

    `committer` asks `held` before it writes. Raises LeaseLost, and what store and catalog raise: what was
    acknowledged by then stays, and the rest is found again by the next one who links.
    """
    for _ in range(_TRIES):
        if await held.take(LEASE):
            break
        await asyncio.sleep(_PAUSE)
    else:
        log.info("another process links copies; it, or the next run, takes these up too")
        return None
    over = Event()
    renewing = asyncio.create_task(held.renew_forever())

    def work() -> LinkedArchive:
        texts = Linker(archive.catalog, committer, clock, days, progress).link(over.is_set)
        return LinkedArchive(texts, PictureLinker(archive.catalog, committer, clock).link(over.is_set))

    linking = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.wait({renewing, linking}, return_when=asyncio.FIRST_COMPLETED)
        if not linking.done():
            renewing.result()
        return await linking
    finally:
        over.set()
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(renewing, linking, return_exceptions=True)
