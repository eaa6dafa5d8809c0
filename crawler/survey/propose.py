"""What to put in a source's file, out of what a survey found: few ways in that lose no story (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crawler.candidate import Candidate
from crawler.discovery.choice import SITEMAP_PAGE_AGE
from crawler.links.classify import looks_like_story
from crawler.survey.found import FeedFound, Findings, SectionFound, SitemapFound
from crawler.survey.patterns import Learned, learn
from crawler.survey.zone import ZoneGuess, guess_zone

MOST_FEEDS = 12
MOST_SECTIONS = 10
TRIALS = 5
ZONE_WARNING = "time zone "  # begins the warning of a zone that is only guessed
_MISSED = 0.1  # share of the stories on section pages that feeds and sitemaps may miss
_LANGUAGE_OF_MOST = 0.8  # share of the pages that have to agree on the language
_STRANGE = 0.2  # share of the stories on section pages that the feeds' pattern may leave unexplained
_FULL_SITEMAP = 5000  # pages; a sitemap without dates that has more is an archive


@dataclass(frozen=True, slots=True)
class Way:
    """A way in: `key` is feeds, sitemaps or sections; `names` how many stories it named when looked at."""

    key: str
    url: str
    names: int
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source's file before it is written.

    Attributes:
        home: address of the first page, the new one if the site has moved.
        title: the name people know it by; "" if the site does not say.
        zone: its time zone, and why.
        language: None if found out page by page.
        ways: what discovery reads each night.
        left_out: what was found and adds nothing.
        learned: patterns of article addresses.
        allow: whether the file names them: only where pages or sitemaps lead elsewhere too.
        render: its pages need a browser.
        warnings: what the person should know before trusting it.
        trials: addresses worth trying.
    """

    home: str
    title: str
    zone: ZoneGuess
    language: str | None
    language_why: str
    ways: tuple[Way, ...]
    left_out: tuple[Way, ...]
    learned: Learned
    allow: bool
    render: bool
    warnings: tuple[str, ...]
    trials: tuple[Candidate, ...]


def propose(findings: Findings, now: datetime) -> Proposal | None:
    """Decide; None if the survey found no story at all."""
    learned = _learned(findings, now)
    choice = _Choice(findings, learned, now)
    choice.make()
    if not choice.ways:
        return None
    home = findings.home or findings.asked
    zone = guess_zone(home, findings.languages, findings.offsets)
    language, language_why = _language(findings)
    # Feeds and news sitemaps name stories only; a pattern there could but lose some.
    elsewhere = choice.leads_elsewhere
    return Proposal(
        home=home,
        title=findings.site_name or "",
        zone=zone,
        language=language,
        language_why=language_why,
        ways=tuple(choice.ways),
        left_out=tuple(choice.left_out),
        learned=learned,
        allow=elsewhere and bool(learned.allow),
        render=False,
        warnings=tuple(_warnings(findings, choice, learned, zone)),
        trials=_trials(choice.stories),
    )


def _learned(findings: Findings, now: datetime) -> Learned:
    """Learn from what names stories only, where there is such; else from links that look like stories."""
    named = [entry.url for feed in findings.feeds for entry in feed.entries]
    named += [page.url for found in findings.sitemaps if found.news for page in found.pages]
    others = [link.url for section in findings.sections for link in section.others]
    listed = [page.url for found in findings.sitemaps if not found.news for page in _recent(found, now)]
    others += [section.url for section in findings.sections]
    if not named:
        named = [link.url for section in findings.sections for link in section.stories]
        named += [url for url in listed if looks_like_story(url, None)]
    others += [url for url in listed if not looks_like_story(url, None)]
    learned = learn(named, set(others) - set(named))
    # A feed may name one kind of story only: what clearly is one on the pages has to be explained too.
    seen = {link.url for section in findings.sections for link in section.stories}
    strange = [url for url in seen if not any(re.search(piece, url) for piece in learned.allow)]
    if learned.allow and len(strange) > _STRANGE * len(seen):
        return learn({*named, *seen}, set(others) - set(named) - seen)
    return learned


class _Choice:
    """Chooses ways in, each for what the ones before do not name."""

    def __init__(self, findings: Findings, learned: Learned, now: datetime) -> None:
        self._findings, self._learned, self._now = findings, learned, now
        self.ways: list[Way] = []
        self.left_out: list[Way] = []
        self.stories: dict[str, Candidate] = {}
        self.leads_elsewhere = False

    def make(self) -> None:
        news = [found for found in self._findings.sitemaps if found.news]
        others = [found for found in self._findings.sitemaps if not found.news]
        for found in news:
            what = f"a news sitemap ({found.how})"
            self._take("sitemaps", found.url, found.pages, what)
        for feed in sorted(self._findings.feeds, key=lambda feed: -len(feed.entries)):
            self._take("feeds", feed.url, feed.entries, _feed_in_words(feed), most=MOST_FEEDS)
        for found in others:
            self._consider_sitemap(found)
        self._consider_sections()

    def _take(
        self, key: str, url: str, named: Iterable[Candidate], what: str, *, most: int | None = None
    ) -> bool:
        """Take a way in if it adds a story, or is the first of its kind that names only stories."""
        stories = [link for link in named if link.url != self._findings.home]
        fresh = [link for link in stories if link.url not in self.stories]
        first = key == "feeds" and not any(way.key == "feeds" for way in self.ways)
        full = most is not None and sum(way.key == key for way in self.ways) >= most
        if full or not stories or not (fresh or first):
            why = f"{what}; names nothing that the others do not" if not full else f"{what}; more than {most}"
            self.left_out.append(Way(key, url, len(stories), why))
            return False
        more = "" if len(fresh) == len(stories) else f", {len(fresh)} of them nowhere else"
        self.ways.append(Way(key, url, len(stories), f"{what}: {len(stories)} stories{more}"))
        self.stories |= {link.url: link for link in fresh}
        return True

    def _consider_sitemap(self, found: SitemapFound) -> None:
        what = f"a sitemap {'index ' if found.index else ''}({found.how})"
        recent = _recent(found, self._now)
        undated = not any(page.modified or page.published for page in found.pages)
        if undated and len(found.pages) > _FULL_SITEMAP:
            why = f"{what}; {len(found.pages)} pages without dates: an archive, for `crawl --since`"
            self.left_out.append(Way("sitemaps", found.url, len(found.pages), why))
            return
        stories = [page for page in recent if self._is_story(page)]
        if self._take("sitemaps", found.url, stories, what):
            self.leads_elsewhere = True

    def _consider_sections(self) -> None:
        """Section pages, where the other ways miss more than a tenth of what they link to."""
        on_pages = {link.url: link for page in self._findings.sections for link in self._stories_of(page)}
        missed = set(on_pages) - set(self.stories)
        if not missed or len(missed) <= _MISSED * len(on_pages):
            for page in self._findings.sections:
                why = f"{page.how}; feeds and sitemaps name what it links to"
                self.left_out.append(Way("sections", page.url, len(self._stories_of(page)), why))
            return
        self.leads_elsewhere = True
        front, *waiting = self._findings.sections
        self._take("sections", front.url, self._stories_of(front), front.how)
        while waiting:
            best = max(
                waiting,
                key=lambda page: sum(link.url not in self.stories for link in self._stories_of(page)),
            )
            waiting.remove(best)
            self._take("sections", best.url, self._stories_of(best), best.how, most=MOST_SECTIONS)

    def _stories_of(self, page: SectionFound) -> tuple[Candidate, ...]:
        """Links that are stories: by the learned patterns, where there are some, else as they look."""
        if self._learned.allow:
            return tuple(link for link in (*page.stories, *page.others) if self._is_story(link))
        return page.stories

    def _is_story(self, link: Candidate) -> bool:
        if any(re.search(piece, link.url) for piece in self._learned.deny):
            return False
        if self._learned.allow:
            return any(re.search(piece, link.url) for piece in self._learned.allow)
        return looks_like_story(link.url, link.title, place=link.place)


def _recent(found: SitemapFound, now: datetime) -> list[Candidate]:
    """What a nightly crawl would take: what changed in the last month, and what has no date."""
    oldest = now - SITEMAP_PAGE_AGE
    return [p for p in found.pages if (p.modified or p.published or now) >= oldest]


def _feed_in_words(feed: FeedFound) -> str:
    texts = "excerpts only" if feed.excerpts else "full texts"
    language = f", in {feed.language}" if feed.language else ""
    return f"{feed.form} with {texts}{language} ({feed.how})"


def _language(findings: Findings) -> tuple[str | None, str]:
    said = Counter(
        tag.partition("-")[0].lower()
        for tag in (
            *(feed.language for feed in findings.feeds),
            *(page.language for page in findings.sections),
        )
        if tag
    )
    if not said:
        return None, "nothing states it: found out page by page"
    most, number = said.most_common(1)[0]
    if number < _LANGUAGE_OF_MOST * said.total():
        return None, f"several ({', '.join(sorted(said))}): found out page by page"
    return most, "its pages and feeds say so"


def _warnings(findings: Findings, choice: _Choice, learned: Learned, zone: ZoneGuess) -> Iterable[str]:
    if findings.moved:
        yield f"the site has moved: {findings.asked} leads to {findings.home}, which is what the file names"
    if findings.shell:
        yield "the home page shows nothing without scripts; what is read are its feeds and sitemaps"
    if choice.leads_elsewhere and not learned.allow:
        yield f"{learned.why}; links are told apart by how they look, so look at a preview now and then"
    if not zone.sure:
        yield f"{ZONE_WARNING}{zone.timezone}: {zone.why}"


def _trials(stories: dict[str, Candidate]) -> tuple[Candidate, ...]:
    """A few stories to try: in turn from each place, the newest of each first."""
    by_place: dict[str, list[Candidate]] = {}
    for link in stories.values():
        by_place.setdefault(link.found_in, []).append(link)
    queues = [sorted(links, key=_newest_first) for links in by_place.values()]
    found: list[Candidate] = []
    for turn in range(TRIALS):
        found += [queue[turn] for queue in queues if turn < len(queue)]
    return tuple(found[:TRIALS])


def _newest_first(link: Candidate) -> float:
    moment = link.published or link.modified
    return -moment.timestamp() if moment else 0.0
