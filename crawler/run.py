"""One run, from its plan to its closed account."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.catalog import frontier, runs
from archive.catalog.leases import run_lease
from archive.clock import Clock
from archive.commit import Committer
from archive.held_leases import HostLeases
from archive.journal import JournalWriter
from archive.known_payloads import KnownPayloads
from archive.maintenance import check_no_maintenance
from archive.open_batch import Derived, OpenBatch
from archive.opening import Archive
from archive.outcome import OutcomeKind
from archive.phases import Phases
from archive.recorder import Recorder
from archive.retention import by_source
from archive.rows import ArticleRow, LedgerRow, Row, RunRow
from archive.spool import Spool
from archive.succession import leases_of
from config.quota import Quota
from config.settings import Settings
from config.version import dateline_version
from crawler.acknowledge import Acknowledger
from crawler.crawl import Crawl
from crawler.learning import kept_lessons, learn_memories
from crawler.limits import Limits
from crawler.places import write_late
from crawler.plan import RunPlan
from crawler.progress import Progress
from crawler.recording import RunRecorder
from crawler.render.chromium import check_rendering
from crawler.run_end import RunBusy, RunSummary, Stop
from crawler.services import Services
from crawler.spider_run import run_spider, side_by_side, with_background
from crawler.watch.judge import judge_run
from crawler.watch.quotas import QuotaAlarms
from pipelines.flow import Flow
from pipelines.history import CatalogHistory
from pipelines.memory.epoch import Memories, memories_at
from pipelines.memory.kept_lessons import KeptLessons
from pipelines.memory.learner import Learner
from pipelines.reread import Reread
from pipelines.workers import Workers


@dataclass(frozen=True, slots=True)
class Job:
    """A plan with everything that carrying it out holds on to; `leases` has that on the run, or its part."""

    plan: RunPlan
    settings: Settings
    archive: Archive
    clock: Clock
    progress: Progress
    stop: Stop
    spool: Spool
    committer: Committer
    leases: HostLeases
    phases: Phases


async def execute(
    plan: RunPlan,
    settings: Settings,
    archive: Archive,
    clock: Clock,
    *,
    progress: Progress,
    stop: Stop,
    elsewhere: Callable[[Job], Awaitable[bool]] | None = None,
) -> RunSummary:
    """Carry a run out; must run inside the asyncio reactor. `elsewhere`: has other processes crawl.

    Raises ConfigError if a source is to be rendered and nothing here can, RunBusy if another process works
    on it, ArchiveBusy while segments are written again, and what store, spool or catalog raise when nothing
    more can be acknowledged: the run is then interrupted and resumes under its id.
    """
    started = time.monotonic()
    if elsewhere is None:
        check_rendering(plan.sources.values())
    with Spool.create(settings.spool, clock.now()) as spool:
        leases = leases_of(archive, spool.writer, clock)
        if not await leases.take(run_lease(plan.run.id)):
            raise RunBusy(f"run {plan.run.id} is being carried out by another process")
        journal = JournalWriter(archive.store, spool.writer, clock)
        phases = Phases()
        committer = Committer(archive.store, archive.catalog, journal, clock, leases.require, phases=phases)
        job = Job(plan, settings, archive, clock, progress, stop, spool, committer, leases, phases)
        try:
            await asyncio.to_thread(check_no_maintenance, archive.catalog, clock)
            await asyncio.to_thread(_open, job)
            if elsewhere is None:
                finished = await crawl_job(job, meanwhile=_link)
            else:
                finished = await elsewhere(job)
                await _link(job)
            run, tallies = await asyncio.to_thread(_close, job, finished=finished)
        finally:
            await leases.release()
        spool.remove()
    return RunSummary(run, tallies, sum(tally.count for tally in tallies), time.monotonic() - started)


def _open(job: Job) -> None:
    """Write that the run goes on; another process may have finished it since it was planned."""
    known = runs.run_by_id(job.archive.catalog, job.plan.run.id)
    if known is not None and known.finished_at is not None:
        raise RunBusy(f"run {known.id} was finished by another process")
    job.committer.commit_rows([replace(job.plan.run, status="running"), *_of_removed_sources(job)])


def _of_removed_sources(job: Job) -> Iterator[LedgerRow]:
    """What waits of sources that were removed since the run was interrupted, closed: nobody can fetch it."""
    for name in job.plan.run.sources:
        if name not in job.plan.sources:
            for row in frontier.pending(job.archive.catalog, job.plan.run.id, name, limit=sys.maxsize):
                outcome = str(OutcomeKind.SKIPPED)
                yield replace(row, outcome=outcome, reason="source_removed", at=job.clock.now())


async def _nothing(_: Job) -> None:
    """What a part of a run does besides: its whole is linked when all parts are done."""


async def crawl_job(job: Job, meanwhile: Callable[[Job], Coroutine[Any, Any, None]] = _nothing) -> bool:
    """Crawl, and acknowledge everything at the end; False if a stop left something to do.

    `meanwhile` is done once all is acknowledged, while worker processes learn of sites.
    """
    payloads = KnownPayloads(job.archive.catalog)
    recorder = _recorder(job, payloads)
    crawling = job.settings.crawl
    workers = Workers(crawling.workers, crawling.worker_memory, crawling.extract_timeout)
    history = CatalogHistory(job.archive.catalog)
    known, lessons = await asyncio.to_thread(_taught, job)
    reread = Reread(job.archive.store, job.archive.catalog, workers, known)
    flow = Flow(workers, history, reread, _deriving(recorder), phases=job.phases, lessons=lessons)
    acknowledger = Acknowledger(job.committer, recorder, crawling, lambda rows: _forget(history, rows))
    quotas = _quotas(job)
    limits = _limits(job, quotas)
    await asyncio.to_thread(limits.refresh)
    recording = RunRecorder(recorder, limits.add, job.phases)
    services = Services(
        job.settings,
        job.archive,
        job.clock,
        workers,
        flow,
        recording,
        acknowledger,
        job.progress,
        limits,
        payloads,
        history.foreseen,
    )
    crawl = Crawl(job.plan, services)
    job.stop.crawl = crawl
    if job.stop.asked:
        crawl.stop()
    try:
        background = [acknowledger.run(), job.leases.renew_forever()]
        background += [limits.keep_looking(), quotas.keep_telling()]
        if job.plan.part is not None:
            background.append(crawl.keep_taking_up())
        spider = run_spider(crawl, services, job.leases, job.plan.lease, job.phases)
        await with_background(crawl, background, spider)
        if crawl.fatal:
            raise crawl.fatal
        finished = await crawl.finish()
        flow.misses.log()
        await acknowledger.commit_segments(searchable=False)
        await write_late(crawl.places, job.archive.catalog, job.plan.run.id, acknowledger)
        learner = Learner(job.archive, workers, job.clock, job.committer, job.leases, lessons)
        learning = learn_memories(job.plan.sources.values(), learner, known, lambda: job.stop.asked)
        await side_by_side(learning, meanwhile(job), asyncio.to_thread(job.committer.make_searchable))
        await asyncio.to_thread(quotas.close, job.plan.sources if finished else (), limits.why)
        return finished
    finally:
        await crawl.close()
        workers.close()
        lessons.close()
        recorder.close()


def _deriving(recorder: Recorder) -> Callable[[Derived], asyncio.Future[None]]:
    return lambda derived: asyncio.wrap_future(recorder.derive(derived))


def _taught(job: Job) -> tuple[Memories, KeptLessons]:
    """What the sites' pages have taught before, and where those are kept that this run's pages teach."""
    known = memories_at(job.archive.store, job.archive.catalog, job.plan.sources, job.plan.run.started_at)
    return known, kept_lessons(
        job.settings.spool, job.archive.catalog, job.plan.sources, known, job.clock.now()
    )


def _quotas(job: Job) -> QuotaAlarms:
    of_sources: dict[str, Quota] = {name: source.quota for name, source in job.plan.sources.items()}
    of_all: dict[str, Quota] = {"": job.settings.quota}
    return QuotaAlarms(of_sources | of_all, job.archive.catalog, job.committer, job.clock)


def _limits(job: Job, quotas: QuotaAlarms) -> Limits:
    return Limits(
        job.archive.catalog,
        job.plan.run,
        job.plan.sources,
        job.settings,
        job.clock,
        reached=quotas.reached,
        alone=job.plan.part is None,
    )


async def _link(job: Job) -> None:
    """Link copies of what came in; what is left, after a stop or a kill, the next run links."""
    if not job.stop.asked:
        from pipelines.duplicates.link_new import link_new  # noqa: PLC0415 - with numpy, a tenth of a second

        days = job.settings.duplicates.window
        await link_new(job.archive, job.committer, job.leases, job.clock, days=days)


def _recorder(job: Job, payloads: KnownPayloads) -> Recorder:
    info = {
        "software": f"Dateline/{dateline_version()}",
        "run": job.plan.run.id,
        "robots": "obey",
        "http-header-user-agent": job.settings.network.user_agent,
    }
    return Recorder(
        OpenBatch(
            job.spool.folder,
            run_id=job.plan.run.id,
            clock=job.clock,
            known=payloads,
            info=info,
            keep_days=by_source(job.plan.sources.values()),
        )
    )


def _forget(history: CatalogHistory, rows: Sequence[Row]) -> None:
    history.forget(frozenset(row for row in rows if isinstance(row, ArticleRow)))


def _close(job: Job, *, finished: bool) -> tuple[RunRow, tuple[runs.Tally, ...]]:
    """Write how the run ended: done if nothing is left to discover and every URL has its outcome."""
    tallies = tuple(runs.tally(job.archive.catalog, job.plan.run.id))
    waiting = any(tally.outcome is None for tally in tallies)
    if job.stop.asked and (waiting or not finished):
        ended = replace(job.plan.run, status="interrupted")
    else:
        status = "broken" if waiting else "done"
        ended = replace(job.plan.run, status=status, finished_at=job.clock.now())
    took = job.phases.rows(ended.id) if ended.finished_at is not None else []
    job.committer.commit_rows([ended, *_judged(job, ended), *took])
    return ended, tallies


def _judged(job: Job, ended: RunRow) -> list[Row]:
    """How the run's sources fared; of pages named by hand, a backfill, or a run that goes on, nothing."""
    if ended.finished_at is None or job.plan.asked or job.plan.since is not None:
        return []
    return judge_run(job.archive.catalog, job.plan.sources, ended, ended.finished_at)
