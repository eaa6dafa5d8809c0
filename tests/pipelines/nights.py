"""A newsroom's pages night after night, through the whole flow."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from PIL import Image, ImageDraw

from archive.catalog import lookup, versions
from archive.exchange import Exchange
from archive.rows import CaptureRow
from config.source import Discover, Source
from pipelines.flow import FetchedPage, Flow, PageResult
from pipelines.gate.absent import Absent
from tests.archive.material import NOON, House, exchange, ledger_row

HOME = "https://news.example/"
URL = "https://news.example/2026/bridge"
SOURCE = Source(name="example", homepage=HOME, discover=Discover(sections=(f"{HOME}local/",)))

SENTENCES = (
    "The town council decided on Monday evening that the old bridge over the Wend will close for repairs.",
    "Work is to begin in April and will take about two years, according to the head of the building office.",
    "Until then, cyclists and walkers may still use the northern lane between six in the morning and ten.",
    "Shopkeepers on both banks fear for their trade and ask for a ferry in the summer months.",
    "The mayor promised that the matter would be discussed again before the end of the year.",
)


def story(
    *sentences: str,
    title: str = "Old bridge to close for two years",
    caption: str = "The bridge in March.",
    ad: str = "1",
    picture: str | None = "/img/bridge.jpg",
) -> bytes:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in (sentences or SENTENCES))
    figure = (
        f'<figure><img src="{picture}" width="800" height="600" alt="A bridge">'
        f"<figcaption>{caption}</figcaption></figure>"
        if picture
        else ""
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Example</title>'
        f'<meta property="article:published_time" content="2026-03-28T06:00:00Z"></head><body>'
        f'<nav><a href="/">Home</a> <a href="/local/">Local</a></nav><article><h1>{title}</h1>'
        f'<p class="byline">By <a rel="author" href="/jane">Jane Doe</a></p>{figure}{paragraphs}</article>'
        f'<aside class="ad">Advertisement {ad}: buy {ad} umbrellas</aside></body></html>'
    ).encode()


def jpeg(seed: int, quality: int = 90) -> bytes:
    image = Image.new("RGB", (320, 240), (200, 220, 240))
    draw = ImageDraw.Draw(image)
    for n in range(6):
        left, top = (seed * 53 + n * 67) % 260, (seed * 31 + n * 41) % 180
        draw.rectangle((left, top, left + 60, top + 50), fill=(n * 40, 255 - n * 40, (seed * 90) % 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@dataclass
class Nights:
    """A house with its flow; what the crawl would remember of a missing page between fetches."""

    home: House
    flow: Flow
    source: Source = SOURCE
    pictures: dict[str, bytes] = field(default_factory=lambda: {f"{HOME}img/bridge.jpg": jpeg(1)})
    pages: dict[str, bytes] = field(default_factory=dict)  # further pages, by address
    asked: list[str] = field(default_factory=list)
    night: date = date(2026, 3, 29)
    at: datetime = NOON
    missing: tuple[datetime, date] | None = None
    seen: datetime | None = None
    absent: Absent | None = None  # what the host says with 200 where nothing is; its other pages are read

    def next_night(self) -> None:
        self.night += timedelta(days=1)
        self.at += timedelta(days=1)

    async def _fetch_picture(self, url: str) -> tuple[Exchange, CaptureRow] | None:
        self.asked.append(url)
        if url not in self.pictures:
            return None
        one = exchange(url, self.pictures[url], at=self.at, headers=("Content-Type: image/jpeg",))
        return one, await asyncio.wrap_future(self.home.recorder.record(one, "example"))

    async def _fetch_page(self, url: str) -> tuple[Exchange, CaptureRow] | None:
        self.asked.append(url)
        if url not in self.pages:
            return None
        one = exchange(url, self.pages[url], at=self.at)
        return one, await asyncio.wrap_future(self.home.recorder.record(one, "example"))

    def _came(self, body: bytes, status: int, urls: tuple[str, ...]) -> FetchedPage:
        self.at += timedelta(minutes=1)
        one = exchange(urls[-1], body, at=self.at, status=status)
        capture = self.home.record(one)
        return FetchedPage(
            urls,
            self.source,
            one,
            capture,
            self.night,
            first_missing_at=self.missing[0] if self.missing else None,
            first_missing_night=self.missing[1] if self.missing else None,
            last_seen_at=self.seen,
            absent=self.absent,
            readable=self.absent is not None,
        )

    def fetch(
        self, body: bytes = b"", *, status: int = 200, urls: tuple[str, ...] = (URL,), commit: bool = True
    ) -> PageResult:
        page = self._came(body, status, urls)
        result = asyncio.run(self.flow.process(page, self._fetch_picture, fetch_page=self._fetch_page))
        if result.outcome.kind == "gone":
            self.missing = self.missing or (self.at, self.night)
        elif result.outcome.kind in {"archived", "unchanged"}:
            self.missing, self.seen = None, self.at
        row = ledger_row(urls[0], self.at.minute, capture=page.capture, outcome=str(result.outcome.kind))
        if commit:
            self.home.committer.commit_segments(self.home.recorder, [*result.rows, row])
        return result

    def together(self, *bodies: tuple[str, bytes]) -> list[PageResult]:
        """Pages, each an address and a body, through the flow at the same time."""
        pages = [self._came(body, 200, (url,)) for url, body in bodies]

        async def go() -> list[PageResult]:
            return await asyncio.gather(*(self.flow.process(page, self._fetch_picture) for page in pages))

        results = asyncio.run(go())
        ended = [
            ledger_row(page.urls[0], number, capture=page.capture, outcome=str(result.outcome.kind))
            for number, (page, result) in enumerate(zip(pages, results, strict=True))
        ]
        rows = [row for result in results for row in result.rows]
        self.home.committer.commit_segments(self.home.recorder, [*rows, *ended])
        return results

    def history(self, url: str = URL) -> list[tuple[int, list[str]]]:
        """Each version of an article with its kinds of events."""
        article = lookup.article_of(self.home.catalog, url)
        assert article is not None
        events = versions.events_of(self.home.catalog, article.id)
        return [
            (row.number, [event.kind for event in events if event.number == row.number])
            for row in versions.versions_of(self.home.catalog, article.id)
        ]


def outcome(result: PageResult) -> str:
    return str(result.outcome)
