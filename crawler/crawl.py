"""The state and the decisions of one running crawl; Scrapy asks it what to fetch and tells it what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog
from scrapy import Request

from archive.catalog import frontier
from archive.exchange import Exchange
from archive.outcome import Outcome, OutcomeKind
from archive.rows import CaptureRow, LedgerRow, PageRow
from config.errors import DatelineError
from config.source import Source
from crawler.beside import Beside
from crawler.candidate import Candidate, FoundBy
from crawler.discovery.plan import first_documents
from crawler.discovery.scope import Scope
from crawler.documents import Documents
from crawler.fetch.handler import KEPT
from crawler.fetched import FetchedRow
from crawler.guards.context import usual_delay
from crawler.holdings import Holdings
from crawler.intake import Intake
from crawler.kept import fetched_before
from crawler.outcomes import outcome_of_failure
from crawler.ownership import Ownership
from crawler.page_reader import PageReader
from crawler.parts.territory import Territory
from crawler.plan import RunPlan
from crawler.read_ahead import ReadAhead
from crawler.requests import document_request, page_request
from crawler.revisits import Revisits
from crawler.services import Services
from crawler.settle import Look, leave, settle
from crawler.window import Window, room_for
from pipelines.flow import PageResult

log = structlog.get_logger()

MOST_IN_A_BACKFILL = 1_000_000  # URLs of one source; what is left out is `skipped(over_cap)`
_HANDED_SECONDS = 5.0

_READ = frozenset({OutcomeKind.ARCHIVED, OutcomeKind.UNCHANGED, OutcomeKind.NOT_MODIFIED})


class Crawl:
    """One run: discovery, frontier, window, outcomes."""

    def __init__(self, plan: RunPlan, services: Services) -> None:
        self._plan, self._services = plan, services
        self._catalog = services.archive.catalog
        crawl = services.settings.crawl
        caps = {name: source.discover.max_urls for name, source in plan.sources.items()}
        if plan.since is not None:
            caps = dict.fromkeys(plan.sources, MOST_IN_A_BACKFILL)
        self._revisits = Revisits(self._catalog, plan, services.settings, services.clock.now())
        services.acknowledger.commit_with(self._revisits.take_changed)
        ownership = Ownership(plan.sources.values())
        self._intake = Intake(
            self._catalog,
            plan.run.id,
            services.clock,
            self._revisits.paces,
            caps,
            ownership=ownership,
            territory=Territory(self._catalog, plan.part, ownership) if plan.part else None,
        )
        self.places = self._intake.places
        holdings, network = Holdings(crawl.held_bytes), services.settings.network
        room = room_for(len(plan.sources), crawl.window, crawl.held_bytes)
        self._window = Window(
            sorted(plan.sources),
            self._read_frontier,
            size=room.places,
            per_source=room.each,
            holdings=holdings,
            delays={name: usual_delay(source, network) for name, source in plan.sources.items()},
        )
        self._ahead = ReadAhead(
            self._catalog,
            services.clock,
            plan.sources,
            foreseen=services.foreseen,
            payloads=services.payloads,
            upcoming=self._window.upcoming,
            asks_on_condition=self._revisits.would_ask,
        )
        self._documents = Documents(
            plan.run.id,
            services,
            self._intake,
            self._revisits,
            holdings=holdings,
            commit=lambda: self._commit_discoveries(ended=False),
            since=plan.since,
        )
        self.beside = Beside(network)
        self._reader = PageReader(plan, services, self.beside)
        self._undecided: list[FetchedRow] = []  # pages that the others must be known for
        self._changed = asyncio.Event()
        self._woken: set[str] = set()  # sources whose frontier has new rows
        self._committing = asyncio.Lock()  # what was drained is in the ledger before more is drained
        self._stopping = False
        self.fatal: BaseException | None = None

    # ── what to fetch ────────────────────────────────────────────────────────────────────────────

    async def requests(self) -> AsyncIterator[Request]:
        """Every request of the run, in order; waits while the window is full, ends when nothing is left.

        Scrapy would log what goes wrong here and call the crawl finished, so it is kept for the run to raise.
        """
        try:
            async for request in self._requests():
                yield request
        except Exception as error:  # noqa: BLE001 - kept in `fatal`
            self._abort(error)

    async def _requests(self) -> AsyncIterator[Request]:
        await asyncio.to_thread(self._begin)
        while not self._stopping:
            self._changed.clear()  # first, so that what changes while we look is not overlooked
            while (wanted := self._documents.next()) is not None:
                if (why := self._services.limits.why(wanted[1].name)) is None:
                    yield document_request(*wanted)
                else:
                    self._documents.left(*wanted, why)
            if not self._documents.open:
                await asyncio.to_thread(self._intake.spend_the_rest)
            await self._commit_discoveries(ended=not self._documents.open)
            # Here only: what is woken while more is read would be overlooked.
            woken, self._woken = self._woken, set()
            self._window.wake(woken)
            if self._window.hungry:
                self._window.take(await asyncio.to_thread(self._window.read_more))
            while (row := self._window.next()) is not None:
                if (why := self._services.limits.why(row.source)) is None:
                    yield await self._page_request(row)
                else:
                    await self._leave(row, why)
            if await self._is_at_its_end():
                return
            await self._changed.wait()

    async def _is_at_its_end(self) -> bool:
        """Whether nothing is left to ask for; what waited for that has its outcome then."""
        if not self._is_quiet():
            return False
        if await asyncio.to_thread(self._intake.take_handed):
            self._changed.set()
            return False
        undecided, self._undecided = self._undecided, []
        for item in undecided:
            await self.process(item, last=True)
        return True

    async def finish(self) -> bool:
        """Enter what was discovered last; False if a stop left something to discover or to fetch."""
        await self._commit_discoveries()
        return self._is_quiet() and not self._undecided

    async def keep_taking_up(self) -> None:
        """Look now and then for what other parts of the run have left to this one, until cancelled."""
        while True:
            await asyncio.sleep(_HANDED_SECONDS)
            if await asyncio.to_thread(self._intake.take_handed):
                self._changed.set()

    async def close(self) -> None:
        """Let go of what only a crawl needs."""
        await self._reader.close()

    def stop(self) -> None:
        """Ask for no more; what is in flight ends, but for pages of slow sources that nobody reads yet.

        These keep their places in the ledger; when the run goes on, they are read out of the archive.
        """
        self._stopping = True
        self._services.workers.give_up_slow_pages()
        self._changed.set()

    def _begin(self) -> None:
        """Enter what is due without being discovered, and the first documents.

        A run that goes on reads its documents again: which further ones they led to, and whether all that
        they named was entered, nobody wrote down.
        """
        for url, name in self._plan.asked:
            self._intake.take([Candidate(url, FoundBy.HAND, "command line")], name)
        if self._plan.asked or (self._plan.part and self._plan.part.discovered):
            return
        for source in self._plan.sources.values():
            self._intake.take_due_pages(source.name)
            for document in first_documents(source, Scope(since=self._plan.since)):
                self._documents.ask_for(document, source)

    async def _commit_discoveries(self, *, ended: bool = True) -> None:
        async with self._committing:
            rows = self._intake.drain(ended=ended)
            if rows:
                await self._services.acknowledger.commit_now(rows)
            if self._plan.part:
                await asyncio.to_thread(self._intake.committed)
        if not rows:
            return
        for row in rows:
            if row.outcome is not None:
                self._services.progress.ended(row.source, Outcome(OutcomeKind(row.outcome), row.reason))
        self._services.progress.discovered = self._intake.discovered
        self._woken |= {row.source for row in rows if row.outcome is None}
        self._changed.set()

    def _read_frontier(self, source: str, after: int) -> list[LedgerRow]:
        return frontier.pending(self._catalog, self._plan.run.id, source, after=after)

    async def _page_request(self, row: LedgerRow) -> Request:
        known = await self._ahead.known(row)
        page, unmodified = known.page, known.unmodified
        source = self._plan.sources[row.source]
        asks = page is not None and page.capture_id and self._revisits.ask_on_condition(row.url)
        if asks and unmodified is not None:
            self._services.recorder.expect_unmodified(row.url, unmodified)
        self._services.progress.in_flight = self._window.in_flight
        request = page_request(row, source, page, conditional=bool(asks and unmodified))
        if self._plan.resumed:
            archive, run = self._services.archive, self._plan.run.id
            request.meta[KEPT] = await asyncio.to_thread(fetched_before, archive, run, row.url)
        return request

    async def _leave(self, row: LedgerRow, why: str) -> None:
        """Settle a page that is not fetched in this run, as nothing more of its source is."""
        page = (await self._ahead.known(row)).page
        now = self._services.clock.now()
        row = self.places.told(row)
        self._services.acknowledger.add(leave(row, page, why, now))
        self._services.progress.ended(row.source, Outcome(OutcomeKind.SKIPPED, why))
        self._release(row)

    def _is_quiet(self) -> bool:
        """Whether nothing is left to discover or to fetch."""
        if self._documents.open or self._intake.waiting or self._intake.held or self._woken:
            return False
        return self._window.empty and not self._window.hungry and self._window.in_flight == 0

    # ── discovery documents ──────────────────────────────────────────────────────────────────────

    async def read_document(self, meta: Mapping[str, Any]) -> None:
        """A discovery document came."""
        try:
            await self._documents.read(meta)
        except Exception as error:  # noqa: BLE001 - Scrapy would only log it
            self._documents.failed(meta, self._outcome_of(error, meta["document"].url))
        finally:
            self._changed.set()

    async def document_failed(self, meta: Mapping[str, Any], error: BaseException) -> None:
        """A discovery document could not be had."""
        self._documents.failed(meta, self._outcome_of(error, meta["document"].url))
        self._changed.set()

    # ── pages ────────────────────────────────────────────────────────────────────────────────────

    def fetched(self, meta: Mapping[str, Any]) -> FetchedRow:
        """A page came: what Scrapy knows of it, in our words."""
        row, exchange = meta["row"], meta["exchange"]
        hops = tuple(dict.fromkeys((row.url, *meta.get("redirect_urls", ())[1:], exchange.url)))
        self._window.fetched(row, len(exchange.body))
        self._changed.set()
        on_condition = meta.get("on_condition", False)
        return FetchedRow(row, meta["page"], hops, exchange, meta["recorded"], on_condition)

    async def process(self, item: FetchedRow, *, last: bool = False) -> None:
        """Take a fetched page through the flow and settle its outcome; `last`: all others are settled."""
        source = self._plan.sources[item.row.source]
        try:
            result = await self._reader.read(item, source, last=last)
            if result is not None:
                await self._ended(item, source, result)
        except DatelineError as error:  # nothing can be acknowledged any more
            self._abort(error)
        if not last:
            self._release(item.row)

    async def _ended(self, item: FetchedRow, source: Source, result: PageResult) -> None:
        if result.undecided:
            self._undecided.append(item)
            return
        if result.outcome.kind is OutcomeKind.NOT_MODIFIED and item.capture.kind != "revisit":
            result = PageResult(Outcome(OutcomeKind.FAILED, "http_304"))  # and we had not asked on condition
        if item.on_condition and result.outcome.kind in {OutcomeKind.NOT_MODIFIED, OutcomeKind.UNCHANGED}:
            honoured = result.outcome.kind is OutcomeKind.NOT_MODIFIED
            self._revisits.answered(item.row.url, honoured=honoured)
        if result.outcome.kind in _READ:
            self._reader.note_article(item.row.url, source)
        if source.capture.css and result.outcome.kind is OutcomeKind.ARCHIVED:
            await self._reader.archive_stylesheets(item.exchange, source)
        self._settle(item.row, item.page, result, item.capture, item.exchange)

    async def page_failed(self, meta: Mapping[str, Any], error: BaseException) -> None:
        """Settle a page that could not be had."""
        outcome = self._outcome_of(error, meta["row"].url)
        if self.fatal is None:
            self._settle(meta["row"], meta["page"], PageResult(outcome), None, None)
        self._release(meta["row"])

    def _settle(
        self, row: LedgerRow, page: PageRow | None, result: PageResult, capture: CaptureRow | None,
        exchange: Exchange | None,
    ) -> None:  # fmt: skip
        plain = exchange is not None and exchange.url == row.url and exchange.status == 200  # noqa: PLR2004
        look = Look(
            result.outcome,
            capture.at if capture else self._services.clock.now(),
            capture,
            result.article_id,
            result.changed,
            exchange.header("ETag") if exchange and plain else None,
            exchange.header("Last-Modified") if exchange and plain else None,
        )
        self._revisits.learn(row.source, page, look, hinted=row.url_key in self._intake.hinted)
        ended, known = settle(row, page, look, self._revisits.paces[row.source])
        skipped = result.outcome.kind is OutcomeKind.SKIPPED and capture is None
        ended = self.places.told(ended)
        rows = (*result.rows, ended) if skipped else (*result.rows, ended, known)
        self._services.acknowledger.add(rows)
        self._services.progress.ended(row.source, result.outcome)

    def _release(self, row: LedgerRow) -> None:
        self._window.done(row)
        self._services.progress.in_flight = self._window.in_flight
        self._changed.set()

    def _outcome_of(self, error: BaseException, url: str) -> Outcome:
        outcome = outcome_of_failure(error)
        if outcome is not None:
            return outcome
        if isinstance(error, DatelineError):
            self._abort(error)
        else:
            log.error("request failed", url=url, run=self._plan.run.id, exc_info=error)
        return Outcome(OutcomeKind.FAILED, "internal_error")

    def _abort(self, error: BaseException) -> None:
        self.fatal = self.fatal or error
        self.stop()
