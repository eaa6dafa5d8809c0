"""A small paper's archive, crawled night by night, that can be told an older extractor had read it."""
# ruff: noqa: E501 - pages are easier to read unbroken

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.catalog import clusters, lookup, versions
from archive.erasure.takedown import Request
from archive.exchange import Exchange
from archive.opening import Archive
from archive.rows import CaptureRow, EventRow, PictureRow, Row, VersionRow
from config.settings import Settings
from config.source import Source
from pipelines.duplicates.link import Linked, Linker
from pipelines.fetched import FetchedPage, PageResult
from pipelines.flow import Flow
from pipelines.history import CatalogHistory
from pipelines.reprocess.progress import ReprocessProgress
from pipelines.reprocess.report import Report
from pipelines.reprocess.run import Job, Span, reprocess
from pipelines.reread import Reread
from pipelines.state import text_digest
from pipelines.workers import Workers
from tests.archive.material import NOON, House, SetClock, everything, exchange, ledger_row, text_of

HOME = "https://news.example/"
OLD = "dateline-1+old"
SOURCE = Source(name="example", homepage=HOME)
TOWNS = ("Ashford", "Brackwater", "Coldharbour", "Dunmere", "Eastley", "Fenwick", "Gorsehill")
SENTENCES = (
    "The council of {town} decided on Monday evening that bridge {n} over the Wend will close for repairs.",
    "Work on it is to begin in April and will take about {n} weeks, according to the building office.",
    "Until then, cyclists and walkers in {town} may still use the northern lane between six and ten.",
    "Shopkeepers on both banks fear for their trade and ask the county for a ferry in the summer months.",
    "The mayor of {town} promised that number {n} would be discussed again before the end of the year.",
)


def url_of(n: int) -> str:
    return f"{HOME}2026/story-{n}"


def page(n: int, *, edition: int = 1, ad: int = 1, mark: str = "") -> bytes:
    """Story `n`; later editions have other last sentences, `ad` changes nothing of the article."""
    town = TOWNS[n % len(TOWNS)]
    sentences = [sentence.format(town=town, n=n) for sentence in SENTENCES]
    if edition > 1:
        sentences[-1] = (
            f"Edition {edition}: the mayor of {town} said that the matter of bridge {n} is closed."
        )
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bridge {n} in {town} to close</title>'
        f'<meta property="article:published_time" content="2026-03-28T06:00:00Z"></head><body>'
        f'<nav><a href="/">Home</a></nav><article><h1>Bridge {n} in {town} to close</h1>'
        f'<p class="byline">By <a rel="author" href="/jane">Jane Doe</a></p><div class="body">{text}{mark}</div>'
        f"</article><aside>Advertisement {ad}: buy {ad} umbrellas</aside></body></html>"
    ).encode()


@dataclass
class Newsdesk:
    """An archive with its flow; `reads` counts pages that the workers were asked to read."""

    home: House
    workers: Workers
    source: Source = SOURCE
    at: datetime = NOON
    history: CatalogHistory = field(init=False)

    def __post_init__(self) -> None:
        self.history = CatalogHistory(self.home.catalog)

    @property
    def archive(self) -> Archive:
        return Archive(self.home.store, self.home.catalog)

    def crawl(self, pages: Mapping[str, bytes]) -> list[PageResult]:
        """A night: each page once. Returns what became of them, in order."""
        self.at += timedelta(days=1)
        rows: list[Row] = []
        results = []
        for position, (url, body) in enumerate(pages.items()):
            result, row = self._fetch(url, body, position)
            results.append(result)
            rows += [*result.rows, row]
        self.home.committer.commit_segments(self.home.recorder, rows)
        self.history = CatalogHistory(self.home.catalog)
        return results

    def _fetch(self, url: str, body: bytes, position: int) -> tuple[PageResult, Row]:
        one = exchange(url, body, at=self.at + timedelta(seconds=position))
        capture = self.home.record(one)
        night: date = self.at.date()
        flow = Flow(
            self.workers,
            self.history,
            Reread(self.home.store, self.home.catalog, self.workers),
            lambda derived: asyncio.wrap_future(self.home.recorder.derive(derived)),
        )
        fetched = FetchedPage((url,), self.source, one, capture, night)
        result = asyncio.run(flow.process(fetched, _no_picture))
        outcome, reason = str(result.outcome.kind), result.outcome.reason
        row = ledger_row(
            url, position, run_id=f"run-{night}", capture=capture, outcome=outcome, reason=reason
        )
        return result, row

    def age(self, urls: Iterable[str], *, events: bool = True) -> None:
        """Say that an older extractor had read all of these articles.

        It took the advertisement for text, missed who wrote them, and (with `events`) saw a byline change in
        each later version.
        """
        rows: list[Row] = []
        for url in urls:
            article = lookup.article_of(self.home.catalog, url)
            assert article is not None
            for row in versions.versions_of(self.home.catalog, article.id):
                if row.removed:
                    continue
                text = versions.text_by_sha256(self.home.catalog, row.text_sha256 or "")
                capture = lookup.capture_by_id(self.home.catalog, row.capture_id)
                assert text is not None
                assert capture is not None
                seen = f"{text}\n\nAdvertisement 1: buy 1 umbrellas"
                self.home.recorder.derive(text_of(capture, seen)).result(300)
                rows.append(replace(row, extractor=OLD, byline=(), text_sha256=text_digest(seen)))
                if events and row.number > 1:
                    rows.append(self._event(row))
        self.home.committer.commit_segments(self.home.recorder, rows)
        self.history = CatalogHistory(self.home.catalog)

    def say(self, url: str, text: str) -> None:
        """Say that an older extractor had read this text in the newest version of an article."""
        row = self.versions(url)[-1]
        capture = lookup.capture_by_id(self.home.catalog, row.capture_id)
        assert capture is not None
        self.home.recorder.derive(text_of(capture, text)).result(300)
        self.home.committer.commit_segments(
            self.home.recorder, [replace(row, extractor=OLD, text_sha256=text_digest(text))]
        )

    def link(self) -> Linked:
        return Linker(self.home.catalog, self.home.committer, self.home.clock, 30).link()

    def copies(self) -> set[frozenset[str]]:
        """The addresses of articles that are linked."""
        found = clusters.newest_clusters(self.home.catalog, since=None, source=None, limit=99)
        return {frozenset(member.article.url for member in cluster.members) for cluster in found}

    def _event(self, row: VersionRow) -> EventRow:
        known = versions.events_of(self.home.catalog, row.article_id)
        position = sum(event.number == row.number for event in known)
        return EventRow(
            article_id=row.article_id, number=row.number, position=position, kind="byline",
            before="", after="umbrellas",
        )  # fmt: skip

    def reprocess(
        self, folder: Path, *, apply: bool, configured: tuple[Source, ...] | None = None, **span: Any
    ) -> Report:
        sources = {source.name: source for source in configured or (self.source,)}
        by = Request("a person", "a test") if apply else None
        clock = SetClock(self.at + timedelta(hours=6))
        job = Job(settings_in(folder), self.archive, sources, Span(**span), clock, by)
        return reprocess(job, ReprocessProgress())

    def told(self) -> dict[str, list[tuple[int, list[str]]]]:
        """By address: each version with its kinds of events."""
        found = {}
        for row in everything(self.home.catalog)["article"]:
            events = versions.events_of(self.home.catalog, str(row[0]))
            rows = versions.versions_of(self.home.catalog, str(row[0]))
            found[rows[0].url] = [
                (each.number, [event.kind for event in events if event.number == each.number])
                for each in rows
            ]
        return found

    def versions(self, url: str) -> list[VersionRow]:
        article = lookup.article_of(self.home.catalog, url)
        assert article is not None
        return versions.versions_of(self.home.catalog, article.id)

    def text(self, row: VersionRow) -> str:
        return versions.text_by_sha256(self.home.catalog, row.text_sha256 or "") or ""

    def pictures(self, row: VersionRow) -> list[PictureRow]:
        return versions.pictures_of(self.home.catalog, row.article_id, row.number)


def settings_in(folder: Path, **crawl: Any) -> Settings:
    """The settings of an archive in a folder, with one worker process."""
    limits = {"workers": 1, "extract_timeout": 300} | crawl
    return Settings(
        store=f"file://{folder}/store", catalog=f"sqlite:///{folder}/catalog.db", spool=folder / "spool-again",
        sources=folder / "sources", crawl=limits,
    )  # fmt: skip


async def _no_picture(url: str) -> tuple[Exchange, CaptureRow] | None:  # noqa: ARG001 - there is none
    return None
