"""Thirty nights of a site whose fetches fail now and then, and whose articles are removed now and then.

Everything but the network is real: recorder, workers, gate, extractor, versions, and how page rows settle.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archive.catalog import lookup, versions
from archive.exchange import Exchange, Truncation
from archive.outcome import Outcome, OutcomeKind
from archive.rows import CaptureRow, PageRow, VersionRow
from config.source import Source
from crawler.due import next_look
from crawler.known_page import known_page
from crawler.revisit.pace import Pace
from crawler.settle import Look, settle
from pipelines.fetched import FetchedPage, PageResult
from pipelines.flow import Flow
from pipelines.gate.absent import Absent, print_of
from pipelines.page import Page, read_page
from tests.archive.material import House, exchange, ledger_row
from tests.words import THINGS

HOME = "https://news.example/"
SOURCE = Source.model_validate({"name": "example", "homepage": HOME, "images": {"enabled": False}})
FIRST = datetime.fromisoformat("2026-03-01T02:00:00+00:00")
NIGHTS = 30
FAULTS = (
    "challenge",
    "consent",
    "paywall",
    "http_503",
    "http_403",
    "http_429",
    "timeout",
    "cut",
    "empty",
    "soft_404",
)
REMOVALS = ("http_404", "http_410", "soft_404", "home")
_WORDS = (
    *THINGS,
    *("mayor", "reporter", "engineer", "teacher", "driver", "baker", "painter", "sailor", "doctor", "nurse"),
)


@dataclass(slots=True)
class Story:
    """One article of the site: what it says, when it goes and how, and what became of it."""

    url: str
    title: str
    paragraphs: tuple[str, ...]
    removed_on: int | None
    how: str
    page: PageRow | None = None
    first_missed: int | None = None


@dataclass(slots=True)
class Account:
    """What the nights made."""

    fetches: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    late: list[str] = field(default_factory=list)
    not_due: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def stories(count: int, chance: random.Random) -> list[Story]:
    """As many stories; every third is removed on some night after the third."""
    made = []
    for n in range(count):
        paragraphs = tuple(
            " ".join(chance.choice(_WORDS) for _ in range(18)).capitalize() + f" in part {k} of {n}."
            for k in range(6)
        )
        removed = chance.randrange(3, NIGHTS - 3) if n % 3 == 0 else None
        title = f"The {chance.choice(_WORDS)} and the {chance.choice(_WORDS)}, {n}"
        made.append(
            Story(f"{HOME}2026/story-{n}", title, paragraphs, removed, REMOVALS[n // 3 % len(REMOVALS)])
        )
    return made


@dataclass(slots=True)
class Site:
    """Runs the nights through a real flow; `share` of the fetches of what is there meet a fault."""

    home: House
    flow: Flow
    stories: list[Story]
    chance: random.Random
    share: float = 0.05
    again: random.Random = field(default_factory=lambda: random.Random(1))  # of what is asked for once more
    account: Account = field(default_factory=Account)

    def run(self) -> Account:
        """All nights; every page is looked at each night, as with a ladder that never ends."""
        for night in range(NIGHTS):
            at = FIRST + timedelta(days=night)
            rows = []
            for position, story in enumerate(self.stories):
                rows += self._look(story, night, at + timedelta(seconds=position), position)
            self.home.committer.commit_segments(self.home.recorder, rows)
            self.flow.history.forget(frozenset(row for row in rows if row.table == "article"))
        return self.account

    def _look(self, story: Story, night: int, at: datetime, position: int) -> list[object]:
        removed = story.removed_on is not None and night >= story.removed_on
        fault = self._fault(self.chance) if night else None
        row = ledger_row(story.url, position, run_id=f"run-{night}")
        if fault == "timeout":
            result, capture = PageResult(Outcome(OutcomeKind.FAILED, "timeout")), None
        else:
            result, capture = self._fetch(story, fault or (story.how if removed else None), night, at)
        self.account.outcomes[str(result.outcome)] += 1
        if removed and result.outcome.kind is OutcomeKind.GONE and story.first_missed is None:
            story.first_missed = night
        look = Look(result.outcome, at, capture, result.article_id, result.changed)
        ended, story.page = settle(row, story.page, look, Pace())
        if result.outcome.kind is OutcomeKind.GONE and not story.page.removed:
            known = known_page(story.page)
            due = next_look(known) if known else None
            if due is None or due > at + timedelta(days=1):
                self.account.not_due.append(f"{story.url} after night {night}")
        return [*result.rows, ended, story.page]

    def _fault(self, chance: random.Random) -> str | None:
        """What stands before a page on this fetch, if anything does."""
        fault = None if chance.random() >= self.share else chance.choice(FAULTS)
        self.account.fetches += 1
        if fault is not None:
            self.account.planted[fault] += 1
        return fault

    def _fetch(
        self, story: Story, how: str | None, night: int, at: datetime
    ) -> tuple[PageResult, CaptureRow]:
        urls = (story.url, HOME) if how == "home" else (story.url,)
        one = _answer(story, how, night, at)
        capture = self.home.record(one)
        page = story.page
        missing = page.first_missing_at if page else None
        fetched = FetchedPage(
            urls, SOURCE, one, capture, at.date(),
            first_missing_at=missing, first_missing_night=missing.date() if missing else None,
            last_seen_at=page.last_seen_at if page else None, absent=ABSENT, readable=True,
        )  # fmt: skip

        async def no_picture(url: str) -> None:
            raise AssertionError(f"nobody asked for {url}")

        async def again(url: str) -> tuple[Exchange, CaptureRow] | None:
            fault = self._fault(self.again)
            if fault == "timeout":
                return None
            is_removed = story.removed_on is not None and night >= story.removed_on
            answered = _answer(story, fault or (story.how if is_removed else None), night, at)
            assert url == story.url
            return answered, await asyncio.wrap_future(self.home.recorder.record(answered, "example"))

        return asyncio.run(self.flow.process(fetched, no_picture, fetch_page=again)), capture

    def versions_of(self, story: Story) -> list[VersionRow]:
        """All versions of a story, tombstones included."""
        article = lookup.article_of(self.home.catalog, story.url)
        return versions.versions_of(self.home.catalog, article.id) if article else []


_ABSENT_PAGE = """<html><head><title>Page not found | The Example</title></head><body><h1>Page not found</h1>
<p>Sorry, what you are looking for is not here any more. Perhaps our search can help you to find it.</p>
</body></html>"""


def _absent() -> Absent:
    page = read_page(
        _ABSENT_PAGE.encode(), url=f"{HOME}no-such-page", content_type="text/html", content_encoding=None
    )
    assert isinstance(page, Page)
    return Absent(print_of(page))


ABSENT = _absent()


def _answer(story: Story, how: str | None, night: int, at: datetime) -> Exchange:
    """The last exchange of a fetch of the story."""
    url = HOME if how == "home" else story.url
    status = int(how[5:]) if how and how.startswith("http_") else 200
    truncated: Truncation | None = "disconnect" if how == "cut" else None
    return exchange(url, _body(story, how, night), at=at, status=status, truncated=truncated)


def _body(story: Story, how: str | None, night: int) -> bytes:
    """What the site sends: the story with the night's furniture, or what stands in its place."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)
    head = f'<meta charset="utf-8"><title>{story.title} | The Example</title>'
    head += '<meta property="article:published_time" content="2026-02-28T06:00:00Z">'
    furniture = f"<aside>{night * 7} degrees. {night} umbrellas sold.</aside><p>{night + 2} comments</p>"
    match how:
        case None:
            shown = f"<article><h1>{story.title}</h1>{text}</article>{furniture}"
        case "challenge":
            head, shown = (
                "<title>Just a moment...</title>",
                "<h1>Verifying you are human. This may take a few seconds.</h1>",
            )
        case "consent":
            words = "We and our 812 partners use cookies and need your consent to store data on your device."
            head, shown = (
                "<title>Your privacy</title>",
                f"<h1>Before you continue</h1><p>{words}</p><button>Accept all</button>",
            )
        case "paywall":
            words = "Subscribe to continue reading this article. Already a subscriber? Log in."
            about = '{"@type":"NewsArticle","isAccessibleForFree":false}'
            head += f'<script type="application/ld+json">{about}</script>'
            shown = f"<article><h1>{story.title}</h1><p>{story.paragraphs[0]}</p></article>"
            shown += f"<div class=paywall><p>{words}</p></div>"
        case "empty":
            return b""
        case "soft_404":
            return _ABSENT_PAGE.encode()
        case "cut":
            return f"<html><head>{head}</head><body><article><h1>{story.title}</h1>{text[:300]}".encode()
        case _:
            shown = f"<h1>Something else</h1><p>{how}</p>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{shown}</body></html>".encode()
