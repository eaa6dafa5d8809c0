"""One capture through the house: judge → extract → images → version. Framework-free.

capture ── judge ──► gone ────────► tombstone, if it was missing on an earlier night too
             │  └──► not an article: an outcome with its reason
             ▼
          stand      the bytes of the last look: unchanged, without reading them again
             ▼
          render     where the source asks for it: its DOM is read in place of the response
             ▼
          extract ──► no article: quarantined or failed, with its reason
             ▼
          pages      those that the article goes on over, joined to it
             ▼
          images     only those that the version before does not have
             ▼
          version    compare under one extractor; events or nothing
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

from archive.article import Article
from archive.exchange import Exchange
from archive.open_batch import Derived
from archive.outcome import Outcome, OutcomeKind
from archive.phases import Phases
from archive.rows import CaptureRow, ImageRow
from pipelines.extraction import Extraction
from pipelines.fetched import FetchedPage, PageResult, SeenArticle
from pipelines.gate.absent import UNNAMED, place
from pipelines.guidance import guidance_of
from pipelines.history import CatalogHistory
from pipelines.images import FetchPicture, archive_images
from pipelines.judge import judge
from pipelines.memory.kept_lessons import KeptLessons
from pipelines.parts import FURTHER_PAGE, MISSING, Whole, is_further_page, whole_article
from pipelines.rendering import Body, NotRendered, RenderPage, body_of
from pipelines.reread import Reread
from pipelines.rules.misses import RuleMisses
from pipelines.same_bytes import may_stand, stands
from pipelines.state import with_known_bytes
from pipelines.turns import Turn
from pipelines.versions.claims import Claims
from pipelines.versions.maker import VersionMaker
from pipelines.workers import Workers

__all__ = ["FetchedPage", "Flow", "PageResult", "led_home"]

SOFT_404 = "soft_404"
ASKED_AGAIN = 2  # requests at most before a tombstone is made because of a soft 404


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps with what they need; `derive` makes text and article JSON durable before any result.

    `lessons` keeps what pages teach of sites that may be learned at the end of the run.
    """

    workers: Workers
    history: CatalogHistory
    reread: Reread
    derive: Callable[[Derived], asyncio.Future[None]]
    claims: Claims = field(default_factory=Claims)
    misses: RuleMisses = field(default_factory=RuleMisses)
    phases: Phases = field(default_factory=Phases)
    lessons: KeptLessons | None = None

    async def process(
        self,
        page: FetchedPage,
        fetch_picture: FetchPicture,
        render: RenderPage | None = None,
        fetch_page: FetchPicture | None = None,
    ) -> PageResult:
        """Take one page through all steps. Raises only what the store, the spool or the catalog raise.

        `fetch_page` gets the further pages of an article; without it they are left alone.
        """
        if (result := await self._unread(page)) is not None:
            return result
        shown = await render(page.exchange, page.capture, page.source) if render else None
        if isinstance(shown, NotRendered):
            return PageResult(Outcome(OutcomeKind.FAILED, shown.reason))
        body = body_of(page.exchange, shown.dom if shown else None)
        extraction = await self._extract_first(page, body)
        self.misses.count(page.source.name, extraction.unmatched)
        absent = _is_absent(page, extraction)
        if extraction.article is None or absent:
            outcome = extraction.outcome or Outcome(OutcomeKind.FAILED, "extract_error")
            again = partial(self._is_absent_again, page, render, fetch_page)
            return await (self._absent(page, again) if absent else self._without_article(page, outcome))
        self.reread.memories.count(page.source.name, drifted=extraction.drifted)
        whole = await self._with_its_pages(page, extraction.article, fetch_page)
        if isinstance(whole, PageResult):
            return whole
        article = replace(whole.article, images=())
        images: tuple[ImageRow, ...] = ()
        if page.source.images.enabled and whole.article.images:
            known = await self._with_known_pictures(page, whole.article)
            wanted = replace(known, images=known.images[: page.source.images.max])
            turn = Turn(page.source.name, urgent=True)
            pictures, images = await archive_images(wanted.images, fetch_picture, self.workers, turn)
            article = replace(wanted, images=pictures)
        result = await self.versions.shown(SeenArticle(page, article, body, images, whole.captures))
        if whole.missing and result.outcome.reason is None:
            return replace(result, outcome=replace(result.outcome, reason=MISSING))
        return result

    @property
    def versions(self) -> VersionMaker:
        """What makes versions and tombstones, with what this flow has."""
        return VersionMaker(self.history, self.reread, self.derive, self.claims)

    async def _unread(self, page: FetchedPage) -> PageResult | None:
        """What became of a page that need not be read; None if it must be."""
        # Only unpacking a body takes time; for the rest a thread would cost more than it gives.
        packed = page.exchange.header("Content-Encoding") is not None
        judged = await asyncio.to_thread(judge, page.exchange) if packed else judge(page.exchange)
        # A home page that is broken itself says nothing about the article.
        if (outcome := judged or led_home(page)) is not None:
            return await self._without_article(page, outcome)
        known = await self.history.settled(page) if may_stand(page) else None
        if known is None or not stands(page, known):
            return None
        return PageResult(Outcome(OutcomeKind.UNCHANGED), article_id=known.article.id)

    async def _extract_first(self, page: FetchedPage, body: Body) -> Extraction:
        """What the page says; where it may be wanted at the run's end, also what it teaches of its site."""
        lessons, source, capture = self.lessons, page.source.name, page.capture
        if lessons is None or capture.url != page.urls[-1] or not lessons.ask(source):
            return await self._extract(page, body)
        extraction = await self._extract(page, body, lesson=True)
        extractor = extraction.article.extractor if extraction.article else None
        lessons.keep(source, capture.id, extractor, extraction.lesson)
        return replace(extraction, lesson=None)

    async def _extract(self, page: FetchedPage, body: Body, *, lesson: bool = False) -> Extraction:
        with self.phases.timed("read"):
            return await self._read(page, body, lesson=lesson)

    async def _read(self, page: FetchedPage, body: Body, *, lesson: bool) -> Extraction:
        return await self.workers.extract(
            body.data,
            url=page.urls[-1],
            content_type=body.content_type,
            content_encoding=body.content_encoding,
            captured_at=page.capture.at,
            guidance=replace(
                guidance_of(page.source, memory=self.reread.memories.of(page.source.name)),
                absent=page.absent,
                lesson=lesson,
            ),
            turn=Turn(page.source.name),
        )

    async def _absent(self, page: FetchedPage, again: Callable[[], Awaitable[bool]]) -> PageResult:
        """The site says that there is nothing here: a miss of an article that is known.

        Where no page of the host could be read tonight, it may be a wall that nobody has a name for. And one
        answer in many may be wrong on two nights too: before a tombstone is made, the site is asked `again`.
        """
        past = await self.versions.past_of(page)
        is_alone = past is not None and page.readable
        if is_alone and (not await self.versions.would_remove(page) or await again()):
            return await self.versions.gone(page, Outcome(OutcomeKind.GONE, SOFT_404))
        outcome = Outcome(OutcomeKind.QUARANTINED, SOFT_404)
        if past is None:
            return PageResult(outcome)
        return PageResult(outcome, article_id=past.article.id, undecided=page.readable is None)

    async def _is_absent_again(
        self, page: FetchedPage, render: RenderPage | None, fetch_page: FetchPicture | None
    ) -> bool:
        """Whether the site says once more that there is nothing here; without `fetch_page` it is believed.

        An answer that says nothing, such as an error or a wall, is followed by another request.
        """
        if fetch_page is None:
            return True
        for _ in range(ASKED_AGAIN):
            if (fetched := await fetch_page(page.urls[0])) is None:
                continue
            exchange, capture = fetched
            asked = replace(page, urls=(page.urls[0], exchange.url), exchange=exchange, capture=capture)
            outcome = await asyncio.to_thread(judge, exchange) or led_home(asked)
            if outcome is not None and outcome.kind is OutcomeKind.GONE:
                return True
            shown = await render(exchange, capture, page.source) if render and outcome is None else None
            if outcome is not None or isinstance(shown, NotRendered):
                continue
            extraction = await self._extract(asked, body_of(exchange, shown.dom if shown else None))
            if _is_absent(asked, extraction) or extraction.article is not None:
                return extraction.article is None
        return False

    async def _without_article(self, page: FetchedPage, outcome: Outcome) -> PageResult:
        gone = outcome.kind is OutcomeKind.GONE
        return await self.versions.gone(page, outcome) if gone else PageResult(outcome)

    async def _with_its_pages(
        self, page: FetchedPage, article: Article, fetch_page: FetchPicture | None
    ) -> Whole | PageResult:
        """The article with its further pages; a result at once where this page is, or misses, one of them."""
        if article.previous_page_url is not None:
            head = await asyncio.to_thread(self.history.past_of, (article.url, article.previous_page_url))
            if head is not None and is_further_page(article.url, head.article.url):
                return PageResult(Outcome(OutcomeKind.SKIPPED, FURTHER_PAGE))
        if article.next_page_url is None or fetch_page is None:
            return Whole(article)

        async def read(exchange: Exchange, capture: CaptureRow) -> Extraction:
            further = replace(page, urls=(exchange.url,), exchange=exchange, capture=capture)
            return await self._extract(further, body_of(exchange, None))

        whole = await whole_article(article, fetch_page, read)
        past = await self.versions.past_of(page) if whole.missing else None
        if past is not None and past.content and len(past.content.parts) > len(whole.captures):
            # The article has not become shorter: not all of it could be had.
            return PageResult(Outcome(OutcomeKind.FAILED, MISSING), article_id=past.article.id)
        return whole

    async def _with_known_pictures(self, page: FetchedPage, article: Article) -> Article:
        past = await self.versions.past_of(page)
        return with_known_bytes(article, past.state) if past and past.state else article


def _is_absent(page: FetchedPage, extraction: Extraction) -> bool:
    """Whether the site shows what it shows for an address that does not exist, or led there."""
    if extraction.absent:
        return True
    if page.absent is None or page.absent.led_to is None or extraction.reason not in UNNAMED:
        return False
    return place(page.urls[-1]) == place(page.absent.led_to) != place(page.urls[0])


def led_home(page: FetchedPage) -> Outcome | None:
    """Many sites send readers of a removed article to a list of others: then this fetch found nothing."""
    discover = page.source.discover
    lists = {place(url) for url in (page.source.homepage, *discover.sections)}
    if place(page.urls[0]) != place(page.urls[-1]) and place(page.urls[-1]) in lists:
        return Outcome(OutcomeKind.GONE, "redirected_home")
    return None
