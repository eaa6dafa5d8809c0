"""Which of the links that a document names are the source's articles (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.source import Source
from crawler.candidate import Candidate, FoundBy
from crawler.discovery.archives import date_in
from crawler.discovery.document import spelled
from crawler.discovery.scope import NIGHTLY, WATCHED, Scope
from crawler.discovery.sites import site_of
from crawler.links.classify import NO_HISTORY, History, looks_like_story

SITEMAP_PAGE_AGE = WATCHED
MOST_BACKFILLED = 50_000  # candidates of one document in a backfill: as many as a sitemap may hold


class LeftOut(StrEnum):
    """Why a link is no candidate; counted in the notes of its document."""

    OTHER_SITE = "on other sites"
    DENIED = "denied by the source's patterns"
    NOT_ALLOWED = "not among the source's patterns"
    NOT_ARTICLE = "do not look like articles"
    OWN_PAGE = "are the source's own lists"
    OLD = f"last changed more than {SITEMAP_PAGE_AGE.days} days ago"
    BEFORE = "from before the backfill's first day"
    OVER_CAP = "more than discover.max_urls"


@dataclass(frozen=True, slots=True)
class Choice:
    """The rules of one source.

    Attributes:
        sites: registrable domains of the homepage and of what the source's `discover` names.
        lists: addresses that the source reads for links, which are never articles.
        allow: with any, only a URL in which one is found can be an article.
        deny: a URL in which one is found is no article.
        max_urls: the most candidates one document may give.
        history: how the source's addresses ended before, for links that no pattern decides about.
        since: the moment back to which a backfill goes; None for a nightly watch.
    """

    sites: frozenset[str]
    lists: frozenset[str]
    allow: tuple[re.Pattern[str], ...]
    deny: tuple[re.Pattern[str], ...]
    max_urls: int
    history: History = NO_HISTORY
    since: datetime | None = None

    @classmethod
    def of(cls, source: Source, scope: Scope = NIGHTLY) -> Choice:
        """The rules that a source's file gives, in the scope of a run."""
        discover = source.discover
        named = (source.homepage, *discover.feeds, *discover.sitemaps, *discover.sections)
        lists = frozenset(spelled(url) for url in named)
        return cls(
            sites=frozenset(site_of(url) for url in lists),
            lists=lists,
            allow=tuple(re.compile(pattern) for pattern in discover.articles.allow),
            deny=tuple(re.compile(pattern) for pattern in discover.articles.deny),
            max_urls=discover.max_urls if scope.since is None else MOST_BACKFILLED,
            history=scope.history,
            since=scope.since,
        )

    def refuses(self, candidate: Candidate, now: datetime) -> LeftOut | None:
        """Why a candidate is none of the source's articles; None if it may be one."""
        url = candidate.url
        if site_of(url) not in self.sites:
            return LeftOut.OTHER_SITE
        if any(pattern.search(url) for pattern in self.deny):
            return LeftOut.DENIED
        if url in self.lists:
            return LeftOut.OWN_PAGE
        if self.allow and not any(pattern.search(url) for pattern in self.allow):
            return LeftOut.NOT_ALLOWED
        # Feeds and sitemaps name what they are made for; of a page's links most lead elsewhere.
        if not self.allow and candidate.found_by is FoundBy.SECTION and not self._looks_right(candidate):
            return LeftOut.NOT_ARTICLE
        return self._too_old(candidate, now)

    def _too_old(self, candidate: Candidate, now: datetime) -> LeftOut | None:
        moment = _latest_hint(candidate)
        if self.since is None:
            old = moment is not None and moment < now - SITEMAP_PAGE_AGE
            return LeftOut.OLD if old and candidate.found_by is FoundBy.SITEMAP else None
        moment = moment or date_in(candidate.url)
        return LeftOut.BEFORE if moment is not None and moment < self.since else None

    def _looks_right(self, candidate: Candidate) -> bool:
        return looks_like_story(candidate.url, candidate.title, place=candidate.place, history=self.history)


def choose(
    candidates: Iterable[Candidate], choice: Choice, *, now: datetime
) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Keep the candidates that may be articles of the source.

    Returns:
        Those kept, in their order, and notes such as `12 links left out: on other sites`. If there are more
        than `max_urls`, those hinted newest stay, then those without a date as they came.
    """
    kept: list[Candidate] = []
    left_out: Counter[LeftOut] = Counter()
    for candidate in candidates:
        reason = choice.refuses(candidate, now)
        if reason is None:
            kept.append(candidate)
        else:
            left_out[reason] += 1
    if len(kept) > choice.max_urls:
        left_out[LeftOut.OVER_CAP] = len(kept) - choice.max_urls
        kept = sorted(kept, key=_newest_first)[: choice.max_urls]
    return tuple(kept), tuple(f"{number} links left out: {reason}" for reason, number in left_out.items())


def _latest_hint(candidate: Candidate) -> datetime | None:
    return max((hint for hint in (candidate.published, candidate.modified) if hint is not None), default=None)


def _newest_first(candidate: Candidate) -> float:
    moment = _latest_hint(candidate)
    return -moment.timestamp() if moment is not None else 0.0
