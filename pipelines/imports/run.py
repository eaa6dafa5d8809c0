"""`dateline import`: one run over the files, from its first record to its closed account."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from archive.catalog import leases, lookup, runs
from archive.clock import Clock
from archive.commit import Committer
from archive.held_leases import HostLeases
from archive.journal import JournalWriter, new_writer
from archive.maintenance import check_no_maintenance
from archive.open_batch import OpenBatch
from archive.opening import Archive
from archive.recorder import Recorder
from archive.recovery import Recovered, recover
from archive.rows import ArticleRow, Row, RunRow, VersionRow
from archive.spool import Spool
from archive.succession import leases_of
from config.errors import DatelineError
from config.settings import CrawlSettings, Settings
from config.source import Source
from config.version import dateline_version
from pipelines.duplicates.link_new import link_new
from pipelines.flow import Flow
from pipelines.history import CatalogHistory
from pipelines.imports.containers import WarcFile, warc_files
from pipelines.imports.intake import Imported, Intake, RefusedRecord, Taken
from pipelines.imports.originals import Originals
from pipelines.imports.owners import Owners
from pipelines.imports.pages import Hops, Ledger, PageDone, Pages, chosen
from pipelines.imports.progress import ImportProgress
from pipelines.imports.window import in_order_of_keys
from pipelines.memory.epoch import memories_at
from pipelines.reread import Reread
from pipelines.workers import Workers

KIND = "backfill"
_AHEAD = 2  # pages under way for each worker


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How an import ended.

    Attributes:
        run: its row.
        files: WARC files that were read, those in WACZ files counted one by one.
        captures: new in the archive.
        known: captures that it had already.
        repeated: captures that stood in the files again.
        passed_over: whole records without a place in the archive, by what they are.
        refused: records and files that were not taken, and why.
        pages: captures that may show an article, by their outcome.
        versions: made by these.
        seconds: wall time.
    """

    run: RunRow
    recovered: Recovered
    files: int
    captures: int
    known: int
    repeated: int
    passed_over: dict[str, int]
    refused: tuple[RefusedRecord, ...]
    pages: dict[str, int]
    versions: int
    seconds: float


def import_files(
    paths: Sequence[Path],
    settings: Settings,
    archive: Archive,
    sources: Iterable[Source],
    clock: Clock,
    *,
    progress: ImportProgress,
) -> ImportSummary:
    """Take WARC and WACZ files in; blocks until all is acknowledged, and fetches nothing.

    Repeating it adds nothing: captures are known by address, moment, status and payload. Raises ConfigError
    for a file that is not there, and what store, spool or catalog raise; what was acknowledged by then
    stays, and importing the files again goes on from there.
    """
    started = time.monotonic()
    files, refused = _look_at(paths)
    recovered = recover(archive.store, archive.catalog, settings.spool, clock, replica=archive.replica)
    progress.bytes_total = sum(file.size for file in files)
    summary = asyncio.run(
        _run(
            files,
            settings=settings,
            archive=archive,
            owners=Owners(sources),
            clock=clock,
            progress=progress,
        )
    )
    return replace(
        summary,
        recovered=recovered,
        refused=(*refused, *summary.refused),
        seconds=time.monotonic() - started,
    )


def _look_at(paths: Sequence[Path]) -> tuple[list[WarcFile], list[RefusedRecord]]:
    files, refused = [], []
    for path in paths:
        for found in warc_files(path):
            if isinstance(found, WarcFile):
                files.append(found)
            else:
                refused.append(RefusedRecord(path.name, 0, found.reason))
    return files, refused


async def _run(
    files: Sequence[WarcFile],
    *,
    settings: Settings,
    archive: Archive,
    owners: Owners,
    clock: Clock,
    progress: ImportProgress,
) -> ImportSummary:
    with Spool.create(settings.spool, clock.now()) as spool:
        held = leases_of(archive, spool.writer, clock)
        journal = JournalWriter(archive.store, spool.writer, clock)
        committer = Committer(archive.store, archive.catalog, journal, clock, held.require)
        now = clock.now()
        # Without sources until they are known: a crawl must not take this run up and fetch for it.
        run = RunRow(id=f"run-{new_writer(now)}", kind=KIND, sources=(), started_at=now)
        if not await held.take(f"run:{run.id}"):
            raise DatelineError(f"run {run.id} is another process's; start the import again")
        try:
            await asyncio.to_thread(check_no_maintenance, archive.catalog, clock)
        except DatelineError:
            await held.release()
            raise
        await asyncio.to_thread(_begin, archive, committer, run, clock)
        job = _Job(
            files, settings.crawl, settings.duplicates.window, archive, owners, clock, progress, committer,
            held, run, spool,
        )  # fmt: skip
        try:
            summary = await _under_lease(job.carry_out(), held, job.stop)
        except BaseException as error:
            try:
                committer.commit_rows([replace(run, status="broken", finished_at=clock.now())])
            except DatelineError as other:
                error.add_note(f"and the run could not be closed: {other}")
            raise
        finally:
            job.close()
            await held.release()
        spool.remove()
        return summary


def _begin(archive: Archive, committer: Committer, run: RunRow, clock: Clock) -> None:
    """Enter the run, and close those of imports that were killed: nobody would take them up."""
    dead = [
        replace(one, status="broken", finished_at=clock.now())
        for one in runs.unfinished_runs(archive.catalog)
        if one.kind == KIND
        and not one.sources
        and not leases.holder_of(archive.catalog, f"run:{one.id}", clock)
    ]
    committer.commit_rows([*dead, run])


async def _under_lease(
    work: Coroutine[Any, Any, ImportSummary], held: HostLeases, stop: Event
) -> ImportSummary:
    """Do the work while the leases are renewed; raises LeaseLost if one goes to another process."""
    task, renewing = asyncio.create_task(work), asyncio.create_task(held.renew_forever())
    try:
        await asyncio.wait({task, renewing}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            renewing.result()
        return task.result()
    finally:
        stop.set()
        task.cancel()
        renewing.cancel()
        await asyncio.gather(task, renewing, return_exceptions=True)


@dataclass(slots=True)
class _Job:
    """An import with everything that carrying it out holds on to."""

    files: Sequence[WarcFile]
    limits: CrawlSettings
    window: int | None  # days within which copies are looked for
    archive: Archive
    owners: Owners
    clock: Clock
    progress: ImportProgress
    committer: Committer
    held: HostLeases
    run: RunRow
    spool: Spool
    stop: Event = field(default_factory=Event)
    recorder: Recorder = field(init=False)
    workers: Workers = field(init=False)
    flow: Flow = field(init=False)
    ledger: Ledger = field(init=False)
    rows: list[Row] = field(default_factory=list)
    versions: int = 0
    opened: float = field(default_factory=time.monotonic)
    committing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        catalog = self.archive.catalog
        info = {"software": f"Dateline/{dateline_version()}", "run": self.run.id, "isPartOf": "import"}
        known = partial(lookup.known_payload, catalog)
        self.recorder = Recorder(
            OpenBatch(
                self.spool.folder,
                run_id=self.run.id,
                clock=self.clock,
                known=known,
                info=info,
                keep_days=self.owners.retention,
            )
        )
        self.workers = Workers(self.limits.workers, self.limits.worker_memory, self.limits.extract_timeout)
        memories = memories_at(self.archive.store, catalog, self.owners.names)
        self.flow = Flow(
            self.workers,
            CatalogHistory(catalog),
            Reread(self.archive.store, catalog, self.workers, memories),
            lambda derived: asyncio.wrap_future(self.recorder.derive(derived)),
        )
        self.ledger = Ledger(self.run.id)

    def close(self) -> None:
        self.workers.close()
        self.recorder.close()

    async def carry_out(self) -> ImportSummary:
        originals = Originals(self.archive.store, self.archive.catalog)
        intake = Intake(
            self.archive.catalog, originals, self.committer, self.recorder, self.owners, self.limits,
            self.clock, self.progress, self.stop,
        )  # fmt: skip
        taken = await asyncio.to_thread(intake.take, self.files)
        await self._take_pages(taken.captures)
        await self._commit()
        await link_new(self.archive, self.committer, self.held, self.clock, days=self.window)
        ended = replace(
            self.run,
            sources=tuple(sorted({row.source for row in self.ledger.rows.values()})),
            status="done",
            finished_at=self.clock.now(),
        )
        await asyncio.to_thread(self.committer.commit_rows, [ended])
        return self._summary(ended, taken)

    async def _take_pages(self, captures: Sequence[Imported]) -> None:
        hops = Hops(captures)
        pages = Pages(self.archive, self.flow, self.owners, self.held, hops)
        candidates = chosen(captures)
        self.progress.pages_total = len(candidates)

        async def take(page: Imported) -> None:
            done = await pages.process(page, hops.urls(page))
            self.progress.pages_done += 1
            if done is not None:
                await self._enter(page, done)

        await in_order_of_keys(candidates, hops.urls, take, size=_AHEAD * self.limits.workers)

    async def _enter(self, page: Imported, done: PageDone) -> None:
        self.rows += [*done.rows, self.ledger.enter(page, done)]
        self.versions += sum(isinstance(row, VersionRow) for row in done.rows)
        age = time.monotonic() - self.opened
        if self.recorder.open_bytes >= self.limits.segment_bytes or age >= self.limits.segment_seconds:
            await self._commit()

    async def _commit(self) -> None:
        async with self.committing:
            rows, self.rows = self.rows, []
            self.opened = time.monotonic()
            await asyncio.to_thread(self.committer.commit_segments, self.recorder, rows)
            self.flow.history.forget(frozenset(row for row in rows if isinstance(row, ArticleRow)))

    def _summary(self, ended: RunRow, taken: Taken) -> ImportSummary:
        new = sum(capture.new for capture in taken.captures)
        return ImportSummary(
            run=ended,
            recovered=Recovered(),
            files=len(self.files),
            captures=new,
            known=len(taken.captures) - new,
            repeated=taken.repeated,
            passed_over=dict(taken.passed_over.most_common()),
            refused=tuple(taken.refused),
            pages=dict(sorted(self.ledger.outcomes.items())),
            versions=self.versions,
            seconds=0.0,
        )
