"""The state and the decisions of one running crawl; Scrapy asks it what to fetch and tells it what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from scrapy import Request

from archive.catalog import frontier, lookup
from archive.exchange import Exchange
from archive.outcome import Outcome, OutcomeKind
from archive.reader import ArchiveDamaged, read_exchange
from archive.retention import outlives
from archive.rows import CaptureRow, LedgerRow, PageRow
from archive.stores.store import ObjectNotFound
from config.errors import DatelineError
from config.source import Source
from crawler.candidate import Candidate, FoundBy
from crawler.discovery.plan import first_documents
from crawler.documents import Documents
from crawler.fetch.handler import KEPT
from crawler.intake import Intake
from crawler.outcomes import outcome_of_failure
from crawler.plan import RunPlan
from crawler.requests import document_request, page_request, picture_request, stylesheet_request
from crawler.services import Services
from crawler.settle import Look, settle
from crawler.stylesheets import StyleSheets
from crawler.window import Window
from pipelines.flow import FetchedPage, PageResult

log = structlog.get_logger()

Download = Callable[[Request], Awaitable[Any]]
Fetched = tuple[Exchange, CaptureRow]


@dataclass(frozen=True, slots=True)
class FetchedRow:
    """A page of the ledger that was fetched."""

    row: LedgerRow
    page: PageRow | None
    urls: tuple[str, ...]
    exchange: Exchange
    capture: CaptureRow


class Crawl:
    """One run: discovery, frontier, window, outcomes."""

    def __init__(self, plan: RunPlan, services: Services) -> None:
        self._plan, self._services = plan, services
        self._catalog = services.archive.catalog
        crawl = services.settings.crawl
        caps = {name: source.discover.max_urls for name, source in plan.sources.items()}
        self._intake = Intake(self._catalog, plan.run.id, services.clock, crawl.revisit, caps)
        self._window = Window(
            sorted(plan.sources),
            self._read_frontier,
            size=crawl.window,
            per_source=max(2, crawl.window // 16),
        )
        self._documents = Documents(plan.run.id, services, self._intake)
        self._stylesheets = StyleSheets(self._fetch_stylesheet, services.workers)
        self._changed = asyncio.Event()
        self._stopping = False
        self.fatal: BaseException | None = None
        self.download: Download | None = None  # set once Scrapy's engine exists

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
                yield document_request(*wanted)
            await self._commit_discoveries()
            if self._window.hungry:
                await asyncio.to_thread(self._window.refill)
            while (row := self._window.next()) is not None:
                yield await self._page_request(row)
            if self._is_done():
                return
            await self._changed.wait()

    async def finish(self) -> bool:
        """Enter what was discovered last; False if a stop left something to discover or to fetch."""
        await self._commit_discoveries()
        return self._is_done()

    def stop(self) -> None:
        """Ask for no more; what is in flight ends."""
        self._stopping = True
        self._changed.set()

    def _begin(self) -> None:
        """Enter what is due without being discovered, and the first documents.

        A run that goes on reads its documents again: which further ones they led to, and whether all that
        they named was entered, nobody wrote down.
        """
        for url, name in self._plan.asked:
            self._intake.take([Candidate(url, FoundBy.HAND, "command line")], name)
        if self._plan.asked:
            return
        for source in self._plan.sources.values():
            self._intake.take_due_pages(source.name)
            for document in first_documents(source):
                self._documents.ask_for(document, source)

    async def _commit_discoveries(self) -> None:
        rows = self._intake.drain()
        if not rows:
            return
        await self._services.acknowledger.commit_now(rows)
        for row in rows:
            if row.outcome is not None:
                self._services.progress.ended(row.source, Outcome(OutcomeKind(row.outcome), row.reason))
        self._services.progress.discovered = self._intake.discovered
        self._window.wake()

    def _read_frontier(self, source: str, after: int) -> list[LedgerRow]:
        return frontier.pending(self._catalog, self._plan.run.id, source, after=after)

    async def _page_request(self, row: LedgerRow) -> Request:
        pages = await asyncio.to_thread(frontier.pages, self._catalog, [row.url_key])
        page = pages.get(row.url_key)
        source = self._plan.sources[row.source]
        capture: CaptureRow | None = None
        if page is not None and (page.etag or page.last_modified):
            capture = await asyncio.to_thread(self._stands_for_304, row.url, source)
        if capture is not None:
            self._services.recorder.expect_unmodified(row.url, capture)
        self._services.progress.in_flight = self._window.in_flight
        request = page_request(row, source, page, conditional=capture is not None)
        if self._plan.resumed:
            request.meta[KEPT] = await asyncio.to_thread(self._fetched_before, row.url)
        return request

    def _fetched_before(self, url: str) -> Fetched | None:
        """The page as this run fetched it before it was interrupted, if it was kept from the spool."""
        for capture in reversed(lookup.captures_of(self._catalog, url)):
            if capture.run_id == self._plan.run.id and capture.status == 200 and not capture.truncated:  # noqa: PLR2004
                try:
                    return read_exchange(self._services.archive.store, capture), capture
                except (ArchiveDamaged, ObjectNotFound):  # it is fetched again; `verify` tells
                    return None
        return None

    def _stands_for_304(self, url: str, source: Source) -> CaptureRow | None:
        """The capture that a 304 would stand for, if it is kept as long as a new one of this source."""
        capture = lookup.closest_capture(self._catalog, url, self._services.clock.now())
        if capture is None:
            return None
        kept = lookup.keep_days(self._catalog, capture.payload_segment)
        return capture if outlives(kept, source.policy.expire) else None

    def _is_done(self) -> bool:
        if self._documents.open or self._intake.waiting:
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
        row: LedgerRow = meta["row"]
        hops = (row.url, *meta.get("redirect_urls", ())[1:])
        urls = (*hops, meta["exchange"].url)
        return FetchedRow(row, meta["page"], tuple(dict.fromkeys(urls)), meta["exchange"], meta["recorded"])

    async def process(self, item: FetchedRow) -> None:
        """Take a fetched page through the flow and settle its outcome."""
        source = self._plan.sources[item.row.source]
        page = item.page
        zone = ZoneInfo(source.timezone)
        missing = page.first_missing_at if page else None
        fetched = FetchedPage(
            urls=item.urls,
            source=source,
            exchange=item.exchange,
            capture=item.capture,
            night=item.capture.at.astimezone(zone).date(),
            first_missing_at=missing,
            first_missing_night=missing.astimezone(zone).date() if missing else None,
            last_seen_at=page.last_seen_at if page else None,
        )
        try:
            result = await self._services.flow.process(fetched, lambda url: self._fetch_picture(url, source))
        except (
            ArchiveDamaged,
            ObjectNotFound,
        ) as error:  # of an earlier capture; `verify` tells how far it goes
            log.error("an earlier capture cannot be read", url=item.row.url, error=str(error))  # noqa: TRY400
            result = PageResult(Outcome(OutcomeKind.FAILED, "archive_damaged"))
        except DatelineError as error:  # store, spool or catalog: no outcome can be acknowledged
            self._abort(error)
            self._release(item.row)
            return
        except Exception:
            log.exception("processing failed", url=item.row.url, run=self._plan.run.id)
            result = PageResult(Outcome(OutcomeKind.FAILED, "internal_error"))
        if result.outcome.kind is OutcomeKind.NOT_MODIFIED and item.capture.kind != "revisit":
            result = PageResult(Outcome(OutcomeKind.FAILED, "http_304"))  # and we had not asked on condition
        if source.capture.css and result.outcome.kind is OutcomeKind.ARCHIVED:
            await self._archive_stylesheets(item.exchange, source)
        self._settle(item.row, page, result, item.capture, item.exchange)

    async def _archive_stylesheets(self, page: Exchange, source: Source) -> None:
        """The version stands whatever becomes of its style sheets."""
        try:
            await self._stylesheets.archive(page, source)
        except DatelineError as error:  # store, spool or catalog: nothing more can be acknowledged
            self._abort(error)
        except Exception:
            log.exception("style sheets not archived", url=page.url, run=self._plan.run.id)

    async def page_failed(self, meta: Mapping[str, Any], error: BaseException) -> None:
        """Settle a page that could not be had."""
        outcome = self._outcome_of(error, meta["row"].url)
        if self.fatal is None:
            self._settle(meta["row"], meta["page"], PageResult(outcome), None, None)
        else:
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
        ended, known = settle(row, page, look, self._services.settings.crawl.revisit)
        skipped = result.outcome.kind is OutcomeKind.SKIPPED and capture is None
        rows = (*result.rows, ended) if skipped else (*result.rows, ended, known)
        self._services.acknowledger.add(rows)
        self._services.progress.ended(row.source, result.outcome)
        self._release(row)

    def _release(self, row: LedgerRow) -> None:
        self._window.done(row.source)
        self._services.progress.in_flight = self._window.in_flight
        self._changed.set()

    async def _fetch_picture(self, url: str, source: Source) -> Fetched | None:
        network = self._services.settings.network
        return await self._fetch_beside("picture", url, lambda: picture_request(url, source, network))

    async def _fetch_stylesheet(self, url: str, source: Source) -> Fetched | None:
        return await self._fetch_beside("style sheet", url, lambda: stylesheet_request(url, source))

    async def _fetch_beside(self, what: str, url: str, made: Callable[[], Request]) -> Fetched | None:
        """Fetch what belongs to a page; None if it cannot be had."""
        if self.download is None:
            return None
        try:
            request = made()
        except ValueError as error:  # what a page calls an address need not be one
            log.info("not fetched", what=what, url=url, reason=str(error))
            return None
        try:
            response = await self.download(request)
        except Exception as error:
            if outcome_of_failure(error) is None:
                raise
            log.info("not fetched", what=what, url=url, reason=str(error))
            return None
        meta = response.request.meta if response.request else request.meta
        return meta["exchange"], meta["recorded"]

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
