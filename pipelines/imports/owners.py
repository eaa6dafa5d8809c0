"""Which source an imported capture is for (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from archive.retention import by_source
from config.source import Source

IMPORTED = "imported"  # the source of captures from hosts that no configured source owns


class Owners:
    """The configured sources by the host of their home page."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_host: dict[str, Source] = {}
        sources = tuple(sources)
        self.retention = by_source(sources)
        self.names = tuple(source.name for source in sources)
        for source in sources:
            self._by_host.setdefault(urlsplit(source.homepage).hostname or "", source)

    def of(self, url: str) -> Source:
        """The source that owns the address's host; else one called `imported`."""
        parts = urlsplit(url)
        owner = self._by_host.get(parts.hostname or "")
        return owner or Source(name=IMPORTED, homepage=f"{parts.scheme}://{parts.netloc}/")


def may_be_article(source: Source, url: str) -> bool:
    """Whether the source's own word leaves it open that this is an article: its patterns and its lists."""
    discover = source.discover
    if url in {source.homepage, *discover.feeds, *discover.sitemaps, *discover.sections}:
        return False
    if any(re.search(pattern, url) for pattern in discover.articles.deny):
        return False
    allow = discover.articles.allow
    return not allow or any(re.search(pattern, url) for pattern in allow)
