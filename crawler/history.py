"""How a source's addresses ended before, for whoever has to guess about new ones."""

from __future__ import annotations

from archive.catalog import frontier
from archive.catalog.catalog import Catalog
from crawler.links.classify import History

MOST_PAGES = 2000  # the newest of a source


def history_of(catalog: Catalog, source: str) -> History:
    """The shapes of a source's known pages: those that showed an article, and those that never did."""
    return History.of(
        (page.url, page.article_id is not None)
        for page in frontier.newest_pages(catalog, source, limit=MOST_PAGES)
        if page.last_fetched_at is not None
    )
