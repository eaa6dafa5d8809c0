"""Whose a page is that several sources could claim: decided once, in the order of the config (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from config.source import Source
from pipelines.imports.owners import may_be_article


class Ownership:
    """The sources of a run, in the order of their files."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_host: dict[str, list[Source]] = {}
        self._names: set[str] = set()
        for source in sources:
            self._names.add(source.name)
            self._by_host.setdefault(_host(source.homepage), []).append(source)

    def of(self, url: str, found_by: str, known: str | None = None) -> str:
        """The name of the source that a discovered page is fetched and kept for.

        Args:
            url: of the page.
            found_by: the source whose feed, sitemap or page named it.
            known: the source of the page if it was met in an earlier run: what was decided then stands.

        Else it is the first source whose home page is on the page's host and whose patterns leave it open
        that this is an article; else the one that found it.
        """
        if known is not None and known in self._names:
            return known
        claiming = self._by_host.get(_host(url), ())
        return next((source.name for source in claiming if may_be_article(source, url)), found_by)

    def shared(self) -> dict[str, str]:
        """Sources whose host is another one's too: their name, and whose its pages are first."""
        return {source.name: those[0].name for those in self._by_host.values() for source in those[1:]}


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
