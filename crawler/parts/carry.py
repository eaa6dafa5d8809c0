"""One part of a run, in a process of its own: claimed, crawled, done or left to the next one."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from archive.catalog import parts, runs
from archive.catalog.parts import RunPart
from archive.clock import Clock
from archive.commit import Committer
from archive.held_leases import SECONDS
from archive.journal import JournalWriter
from archive.maintenance import check_no_maintenance
from archive.opening import Archive
from archive.phases import Phases
from archive.rebuild.run import catch_up
from archive.recovery import recover
from archive.spool import Spool
from archive.succession import leases_of, succeeding
from config.settings import Settings
from crawler.parts.drive import sources_of
from crawler.plan import RunPlan
from crawler.progress import Progress
from crawler.reactor import run_in_reactor
from crawler.render.chromium import check_rendering
from crawler.run import Job, crawl_job
from crawler.run_end import Stop

log = structlog.get_logger()


def carry_out_parts(
    run_id: str, settings: Settings, archive: Archive, clock: Clock, *, progress: Progress
) -> None:
    """Mend what dead processes of this machine left, then carry out parts of a run, one after the other.

    Blocks until nobody is needed any more for a part of it, or it is asked to stop. Raises what ended it.
    """
    recover(archive.store, archive.catalog, settings.spool, clock, replica=archive.replica)
    stop = Stop()

    async def main() -> None:
        while not stop.asked:
            part = await carry_part(run_id, settings, archive, clock, progress=progress, stop=stop)
            if part is None:
                return

    run_in_reactor(main, on_stop=stop)


async def carry_part(
    run_id: str, settings: Settings, archive: Archive, clock: Clock, *, progress: Progress, stop: Stop
) -> RunPart | None:
    """Claim a part of a run and carry it out; None if nothing is to be claimed. Inside the asyncio reactor.

    Raises what `crawler.run.execute` raises: the part is then claimed by the next process that asks.
    """
    with Spool.create(settings.spool, clock.now()) as spool:
        catalog = archive.catalog
        claim = partial(parts.claim, succeed=succeeding(archive, clock))
        part = await asyncio.to_thread(claim, catalog, run_id, spool.writer, SECONDS, clock)
        if part is not None:
            log.info("part of a run begins", run=run_id, part=part.shard, tries=part.tries)
            await _carry(part, Place(spool, settings, archive, clock), progress, stop)
        spool.remove()
    return part


class Place:
    """What this process brings."""

    def __init__(self, spool: Spool, settings: Settings, archive: Archive, clock: Clock) -> None:
        self.spool, self.settings, self.archive, self.clock = spool, settings, archive, clock
        self.leases = leases_of(archive, spool.writer, clock)

    def job(self, plan: RunPlan, progress: Progress, stop: Stop) -> Job:
        journal = JournalWriter(self.archive.store, self.spool.writer, self.clock)
        phases = Phases()
        committer = Committer(
            self.archive.store, self.archive.catalog, journal, self.clock, self.leases.require, phases=phases
        )
        return Job(
            plan, self.settings, self.archive, self.clock, progress, stop, self.spool, committer, self.leases,
            phases,
        )  # fmt: skip


async def _carry(part: RunPart, place: Place, progress: Progress, stop: Stop) -> None:
    catalog, finished = place.archive.catalog, False
    try:
        if not await place.leases.take(part.lease):
            return
        # After the claim: what the process that had it before has put into the journal, and did not live, or
        # was not let, to enter, is in before anything is fetched.
        await asyncio.to_thread(catch_up, place.archive.store, catalog)
        await asyncio.to_thread(check_no_maintenance, catalog, place.clock)
        run = await asyncio.to_thread(runs.run_by_id, catalog, part.run_id)
        if run is None or run.finished_at is not None:
            return
        sources = sources_of(part)
        check_rendering(sources.values())
        plan = RunPlan(run, sources, resumed=part.tries > 1 or run.status != "running", part=part)
        finished = await crawl_job(place.job(plan, progress, stop))
        await asyncio.to_thread(place.leases.require)
    finally:
        await asyncio.to_thread(parts.leave, catalog, part, place.spool.writer, done=finished)
        await place.leases.release()
