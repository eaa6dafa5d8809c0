"""`dateline reprocess`: today's extractor over the captures behind every version, in worker processes.

Bounded: a few articles for each worker are under way at a time, and their readings go to the archive
segment by segment. An article's versions are promoted together, in one transaction, so that a run that was
killed goes on with the articles that are left: what today's extractor has read is not read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from archive.catalog import clusters, lookup, reprocess_reads
from archive.catalog.keep_reads import count_dropped
from archive.catalog.reprocess_reads import Span
from archive.clock import Clock
from archive.commit import Committer
from archive.erasure.takedown import Request, audit
from archive.held_leases import HostLeases
from archive.journal import JournalWriter
from archive.maintenance import check_no_maintenance
from archive.open_batch import OpenBatch
from archive.opening import Archive
from archive.reader import ArchiveDamaged, read_exchange
from archive.recorder import Recorder
from archive.recovery import recover
from archive.retention import by_source
from archive.rows import AuditRow, LedgerRow, Row, VersionRow
from archive.spool import Spool
from archive.stores.store import ObjectNotFound
from archive.succession import leases_of
from config.errors import DatelineError
from config.settings import Settings
from config.source import Source
from config.version import dateline_version
from pipelines.bundler import MOST, Bundler
from pipelines.extraction import READING_BROKE
from pipelines.judge import judge
from pipelines.memory.epoch import memories_at
from pipelines.reprocess.ahead import in_batches, in_order
from pipelines.reprocess.article import ArticleDone, ArticleReader
from pipelines.reprocess.load import Loaded, load_articles
from pipelines.reprocess.progress import ReprocessProgress
from pipelines.reprocess.report import Named, Report, join, name
from pipelines.reread import Reread
from pipelines.worker_pool import TASKS_PER_WORKER
from pipelines.workers import Workers

ACTION = "reprocess"
_AHEAD = 2 * MOST  # articles under way for each worker: they are done in order, and some take long
_OF_A_BUNDLE = 4  # tasks, mostly
_ROWS = 5000  # of one transaction, about

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done.

    Attributes:
        sources: all that are configured, by name.
        span: whose captures, of which time. Articles with a version in it are taken whole.
        by: who asked; None: nothing is written, only reported.
    """

    settings: Settings
    archive: Archive
    sources: Mapping[str, Source]
    span: Span
    clock: Clock
    by: Request | None = None


def reprocess(job: Job, progress: ReprocessProgress) -> Report:
    """Read archived captures again, and promote the readings if somebody asked for that; blocks.

    Raises ArchiveBusy during maintenance, and what store, spool and catalog raise; what was promoted by then
    stays, and the next call goes on.
    """
    archive, span = job.archive, job.span
    if job.by is None:
        report = asyncio.run(_report(job, progress))
    else:
        recover(archive.store, archive.catalog, job.settings.spool, job.clock, replica=archive.replica)
        report = asyncio.run(_apply(job, job.by, progress))
    report.let_go = count_dropped(archive.catalog, span.sources, span.since, span.until)
    return report


async def _report(job: Job, progress: ReprocessProgress) -> Report:
    report = Report()
    with _workers(job) as workers:
        reader = _reader(job, workers)
        async for done in _articles(job, partial(_load, job.archive), reader.article, progress):
            join(report, done.report)
        await _refused(job, reader.read_again, report, progress)
    return report


async def _load(archive: Archive, article_ids: Sequence[str]) -> list[Loaded]:
    return await asyncio.to_thread(load_articles, archive.catalog, article_ids)


async def _apply(job: Job, by: Request, progress: ReprocessProgress) -> Report:
    catalog, clock = job.archive.catalog, job.clock
    report = Report()
    with Spool.create(job.settings.spool, clock.now()) as spool, _workers(job) as workers:
        held = leases_of(job.archive, spool.writer, clock)
        journal = JournalWriter(job.archive.store, spool.writer, clock)
        committer = Committer(job.archive.store, catalog, journal, clock, held.require)
        async with _alone(held, f"run:{ACTION}-{spool.writer}"):
            await asyncio.to_thread(check_no_maintenance, catalog, clock)
            promoting = _Promoting(job, held, committer, _recorder(job, spool), by, report)
            try:
                reader = _reader(job, workers)
                take = partial(promoting.article, reader)
                async for done in _articles(job, promoting.load, take, progress):
                    await promoting.enter(done)
                await promoting.commit(last=True)
            finally:
                promoting.recorder.close()
            await _link_again(job, held, committer, report)
        spool.remove()
    return report


async def _link_again(job: Job, held: HostLeases, committer: Committer, report: Report) -> None:
    """Look for copies again where texts are others now; also what a run that was killed has left of it."""
    if not await asyncio.to_thread(clusters.to_recompare, job.archive.catalog, 1):
        return
    from pipelines.duplicates.link_new import link_new  # noqa: PLC0415 - with numpy, a tenth of a second

    days = job.settings.duplicates.window
    linked = await link_new(job.archive, committer, held, job.clock, days=days)
    report.compared = linked.texts.again if linked else None
    report.unlinked = linked.texts.withdrawn if linked else 0


@dataclass(slots=True)
class _Promoting:
    """Readings on their way into the archive."""

    job: Job
    held: HostLeases
    committer: Committer
    recorder: Recorder
    by: Request
    report: Report
    rows: list[Row] = field(default_factory=list)
    audit: AuditRow | None = None

    async def load(self, article_ids: Sequence[str]) -> list[Loaded | Report]:
        """Articles, each unless a crawl may be making its next version now; else what there is to report."""
        catalog = self.job.archive.catalog
        rows = await asyncio.to_thread(clusters.articles_by_id, catalog, article_ids)
        # Two writers would both say what the versions are: a crawl of the host holds this lease. It is taken
        # before the article is loaded, and held from then on.
        leases = {row.id: f"host:{urlsplit(row.url).hostname or ''}" for row in rows.values()}
        ours = {lease for lease in dict.fromkeys(leases.values()) if await self.held.take(lease)}
        free = [article_id for article_id in article_ids if leases.get(article_id) in ours]
        loaded = {one.article_id: one for one in await _load(self.job.archive, free)}
        busy, gone = Report(articles=1, busy=1), Report()
        return [loaded.get(each) or (busy if each in rows else gone) for each in article_ids]

    async def article(self, reader: ArticleReader, item: Loaded | Report) -> ArticleDone:
        """What comes of an article, if it is one that may be read."""
        return ArticleDone(item) if isinstance(item, Report) else await reader.article(item)

    async def enter(self, done: ArticleDone) -> None:
        """Take an article's readings in; its rows go into one transaction."""
        for derived in done.derived:
            await asyncio.wrap_future(self.recorder.derive(derived))
        self.rows += done.rows
        join(self.report, done.report)
        if self.recorder.open_bytes >= self.job.settings.crawl.segment_bytes or len(self.rows) >= _ROWS:
            await self.commit()

    async def commit(self, *, last: bool = False) -> None:
        """Acknowledge what was taken in, with an account of all that was done so far."""
        rows, self.rows = self.rows, []
        if not rows and not (last and self.audit):
            return
        self.report.promoted += sum(isinstance(row, VersionRow) for row in rows)
        subject = ", ".join(self.job.span.sources) or "all sources"
        now = self.job.clock.now()
        made = audit(ACTION, subject, self.by, now, self.report.details())
        self.audit = replace(made, id=self.audit.id, at=self.audit.at) if self.audit else made
        await asyncio.to_thread(self.committer.commit_segments, self.recorder, [*rows, self.audit])


def _workers(job: Job) -> Workers:
    limits = job.settings.crawl
    return Workers(
        limits.workers,
        limits.worker_memory,
        limits.extract_timeout,
        renewed_after=TASKS_PER_WORKER // _OF_A_BUNDLE,
    )


def _reader(job: Job, workers: Workers) -> ArticleReader:
    archive = job.archive
    memories = memories_at(archive.store, archive.catalog, job.sources)
    return ArticleReader(
        archive,
        Reread(archive.store, archive.catalog, workers, memories),
        Bundler(workers, job.settings.crawl.workers),
        job.sources,
        writes=job.by is not None,
    )


def _recorder(job: Job, spool: Spool) -> Recorder:
    info = {"software": f"Dateline/{dateline_version()}", "isPartOf": ACTION}
    return Recorder(
        OpenBatch(
            spool.folder,
            run_id=ACTION,
            clock=job.clock,
            known=partial(lookup.known_payload, job.archive.catalog),
            info=info,
            keep_days=by_source(job.sources.values()),
        )
    )


@asynccontextmanager
async def _alone(held: HostLeases, lease: str) -> AsyncIterator[None]:
    """Hold a run's lease, and renew all leases, while the block runs; raises LeaseLost in it if one goes."""
    if not await held.take(lease):
        raise DatelineError(f"{lease} is another process's; start this again")
    task = asyncio.current_task()
    renewing = asyncio.create_task(held.renew_forever())
    renewing.add_done_callback(lambda _: task.cancel() if task and not renewing.cancelled() else None)
    try:
        yield
    except asyncio.CancelledError:
        if renewing.done() and not renewing.cancelled():
            renewing.result()
        raise
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        await held.release()


async def _articles(
    job: Job,
    load: Callable[[Sequence[str]], Awaitable[Sequence[T]]],
    take: Callable[[T], Coroutine[Any, Any, ArticleDone]],
    progress: ReprocessProgress,
) -> AsyncIterator[ArticleDone]:
    """What comes of each article, in order of ids."""
    catalog, span = job.archive.catalog, job.span
    progress.articles_total = await asyncio.to_thread(reprocess_reads.count_articles, catalog, span)
    ids = reprocess_reads.articles(catalog, span)
    items = in_batches(ids, load)
    async for done in in_order(items, take, _AHEAD * job.settings.crawl.workers):
        progress.articles_done += 1
        yield done


async def _refused(job: Job, again: Reread, report: Report, progress: ReprocessProgress) -> None:
    """Captures of pages that were no articles: which are today? No versions are made of them."""
    catalog, reasons = job.archive.catalog, sorted(READING_BROKE)
    progress.refused_total = await asyncio.to_thread(
        reprocess_reads.count_refused, catalog, job.span, reasons
    )
    rows = reprocess_reads.refused(catalog, job.span, reasons)
    take = partial(_is_article, job, again)
    async for row, found in in_order(
        in_batches(rows, _as_they_are), take, _AHEAD * job.settings.crawl.workers
    ):
        progress.refused_done += 1
        report.refused += 1
        if found:
            report.articles_new += 1
            name(report.now_articles, Named(row.url, row.at, row.reason or ""))


async def _as_they_are(rows: Sequence[LedgerRow]) -> Sequence[LedgerRow]:
    return rows


async def _is_article(job: Job, again: Reread, row: LedgerRow) -> tuple[LedgerRow, bool]:
    capture = await asyncio.to_thread(lookup.capture_by_id, job.archive.catalog, row.capture_id or "")
    source = job.sources.get(row.source)
    if capture is None or source is None or capture.truncated:
        return row, False
    try:
        exchange = await asyncio.to_thread(read_exchange, job.archive.store, capture)
        if await asyncio.to_thread(judge, exchange) is not None:
            return row, False
        found = await again.read(capture, again.guidance(source))
    except (ArchiveDamaged, ObjectNotFound):
        return row, False
    return row, found.article is not None
