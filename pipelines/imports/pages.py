"""Imported captures that may show an article: taken through the flow in order of time, nothing fetched."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import structlog

from archive.catalog import lookup, versions
from archive.digest import url_key
from archive.exchange import Exchange, Truncation
from archive.held_leases import HostLeases
from archive.opening import Archive
from archive.outcome import Outcome, OutcomeKind
from archive.reader import read_exchange
from archive.rows import CaptureRow, LedgerRow, Row
from config.errors import DatelineError
from config.source import Source
from pipelines.flow import FetchedPage, Flow, PageResult
from pipelines.history import Past
from pipelines.imports.address import AddressRefused, host_of, target_uri
from pipelines.imports.intake import Imported
from pipelines.imports.owners import Owners, may_be_article

log = structlog.get_logger()

FOUND_BY = "import"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_HOPS = 8
_HOP_TIME = timedelta(minutes=2)  # between a redirect and what it led to, in one crawler's visit


@dataclass(frozen=True, slots=True)
class PageDone:
    """One capture's way through the house has ended."""

    outcome: Outcome
    capture: CaptureRow
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Missing:
    """An address of an article that the files last show as gone, or as there."""

    first_missing_at: datetime | None = None
    last_seen_at: datetime | None = None


def chosen(captures: Iterable[Imported]) -> list[Imported]:
    """Those that may show an article, or that it is gone, oldest first."""
    pages = (c for c in captures if c.status in _GONE or (c.status == HTTPStatus.OK and c.mime in _HTML))
    return sorted(pages, key=lambda capture: capture.at)


class Hops:
    """Which address led to which, by the redirects in the files."""

    def __init__(self, captures: Iterable[Imported]) -> None:
        found: defaultdict[str, set[tuple[datetime, str]]] = defaultdict(set)
        for capture in captures:
            if capture.status in _REDIRECTS and capture.location:
                try:
                    target = target_uri(urljoin(capture.url, capture.location))
                except (AddressRefused, ValueError):
                    continue  # it led nowhere that could be among the captures
                if target:
                    found[target].add((capture.at, capture.url))
        self._to = {target: sorted(those) for target, those in found.items()}

    def urls(self, page: Imported) -> tuple[str, ...]:
        """The addresses that led to this page shortly before it was captured, in order, and its own."""
        urls = [page.url]
        while len(urls) <= _MAX_HOPS:
            those = self._to.get(urls[0], [])
            before = bisect_right(those, page.at, key=lambda one: one[0])
            if not before or those[before - 1][0] < page.at - _HOP_TIME or those[before - 1][1] in urls:
                break
            urls.insert(0, those[before - 1][1])
        return tuple(urls)


@dataclass(slots=True)
class Pages:
    """Takes pages through the flow, one after the other for each address."""

    archive: Archive
    flow: Flow
    owners: Owners
    leases: HostLeases
    hops: Hops
    missing: dict[str, Missing] = field(default_factory=dict)

    async def process(self, page: Imported, urls: Sequence[str]) -> PageDone | None:
        """The outcome of a page; None if it says that something is gone which never was an article.

        Raises what store, spool or catalog raise.
        """
        source = self.owners.of(page.url)
        row = await asyncio.to_thread(lookup.capture_by_id, self.archive.catalog, page.capture_id)
        if row is None:
            raise DatelineError(f"capture {page.capture_id} of {page.url} is not in the catalog any more")
        past = await asyncio.to_thread(self.flow.history.past_of, (urls[-1], *urls[:-1]))
        if past is None and page.status in _GONE:
            return None
        decided = await self._decided(source, row, past)
        if decided is not None:
            return PageDone(decided, row, ())
        try:
            result = await self._flow(source, row, tuple(urls))
        except DatelineError:
            raise
        except Exception:
            log.exception("processing failed", url=page.url, file=page.file)
            result = PageResult(Outcome(OutcomeKind.FAILED, "internal_error"))
        self._remember(row, result.outcome)
        return PageDone(result.outcome, row, result.rows)

    async def _decided(self, source: Source, row: CaptureRow, past: Past | None) -> Outcome | None:
        """The outcome of a page that is not read, and why."""
        if not may_be_article(source, row.url):
            return Outcome(OutcomeKind.SKIPPED, "not_an_article")
        if past is not None and await asyncio.to_thread(self._is_older, row, past):
            shown = await asyncio.to_thread(versions.versions_of, self.archive.catalog, past.article.id)
            if any(version.capture_id == row.id for version in shown):
                return Outcome(OutcomeKind.UNCHANGED)
            return Outcome(OutcomeKind.SKIPPED, "older_than_newest")
        # Two writers would both make the next version: a crawl of the host holds this lease.
        if not await self.leases.take(f"host:{host_of(row.url)}"):
            return Outcome(OutcomeKind.SKIPPED, "host_busy")
        return None

    def _is_older(self, row: CaptureRow, past: Past) -> bool:
        """Whether what the archive knows of the article is from later, or this very capture."""
        if past.newest.capture_id == row.id or past.newest.captured_at > row.at:
            return True
        page = lookup.page_of(self.archive.catalog, row.url)
        return page is not None and page.last_fetched_at is not None and page.last_fetched_at > row.at

    async def _flow(self, source: Source, row: CaptureRow, urls: tuple[str, ...]) -> PageResult:
        exchange = await asyncio.to_thread(read_exchange, self.archive.store, row)
        if row.truncated:
            exchange = replace(exchange, truncated=Truncation(row.truncated))
        zone = ZoneInfo(source.timezone)
        known = await asyncio.to_thread(self._missing, row.url)
        first = known.first_missing_at
        page = FetchedPage(
            urls=urls,
            source=source,
            exchange=exchange,
            capture=row,
            night=row.at.astimezone(zone).date(),
            first_missing_at=first,
            first_missing_night=first.astimezone(zone).date() if first else None,
            last_seen_at=known.last_seen_at,
        )
        return await self.flow.process(page, lambda url: asyncio.to_thread(self._picture, url, row.at))

    def _picture(self, url: str, at: datetime) -> tuple[Exchange, CaptureRow] | None:
        """The capture of a picture that is closest in time, among all that the archive has by now."""
        try:
            address = target_uri(url)
        except AddressRefused:
            return None
        row = lookup.closest_capture(self.archive.catalog, address, at) if address else None
        return (read_exchange(self.archive.store, row), row) if row and not row.truncated else None

    def _missing(self, url: str) -> Missing:
        if url not in self.missing:
            page = lookup.page_of(self.archive.catalog, url)
            self.missing[url] = Missing(page.first_missing_at, page.last_seen_at) if page else Missing()
        return self.missing[url]

    def _remember(self, row: CaptureRow, outcome: Outcome) -> None:
        known = self.missing[row.url]
        if outcome.kind is OutcomeKind.GONE:
            known.first_missing_at = known.first_missing_at or row.at
        elif outcome.kind in {OutcomeKind.ARCHIVED, OutcomeKind.UNCHANGED}:
            known.first_missing_at, known.last_seen_at = None, row.at


@dataclass(slots=True)
class Ledger:
    """The run's ledger: a row for each address, however often it was captured.

    It says `archived` if any of its captures made a version, else how the newest one ended. `outcomes`
    counts captures.
    """

    run_id: str
    rows: dict[str, LedgerRow] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)

    def enter(self, page: Imported, done: PageDone) -> LedgerRow:
        """Count a page, and give the row of its address as it is from now on."""
        self.outcomes[str(done.outcome)] += 1
        key = url_key(page.url)
        before = self.rows.get(key)
        archived = str(OutcomeKind.ARCHIVED)
        if before is not None and before.outcome == archived and done.outcome.kind != OutcomeKind.ARCHIVED:
            return before
        self.rows[key] = LedgerRow(
            run_id=self.run_id,
            url_key=key,
            url=page.url,
            source=done.capture.source,
            found_by=FOUND_BY,
            found_in=page.file,
            position=before.position if before else len(self.rows),
            outcome=str(done.outcome.kind),
            reason=done.outcome.reason,
            capture_id=done.capture.id,
            at=done.capture.at,
        )
        return self.rows[key]
