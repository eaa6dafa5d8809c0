"""The survey's way through a site: home page, feeds, sections, sitemaps; asks little, decides nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from archive.clock import Clock
from config.source import Source
from crawler.candidate import Candidate
from crawler.discovery.document import Discovered, DocumentKind
from crawler.discovery.feed import read_feed
from crawler.discovery.section import read_section
from crawler.discovery.sitemap import read_sitemap
from crawler.discovery.sites import site_of
from crawler.discovery.sniff import BodyKind, sniff, unpack
from crawler.links.classify import looks_like_story
from crawler.robots import parse_robots
from crawler.survey.facts import FeedFacts, PageFacts, feed_facts, offsets_in, page_facts
from crawler.survey.fetching import Document, Failed, Fetcher
from crawler.survey.found import FeedFound, Findings, SectionFound, SitemapFound, Tried
from crawler.survey.places import section_links, usual_feeds, usual_sitemaps
from crawler.urls import Refusal, clean_url
from pipelines.workers import TaskFailure, Workers

KEPT_FOR_ARTICLES = 6  # requests that the search leaves for trying articles
_MOST_LINKED_FEEDS = 6
_MOST_SITEMAPS = 4
_MOST_SUBS = 3
_HEAD = 64 << 10
_GOOD_SECTION = 3  # stories that a section page links to at least


@dataclass
class Survey:
    """One walk. `source` says on whose behalf: its home page is where it begins."""

    fetcher: Fetcher
    workers: Workers
    source: Source
    clock: Clock
    tried: list[Tried] = field(default_factory=list)
    feeds: list[FeedFound] = field(default_factory=list)
    sitemaps: list[SitemapFound] = field(default_factory=list)
    sections: list[SectionFound] = field(default_factory=list)
    offsets: list[tuple[datetime, int]] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    _seen: set[str] = field(default_factory=set)
    _linked: dict[str, str] = field(default_factory=dict)  # feed → where its link stands

    async def walk(self) -> Findings:
        """Look everywhere that is worth a request. Never raises for what a site does."""
        asked = self.source.homepage
        page = await self._get(asked, "home page")
        if isinstance(page, Document) and _is_feed(page.body):  # a person who knows the feed names it
            await self._read_feed(page, "the address that was given")
            page = await self._get(urljoin(page.url, "/"), "home page")
        home = page.url if isinstance(page, Document) else None
        start = home or asked
        facts = PageFacts()
        if isinstance(page, Document):
            facts = await self._facts(page)
            self.sections += await self._read_section(page, "the home page", facts)
            await self._read_linked_feeds()
            await self._visit_sections(start, facts)
        if not self.feeds:
            await self._try_usual_feeds(start)
        robots = self._robots(start)
        await self._visit_sitemaps(start, robots)
        return Findings(
            asked=asked,
            home=home,
            moved=home is not None and site_of(home) != site_of(asked),
            site_name=facts.site_name,
            shell=facts.shell,
            crawl_delay=self.fetcher.crawl_delay(start),
            robots=self._robots_in_words(start, robots),
            feeds=tuple(self.feeds),
            sitemaps=tuple(self.sitemaps),
            sections=tuple(self.sections),
            languages=tuple(tag for tag, _ in self.languages.most_common()),
            offsets=tuple(self.offsets),
            tried=tuple(self.tried),
            requests=self.fetcher.used,
        )

    async def _get(self, url: str, what: str) -> Document | Failed | None:
        """Fetch an address once; None if it was fetched before, or too little of the budget is left."""
        if url in self._seen or self.fetcher.used >= self.fetcher.most - KEPT_FOR_ARTICLES:
            return None
        self._seen.add(url)
        got = await self.fetcher.get(url, self.source)
        if isinstance(got, Failed):
            self.tried.append(Tried(url, what, got.reason))
            return got
        self._seen.add(got.url)
        return got

    def _note(self, url: str, what: str, came: str) -> None:
        self.tried.append(Tried(url, what, came))

    # ── pages ────────────────────────────────────────────────────────────────────────────────────

    async def _facts(self, page: Document) -> PageFacts:
        facts = await self.workers.run(page_facts, page.body, url=page.url, content_type=page.content_type)
        if isinstance(facts, TaskFailure):
            return PageFacts()
        self.offsets += facts.offsets
        return facts

    async def _read_section(self, page: Document, how: str, facts: PageFacts) -> list[SectionFound]:
        found = await self.workers.run(read_section, page.body, url=page.url, content_type=page.content_type)
        if isinstance(found, TaskFailure):
            self._note(page.url, how, f"could not be read: {found.detail}")
            return []
        own = [link for link in found.candidates if site_of(link.url) == site_of(page.url)]
        stories = tuple(c for c in own if looks_like_story(c.url, c.title, place=c.place))
        known = {link.url for link in stories}
        others = tuple(link for link in own if link.url not in known)
        if facts.language:
            self.languages[facts.language] += 1
        for offered in found.documents:
            if offered.kind is DocumentKind.FEED:
                self._linked.setdefault(offered.url, f"a link tag of {page.url}")
        self._note(page.url, how, f"{len(stories)} links to stories, {len(others)} others")
        return [SectionFound(page.url, how, stories, others, facts.language)]

    async def _visit_sections(self, home: str, facts: PageFacts) -> None:
        links = [url for url in facts.translations if site_of(url) == site_of(home)][:_MOST_SUBS]
        links += section_links(self.sections[0].others, home) if self.sections else ()
        for url in dict.fromkeys(links):
            page = await self._get(url, "section")
            if isinstance(page, Document) and sniff(page.body) in {BodyKind.HTML, BodyKind.OTHER}:
                read = await self._read_section(page, "a section page", await self._facts(page))
                self.sections += [found for found in read if len(found.stories) >= _GOOD_SECTION]
        await self._read_linked_feeds()

    # ── feeds ────────────────────────────────────────────────────────────────────────────────────

    async def _read_linked_feeds(self) -> None:
        for url, how in list(self._linked.items())[: 2 * _MOST_LINKED_FEEDS]:
            if len(self.feeds) >= 2 * _MOST_LINKED_FEEDS:
                return
            document = await self._get(url, "feed")
            if isinstance(document, Document):
                await self._read_feed(document, how)

    async def _try_usual_feeds(self, home: str) -> None:
        for url in usual_feeds(home):
            document = await self._get(url, "feed")
            if isinstance(document, Document):
                await self._read_feed(document, "a usual place for feeds")
            if self.feeds:
                return

    async def _read_feed(self, document: Document, how: str) -> None:
        if not _is_feed(document.body):
            self._note(document.url, "feed", f"no feed: {sniff(document.body)}")
            return
        found = await self.workers.run(
            read_feed, document.body, url=document.url, content_type=document.content_type
        )
        facts = await self.workers.run(feed_facts, document.body)
        if isinstance(found, TaskFailure) or isinstance(facts, TaskFailure):
            self._note(document.url, "feed", "could not be read")
            return
        own = tuple(c for c in found.candidates if site_of(c.url) in self._sites(document.url))
        self._note(document.url, "feed", _feed_in_words(facts, found, own))
        if not own:
            return
        self.offsets += facts.offsets
        if facts.language:
            self.languages[facts.language] += 1
        self.feeds.append(
            FeedFound(document.url, how, facts.form, own, facts.excerpts, facts.language, found.notes)
        )

    def _sites(self, url: str) -> frozenset[str]:
        """A feed may lie with a service; what it names has to be the site's."""
        homes = {site_of(section.url) for section in self.sections}
        return frozenset(homes or {site_of(url), site_of(self.source.homepage)})

    # ── sitemaps ─────────────────────────────────────────────────────────────────────────────────

    def _robots(self, home: str) -> tuple[str, ...]:
        """Sitemaps that robots.txt names, those for news first."""
        parts = urlsplit(home)
        body = self.fetcher.robots.get(f"{parts.scheme}://{parts.netloc}", b"")
        named = (clean_url(home, line) for line in parse_robots(body).sitemaps)
        urls = dict.fromkeys(url for url in named if not isinstance(url, Refusal))
        return tuple(sorted(urls, key=lambda url: "news" not in url.lower()))

    def _robots_in_words(self, home: str, sitemaps: tuple[str, ...]) -> str:
        parts = urlsplit(home)
        if f"{parts.scheme}://{parts.netloc}" not in self.fetcher.robots:
            return "there is no robots.txt: everything is allowed"
        delay = self.fetcher.crawl_delay(home)
        asks = f"asks for {delay:g} s between requests" if delay is not None else "asks for no delay"
        return f"robots.txt {asks}, and names {len(sitemaps)} sitemaps"

    async def _visit_sitemaps(self, home: str, named: tuple[str, ...]) -> None:
        for url in named[:_MOST_SITEMAPS]:
            await self._visit_sitemap(url, "robots.txt")
        if self.sitemaps:
            return
        for url in usual_sitemaps(home):
            await self._visit_sitemap(url, "a usual place for sitemaps")
            if self.sitemaps:
                return

    async def _visit_sitemap(self, url: str, how: str) -> None:
        document = await self._get(url, "sitemap")
        if not isinstance(document, Document):
            return
        found = await self._sitemap(document)
        if found is None:
            return
        pages, subs, news = list(found.candidates), found.documents, _is_news(document.body)
        preferred = sorted(subs, key=lambda ref: "news" not in ref.url.lower())[:_MOST_SUBS]
        for ref in preferred:
            part = await self._get(ref.url, "sitemap")
            inner = await self._sitemap(part) if isinstance(part, Document) else None
            if inner is None or not isinstance(part, Document):
                continue
            if _is_news(part.body) and not any(mark.isdigit() for mark in urlsplit(part.url).path):
                # A news sitemap behind an index keeps its name: it is the better one to name.
                self._keep_sitemap(part.url, how, list(inner.candidates), news=True, index=False)
                continue
            pages += inner.candidates
        if pages:
            self._keep_sitemap(document.url, how, pages, news=news, index=bool(subs))

    def _keep_sitemap(self, url: str, how: str, pages: list[Candidate], *, news: bool, index: bool) -> None:
        own = tuple(page for page in pages if site_of(page.url) in self._sites(url))
        if own:
            self.sitemaps.append(SitemapFound(url, how, own, news, index))

    async def _sitemap(self, document: Document) -> Discovered | None:
        found = await self.workers.run(read_sitemap, document.body, url=document.url, now=self.clock.now())
        if isinstance(found, TaskFailure):
            self._note(document.url, "sitemap", f"could not be read: {found.detail}")
            return None
        wrong = next((note for note in found.notes if note.startswith("not a sitemap")), None)
        self.offsets += await self._offsets(document)
        count = f"{len(found.candidates)} pages, {len(found.documents)} further sitemaps"
        self._note(document.url, "sitemap", wrong or count)
        return None if wrong else found

    async def _offsets(self, document: Document) -> tuple[tuple[datetime, int], ...]:
        facts = await self.workers.run(feed_offsets, document.body)
        return () if isinstance(facts, TaskFailure) else facts


def feed_offsets(body: bytes) -> tuple[tuple[datetime, int], ...]:
    """Offsets that a sitemap's dates state; its head is enough."""
    return tuple(offsets_in(unpack(body, limit=_HEAD)[0][:_HEAD]))


def _is_feed(body: bytes) -> bool:
    return sniff(unpack(body, limit=_HEAD)[0]) in {BodyKind.FEED, BodyKind.JSON_FEED}


def _is_news(body: bytes) -> bool:
    """Whether a sitemap's entries have Google News' elements (its namespace alone says little)."""
    return b"publication_date>" in unpack(body, limit=_HEAD)[0][:_HEAD]


def _feed_in_words(facts: FeedFacts, found: Discovered, own: tuple[Candidate, ...]) -> str:
    texts = "excerpts" if facts.excerpts else "full texts"
    foreign = len(found.candidates) - len(own)
    more = f", {foreign} of other sites" if foreign else ""
    return f"{facts.form}, {len(own)} entries with {texts}{more}"
