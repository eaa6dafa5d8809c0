"""What is known of an article before this capture: the catalog's, or this run's own uncommitted work."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Protocol

from archive.article import Article
from archive.catalog import lookup, versions
from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.rows import ArticleRow, FlapRow, ImageRow, VersionRow
from archive.wording.typography import plain
from pipelines.fetched import FetchedPage
from pipelines.foreseen import Foreseen
from pipelines.same_bytes import Standing, standing
from pipelines.state import State, state_of_version, text_digest


@dataclass(frozen=True, slots=True)
class Past:
    """An article's newest state."""

    article: ArticleRow
    newest: VersionRow  # may be a tombstone
    content: VersionRow | None  # the newest version that is none
    state: State | None
    read: VersionRow | None = None  # whose text `state` has, where a wall stands before `content`

    @property
    def base(self) -> VersionRow | None:
        """The version whose capture is read again when the extractor has changed."""
        return self.read or self.content


class History(Protocol):
    """Finds the past of an article. Reads may block; callers use a thread."""

    def past_of(self, urls: tuple[str, ...]) -> Past | None:
        """The article that one of these addresses shows or has shown, the first that is known."""

    def image(self, sha256: str) -> ImageRow | None:
        """Archived picture bytes."""


class CatalogHistory:
    """History from the catalog, overlaid with what this run has made and not yet committed.

    Read from threads while the event loop's own goes on: what is gone through there is copied first.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.foreseen = Foreseen(catalog)
        self._addresses: dict[str, str] = {}  # url key → article id
        self._pasts: dict[str, Past] = {}
        self._images: dict[str, ImageRow] = {}
        self._flaps: dict[tuple[str, str], dict[str, FlapRow]] = {}  # (source, key) → article id → row

    def past_of(self, urls: tuple[str, ...]) -> Past | None:
        for url in urls:
            # A commit may end meanwhile, in another thread; then the catalog knows.
            article_id = self._addresses.get(url_key(url))
            if article_id is not None and (past := self._pasts.get(article_id)) is not None:
                return past
            if (article := lookup.article_of(self._catalog, url)) is not None:
                return self._pasts.get(article.id) or self._load(article)
        return None

    async def settled(self, page: FetchedPage) -> Standing | None:
        """What the catalog knows of a page; None where this run has made something of its article already.

        Used from the event loop: only where nothing was foreseen of the page, a thread reads it.
        """
        if url_key(page.urls[-1]) in self._addresses:
            return None
        seen = self.foreseen.take(page)
        known = seen[0] if seen else await asyncio.to_thread(standing, self._catalog, page)
        return None if known is None or known.article.id in self._pasts else known

    def related(self, article: Article, source: str) -> list[Past]:
        """Articles that a page names as its own, that name the page, or that say the same, in this order.

        A few of each: a site that names one address on every page names nothing.
        """
        named = article.canonical_url
        found: dict[str, Past] = {}
        if named is not None and named != article.url and (past := self.past_of((named,))) is not None:
            found[past.article.id] = past
        names = {article.url, named or article.url}
        digest = text_digest(article.text)
        made = [
            past for past in tuple(self._pasts.values()) if past.content and past.content.source == source
        ]
        saying = (past for past in made if past.content and past.content.text_sha256 == digest)
        naming = (past for past in made if past.content and past.content.canonical_url in names)
        for past in chain(islice(saying, versions.MOST_NAMING), islice(naming, versions.MOST_NAMING)):
            found.setdefault(past.article.id, past)
        for article_id in versions.articles_naming(self._catalog, source, names, digest):
            if article_id not in found and (past := self._by_id(article_id)) is not None:
                found[article_id] = past
        return list(found.values())

    def flaps(self, source: str, keys: Collection[str]) -> dict[str, list[FlapRow]]:
        """How often these values came or went on the source's pages, by key."""
        known = versions.flaps_of(self._catalog, source, keys)
        for key in keys:
            mine = self._flaps.get((source, key), {})
            rows = {row.article_id: row for row in known.get(key, ())} | mine
            if rows:
                known[key] = [rows[article_id] for article_id in sorted(rows)]
        return known

    def version_like(self, past: Past, article: Article) -> int | None:
        """The newest version before the present content that had this headline, text and lines beside it."""
        here = past.content.number if past.content else 0
        return next(
            (
                row.number
                for row in reversed(versions.versions_of(self._catalog, past.article.id))
                if row.number < here
                and not row.removed
                and row.text_sha256 == text_digest(article.text)
                and row.asides == article.asides
                and plain(row.title or "") == plain(article.title)
            ),
            None,
        )

    def image(self, sha256: str) -> ImageRow | None:
        return self._images.get(sha256) or versions.image_by_sha256(self._catalog, sha256)

    def knows(self, url: str) -> bool:
        """Whether an address stands in some article's history already."""
        return url_key(url) in self._addresses or lookup.article_of(self._catalog, url) is not None

    def remember(
        self,
        past: Past,
        urls: tuple[str, ...],
        images: tuple[ImageRow, ...],
        flaps: tuple[FlapRow, ...] = (),
    ) -> None:
        """Keep what this run made until it is committed."""
        for row in flaps:
            self._flaps.setdefault((row.source, row.key), {})[row.article_id] = row
        self._pasts[past.article.id] = past
        self._addresses |= {url_key(url): past.article.id for url in urls}
        self._images |= {image.sha256: image for image in images}

    def forget(self, committed: frozenset[ArticleRow]) -> None:
        """These articles are in the catalog now; one that has changed since is kept."""
        self.foreseen.committed()
        self._pasts = {key: past for key, past in self._pasts.items() if past.article not in committed}
        self._addresses = {key: owner for key, owner in self._addresses.items() if owner in self._pasts}
        if not self._pasts:
            self._images, self._flaps = {}, {}

    def _by_id(self, article_id: str) -> Past | None:
        past = self._pasts.get(article_id)
        if past is None and (article := lookup.article_by_id(self._catalog, article_id)) is not None:
            past = self._load(article)
        return past

    def _load(self, article: ArticleRow) -> Past | None:
        newest = versions.newest_version(self._catalog, article.id)
        if newest is None:
            return None
        content = newest if not newest.removed else versions.newest_content(self._catalog, article.id)
        if content is None:
            return Past(article, newest, None, None)
        pictures = versions.pictures_of(self._catalog, article.id, content.number)
        found = (self.image(picture.sha256) for picture in pictures if picture.sha256)
        images = {image.sha256: image for image in found if image}
        base = content
        if content.walled:
            base = versions.newest_readable(self._catalog, article.id) or content
        text = versions.text_by_sha256(self._catalog, base.text_sha256) if base.text_sha256 else None
        state = state_of_version(content, pictures, images, text)
        if base is content:
            return Past(article, newest, content, state)
        there = replace(state, text_sha256=base.text_sha256 or "", asides=base.asides)
        return Past(article, newest, content, there, base)
