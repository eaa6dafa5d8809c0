"""What is known of an article before this capture: the catalog's, or this run's own uncommitted work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from archive.catalog import lookup, versions
from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.rows import ArticleRow, ImageRow, VersionRow
from pipelines.state import State, state_of_version


@dataclass(frozen=True, slots=True)
class Past:
    """An article's newest state."""

    article: ArticleRow
    newest: VersionRow  # may be a tombstone
    content: VersionRow | None  # the newest version that is none
    state: State | None


class History(Protocol):
    """Finds the past of an article. Reads may block; callers use a thread."""

    def past_of(self, urls: tuple[str, ...]) -> Past | None:
        """The article that one of these addresses shows or has shown, the first that is known."""

    def image(self, sha256: str) -> ImageRow | None:
        """Archived picture bytes."""


class CatalogHistory:
    """History from the catalog, overlaid with what this run has made and not yet committed."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._addresses: dict[str, str] = {}  # url key → article id
        self._pasts: dict[str, Past] = {}
        self._images: dict[str, ImageRow] = {}

    def past_of(self, urls: tuple[str, ...]) -> Past | None:
        for url in urls:
            # A commit may end meanwhile, in another thread; then the catalog knows.
            article_id = self._addresses.get(url_key(url))
            if article_id is not None and (past := self._pasts.get(article_id)) is not None:
                return past
            if (article := lookup.article_of(self._catalog, url)) is not None:
                return self._pasts.get(article.id) or self._load(article)
        return None

    def image(self, sha256: str) -> ImageRow | None:
        return self._images.get(sha256) or versions.image_by_sha256(self._catalog, sha256)

    def knows(self, url: str) -> bool:
        """Whether an address stands in some article's history already."""
        return url_key(url) in self._addresses or lookup.article_of(self._catalog, url) is not None

    def remember(self, past: Past, urls: tuple[str, ...], images: tuple[ImageRow, ...]) -> None:
        """Keep what this run made until it is committed."""
        self._pasts[past.article.id] = past
        self._addresses |= {url_key(url): past.article.id for url in urls}
        self._images |= {image.sha256: image for image in images}

    def forget(self, committed: frozenset[ArticleRow]) -> None:
        """These articles are in the catalog now; one that has changed since is kept."""
        self._pasts = {key: past for key, past in self._pasts.items() if past.article not in committed}
        self._addresses = {key: owner for key, owner in self._addresses.items() if owner in self._pasts}
        if not self._pasts:
            self._images = {}

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
        return Past(article, newest, content, state_of_version(content, pictures, images))
