"""Makes versions and tombstones out of what a page shows, or of its being gone.

Pages go side by side, but for those that may show one article: reading an earlier capture again, and making
text durable, take longer than all the rest, and held up every other page when there was one lock for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from archive.article import Article
from archive.digest import url_key
from archive.open_batch import Derived
from archive.outcome import Outcome, OutcomeKind
from archive.rows import ArticleRow, ImageRow, Row, VersionRow
from archive.version import Event, EventKind
from pipelines.fetched import FetchedPage, PageResult, SeenArticle
from pipelines.history import CatalogHistory, Past
from pipelines.reread import Reread
from pipelines.state import State, article_json, state_of, text_digest
from pipelines.version_rows import address_rows, event_rows, rows_of_version
from pipelines.versions.claims import Claims
from pipelines.versions.compare import Change
from pipelines.versions.comparing import Comparing
from pipelines.versions.placing import Placed, place
from pipelines.versions.removal import is_removed, tombstone

LED_ELSEWHERE = Outcome(OutcomeKind.GONE, "redirected_elsewhere")
_TOLD = frozenset({EventKind.TITLE, EventKind.TEXT, EventKind.RESTORED})


@dataclass(frozen=True, slots=True)
class VersionMaker:
    """Decides what a page says of an article, and writes it; `derive` makes text and JSON durable before.

    A page holds the addresses and the text by which another one may turn out to show the same new article,
    then every article that it meets. Raises what store, spool and catalog raise.
    """

    history: CatalogHistory
    reread: Reread
    derive: Callable[[Derived], asyncio.Future[None]]
    claims: Claims = field(default_factory=Claims)

    async def past_of(self, page: FetchedPage) -> Past | None:
        """The article that one of the page's addresses shows or has shown."""
        return await asyncio.to_thread(self.history.past_of, (page.urls[-1], *page.urls[:-1]))

    async def would_remove(self, page: FetchedPage) -> bool:
        """Whether `gone` would make a tombstone of this page."""
        past = await self.past_of(page)
        return past is not None and past.newest.url in page.urls and _is_removed(page, past.newest)

    async def gone(self, page: FetchedPage, outcome: Outcome) -> PageResult:
        """This fetch found nothing: a tombstone, if that was so on enough nights."""
        while True:
            past = await self.past_of(page)
            async with self.claims.hold(_names_of(past)) as at_once:
                if at_once:  # else the article has become another meanwhile
                    return self._gone(page, outcome, past)

    async def shown(self, seen: SeenArticle) -> PageResult:
        """This fetch brought an article: a version, if something changed."""
        page, article = seen.page, seen.article
        async with self.claims.hold(_names_on(page, article)):
            while True:
                placed, met, fresh = await asyncio.to_thread(self._place, page, article)
                async with self.claims.hold(met) as at_once:
                    if not at_once:
                        continue
                    if placed.left is not None:
                        return self._gone(page, LED_ELSEWHERE, placed.left)
                    here = replace(seen, article=replace(article, url=placed.url))
                    return await self._shown(here, placed, fresh)

    def _gone(self, page: FetchedPage, outcome: Outcome, past: Past | None) -> PageResult:
        newest = past.newest if past else None
        if newest is not None and newest.url not in page.urls:
            # An address that the article had before; the one that it has now may well be there.
            return PageResult(outcome, article_id=newest.article_id)
        removed = _is_removed(page, newest)
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
        self.history.remember(replace(past, article=article, newest=version), (), ())
        rows: tuple[Row, ...] = (article, version, *event_rows(version, (event,)))
        return PageResult(outcome, rows, article_id=article.id, changed=True)

    def _place(self, page: FetchedPage, article: Article) -> tuple[Placed, frozenset[str], tuple[str, ...]]:
        """Where a page belongs, the names of the articles that it meets, and its addresses that none has."""
        pasts = {url: self.history.past_of((url,)) for url in page.urls}
        own = pasts[page.urls[-1]]
        led = [past for url in page.urls[:-1] if (past := pasts[url]) is not None]
        related = [] if own or led else self.history.related(article, page.source.name)
        placed = place(article, page.urls, own, led, related)
        fresh = tuple(url for url, past in pasts.items() if past is None)
        return placed, _names_of(own, *led, placed.past), fresh

    async def _shown(self, seen: SeenArticle, placed: Placed, fresh: tuple[str, ...]) -> PageResult:
        past, capture = placed.past, seen.page.capture
        compared = await Comparing(self.history, self.reread)(seen, past)
        change = compared.change
        further = tuple(capture.url for capture in seen.further)
        known_by = (*seen.page.urls, *further)
        new: tuple[ImageRow, ...] = ()
        unknown: tuple[str, ...] = ()
        if seen.images or further:  # a thread costs more than most of what it would be asked
            new, unknown = await asyncio.to_thread(self._unknown, seen.images, further)
        urls = tuple(dict.fromkeys((*fresh, *unknown, *placed.adopted)))
        if past is not None and not change.events:
            # The page may have been reached by an address that is new to its history.
            if urls or compared.flaps:
                self.history.remember(past, urls, (), compared.flaps)
            rows: tuple[Row, ...] = (*address_rows(past.article, urls, capture.at), *compared.flaps)
            return PageResult(
                Outcome(OutcomeKind.UNCHANGED),
                (past.article, *rows, *compared.kept) if rows else compared.kept,
                article_id=past.article.id,
            )
        article = seen.article
        made = rows_of_version(
            past,
            article,
            capture,
            events=change.events,
            urls=urls,
            images=new,
            parts=tuple(capture.id for capture in seen.further),
            change=change,
            returns_to=await asyncio.to_thread(self._returns_to, past, article, change) if past else None,
        )
        await self.derive(Derived(capture, article.text, text_digest(article.text), article_json(article)))
        now = _past(made.article, made.version, state_of(article), past, walled=change.walled)
        self.history.remember(now, known_by, new, compared.flaps)
        return PageResult(
            Outcome(OutcomeKind.ARCHIVED),
            (*made.rows, *compared.flaps),
            article_id=made.article.id,
            changed=True,
        )

    def _returns_to(self, past: Past, article: Article, change: Change) -> int | None:
        kinds = {event.kind for event in change.events}
        if past.content is None or not kinds & _TOLD:
            return None
        if kinds & {EventKind.TITLE, EventKind.TEXT}:
            return self.history.version_like(past, article)
        return past.content.number  # restored as it was

    def _unknown(
        self, images: tuple[ImageRow, ...], urls: tuple[str, ...]
    ) -> tuple[tuple[ImageRow, ...], tuple[str, ...]]:
        """Those picture contents and addresses that the archive does not have yet."""
        return (
            tuple(image for image in images if self.history.image(image.sha256) is None),
            tuple(url for url in dict.fromkeys(urls) if not self.history.knows(url)),
        )


def _names_on(page: FetchedPage, article: Article) -> frozenset[str]:
    """By what another page may turn out to show the same new article: an address, or the very words."""
    urls = {*page.urls, article.url, article.canonical_url or article.url}
    return frozenset({f"text {text_digest(article.text)}", *(f"url {url_key(url)}" for url in urls)})


def _names_of(*pasts: Past | None) -> frozenset[str]:
    return frozenset(f"article {past.article.id}" for past in pasts if past is not None)


def _past(
    article: ArticleRow, version: VersionRow, state: State, before: Past | None, *, walled: bool
) -> Past:
    """What the next look is compared with: behind a wall, the text that stood there before."""
    if not walled or before is None or before.state is None:
        return Past(article, version, version, state)
    there = before.state
    kept = replace(state, text=there.text, text_sha256=there.text_sha256, asides=there.asides, walled=True)
    return Past(article, version, version, kept, before.base)


def _is_removed(page: FetchedPage, newest: VersionRow | None) -> bool:
    return is_removed(
        newest,
        first_missing_night=page.first_missing_night,
        tonight=page.night,
        missing_for=page.capture.at - (page.first_missing_at or page.capture.at),
        nights=page.source.policy.gone_nights,
    )
