"""One capture through the house: judge → extract → images → version. Framework-free.

capture ── judge ──► gone ────────► tombstone, if it was missing on an earlier night too
             │  └──► not an article: an outcome with its reason
             ▼
          extract ──► no article: quarantined or failed, with its reason
             ▼
          images     only those that the version before does not have
             ▼
          version    compare under one extractor; events or nothing
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from archive.article import Article
from archive.exchange import Exchange
from archive.open_batch import Derived
from archive.outcome import Outcome, OutcomeKind
from archive.rows import CaptureRow, ImageRow, Row
from archive.version import Event, EventKind
from config.source import Source
from pipelines.compare import compare
from pipelines.extraction import Extraction
from pipelines.guidance import guidance_of
from pipelines.history import CatalogHistory, Past
from pipelines.images import FetchPicture, archive_images
from pipelines.judge import judge
from pipelines.missing import is_removed, tombstone
from pipelines.reread import Reread
from pipelines.state import article_json, state_of, text_digest, with_known_bytes
from pipelines.version_rows import address_rows, event_rows, rows_of_version
from pipelines.workers import Workers


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A fetched and recorded page on its way through the house.

    Attributes:
        urls: the address asked for and every hop's, in order; the last is the page's own.
        first_missing_at, last_seen_at: of the page, from earlier runs.
    """

    urls: tuple[str, ...]
    source: Source
    exchange: Exchange
    capture: CaptureRow
    night: date
    first_missing_at: datetime | None = None
    first_missing_night: date | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageResult:
    """What became of a page.

    Attributes:
        outcome: exactly one.
        rows: what the catalog shall say about it (articles, versions, events, pictures, images).
        article_id: the article that the page shows, if any.
        changed: a version was made, a tombstone included.
    """

    outcome: Outcome
    rows: tuple[Row, ...] = ()
    article_id: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps with what they need; `derive` makes text and article JSON durable before any result."""

    workers: Workers
    history: CatalogHistory
    reread: Reread
    derive: Callable[[Derived], asyncio.Future[None]]
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def process(self, page: FetchedPage, fetch_picture: FetchPicture) -> PageResult:
        """Take one page through all steps. Raises only what the store, the spool or the catalog raise."""
        # A home page that is broken itself says nothing about the article.
        outcome = await asyncio.to_thread(judge, page.exchange) or led_home(page)
        if outcome is not None and outcome.kind is OutcomeKind.GONE:
            return await self._gone(page, outcome)
        if outcome is not None:
            return PageResult(outcome)
        extraction = await self._extract(page)
        if extraction.article is None:
            return PageResult(extraction.outcome or Outcome(OutcomeKind.FAILED, "extract_error"))
        article = await self._with_known_pictures(page, extraction.article)
        images: tuple[ImageRow, ...] = ()
        if page.source.images.enabled:
            wanted = replace(article, images=article.images[: page.source.images.max])
            pictures, images = await archive_images(wanted.images, fetch_picture, self.workers)
            article = replace(wanted, images=pictures)
        else:
            article = replace(article, images=())
        async with self.one_at_a_time:
            return await self._version(page, article, images)

    async def _extract(self, page: FetchedPage) -> Extraction:
        return await self.workers.extract(
            page.exchange.body,
            url=page.urls[-1],
            content_type=page.exchange.header("Content-Type"),
            content_encoding=page.exchange.header("Content-Encoding"),
            captured_at=page.capture.at,
            guidance=guidance_of(page.source),
        )

    async def _past(self, page: FetchedPage) -> Past | None:
        return await asyncio.to_thread(self.history.past_of, (page.urls[-1], *page.urls[:-1]))

    async def _with_known_pictures(self, page: FetchedPage, article: Article) -> Article:
        past = await self._past(page)
        return with_known_bytes(article, past.state) if past and past.state else article

    async def _gone(self, page: FetchedPage, outcome: Outcome) -> PageResult:
        async with self.one_at_a_time:
            past = await self._past(page)
            newest = past.newest if past else None
            if newest is not None and newest.url not in page.urls:
                # An address that the article had before; the one that it has now may well be there.
                return PageResult(outcome, article_id=newest.article_id)
            removed = is_removed(
                newest,
                first_missing_night=page.first_missing_night,
                tonight=page.night,
                missing_for=page.capture.at - (page.first_missing_at or page.capture.at),
            )
            if past is None or newest is None or not removed or page.first_missing_at is None:
                return PageResult(outcome, article_id=past.article.id if past else None)
            version = tombstone(
                newest,
                capture_id=page.capture.id,
                run_id=page.capture.run_id,
                at=page.capture.at,
                last_seen_at=page.last_seen_at or newest.captured_at,
                first_missing_at=page.first_missing_at,
                how=outcome.reason or "",
            )
            event = Event(EventKind.REMOVED, newest.url, outcome.reason)
            article = replace(past.article, versions=version.number, removed=True)
            # No addresses: the last hop may be a page that many removed articles lead to.
            self.history.remember(Past(article, version, past.content, past.state), (), ())
            rows: tuple[Row, ...] = (article, version, *event_rows(version, (event,)))
            return PageResult(outcome, rows, article_id=article.id, changed=True)

    async def _version(self, page: FetchedPage, article: Article, images: tuple[ImageRow, ...]) -> PageResult:
        past = await self._past(page)
        events: tuple[Event, ...] = ()
        if past is not None and past.state is not None and past.content is not None:
            before = past.state
            if before.extractor != article.extractor:
                again = await self.reread(past.content, before, page.source, page.capture.at)
                # Where today's extractor finds no article in the earlier capture, what it said then stands.
                before = again or replace(before, extractor=article.extractor)
            events = compare(before, state_of(article))
            if past.newest.removed:
                events = (Event(EventKind.RESTORED, past.newest.missing_how, article.url), *events)
        new, urls = await asyncio.to_thread(self._unknown, images, page.urls)
        if past is not None and not events:
            # The page may have been reached by an address that is new to its history.
            if urls:
                self.history.remember(past, urls, ())
            rows = address_rows(past.article, urls, page.capture.at)
            return PageResult(
                Outcome(OutcomeKind.UNCHANGED),
                (past.article, *rows) if rows else (),
                article_id=past.article.id,
            )
        made = rows_of_version(past, article, page.capture, events=events, urls=urls, images=new)
        digest = text_digest(article.text)
        await self.derive(Derived(page.capture, article.text, digest, article_json(article)))
        self.history.remember(
            Past(made.article, made.version, made.version, state_of(article)), page.urls, new
        )
        return PageResult(Outcome(OutcomeKind.ARCHIVED), made.rows, article_id=made.article.id, changed=True)

    def _unknown(
        self, images: tuple[ImageRow, ...], urls: tuple[str, ...]
    ) -> tuple[tuple[ImageRow, ...], tuple[str, ...]]:
        """Those picture contents and addresses that the archive does not have yet."""
        return (
            tuple(image for image in images if self.history.image(image.sha256) is None),
            tuple(url for url in dict.fromkeys(urls) if not self.history.knows(url)),
        )


def led_home(page: FetchedPage) -> Outcome | None:
    """Many sites send readers of a removed article to a list of others: then this fetch found nothing."""
    discover = page.source.discover
    lists = {_place(url) for url in (page.source.homepage, *discover.sections)}
    if _place(page.urls[0]) != _place(page.urls[-1]) and _place(page.urls[-1]) in lists:
        return Outcome(OutcomeKind.GONE, "redirected_home")
    return None


def _place(url: str) -> tuple[str, str, str]:
    """An address less what a site's own spelling of it varies in: scheme, `www.`, the last slash."""
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query
