"""The crawl's own loop, driven by hand: nothing discovered is lost, and no error is swallowed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from scrapy import Request

from archive.catalog import runs
from archive.commit import Committer
from archive.digest import url_key
from archive.journal import JournalWriter
from archive.known_payloads import KnownPayloads
from archive.opening import Archive
from archive.rows import PageRow, RunRow
from config.settings import Settings
from config.source import Source
from crawler.acknowledge import Acknowledger
from crawler.crawl import Crawl
from crawler.limits import Limits
from crawler.plan import RunPlan
from crawler.progress import Progress
from crawler.services import Services
from pipelines.foreseen import Foreseen
from pipelines.workers import Workers
from tests.archive.material import NOON, SetClock, exchange
from tests.end_to_end.small_site import feed, small_house

FEEDS = tuple(f"https://news.example/feed-{letter}" for letter in "ab")
RUN = RunRow(id="run-1", kind="manual", sources=("news",), started_at=NOON, night="2026-03-29")
SOURCE = Source.model_validate(
    {"name": "news", "homepage": "https://news.example/", "discover": {"feeds": list(FEEDS), "front": False}}
)


@dataclass
class Stage:
    """A crawl of one source with two feeds, without a network: flow and recorder are not reached."""

    archive: Archive
    settings: Settings
    workers: Workers
    clock: SetClock = field(default_factory=SetClock)

    def crawl(self) -> tuple[Crawl, Acknowledger]:
        journal = JournalWriter(self.archive.store, "w1", self.clock)
        committer = Committer(self.archive.store, self.archive.catalog, journal, self.clock)
        committer.commit_rows([RUN, *(known(name, number) for name in "ab" for number in range(2))])
        acknowledger = Acknowledger(committer, None, self.settings.crawl, lambda _: None)  # type: ignore[arg-type]
        limits = Limits(self.archive.catalog, RUN, {"news": SOURCE}, self.settings, self.clock)
        services = Services(
            self.settings,
            self.archive,
            self.clock,
            self.workers,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            acknowledger,  # type: ignore[arg-type]
            Progress(),
            limits,
            KnownPayloads(self.archive.catalog),
            Foreseen(self.archive.catalog),
        )
        return Crawl(RunPlan(RUN, {"news": SOURCE}), services), acknowledger


def url(letter: str, number: int) -> str:
    return f"https://news.example/{letter}/{number}"


def known(letter: str, number: int) -> PageRow:
    """A page that was looked at an hour ago."""
    at = NOON - timedelta(hours=1)
    row = PageRow(
        url_key=url_key(url(letter, number)), url=url(letter, number), source="news", found_by="feed",
        found_in="f", found_at=at,
    )  # fmt: skip
    return replace(row, first_captured_at=at, last_fetched_at=at)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    house = small_house(tmp_path / "house", {}, hosts=[])
    archive = house.open()
    with Workers(1, 2 << 30, 300) as workers:
        yield Stage(archive, house.settings, workers)
    archive.close()


async def came(crawl: Crawl, request: Request, letter: str) -> None:
    """A feed was fetched that names two pages."""
    await named(crawl, request, [url(letter, number) for number in range(2)])


async def named(crawl: Crawl, request: Request, urls: Sequence[str]) -> None:
    """A feed was fetched that names these pages."""
    body = feed(iter(urls))[2]
    assert isinstance(body, bytes)
    answer = exchange(request.url, body, headers=("Content-Type: application/rss+xml",))
    await crawl.read_document({**request.meta, "exchange": answer})


async def rest(requests: AsyncIterator[Request]) -> list[Request]:
    return [request async for request in requests]


def test_what_a_document_names_while_others_are_committed_is_not_lost(stage: Stage) -> None:
    """The second feed is read while the first one's pages, none of them due, are being acknowledged."""

    async def scene() -> None:
        crawl, acknowledger = stage.crawl()
        requests = crawl.requests()
        first, second = [await anext(requests), await anext(requests)]
        ending = asyncio.create_task(rest(requests))
        async with asyncio.timeout(300):
            async with acknowledger._lock:
                await came(crawl, first, "a")
                await asyncio.sleep(0)  # the loop takes them and waits for the lock
                await came(crawl, second, "b")
            assert await ending == []
            assert await crawl.finish()
        assert crawl.fatal is None

    asyncio.run(scene())
    ledger = runs.ledger_of(stage.archive.catalog, RUN.id)
    assert {row.url for row in ledger} == {url(letter, number) for letter in "ab" for number in range(2)}
    assert {(row.outcome, row.reason) for row in ledger} == {("skipped", "not_due")}


def test_what_a_long_document_names_does_not_wait_for_its_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the ledger before the crawl's loop goes on, and is asked for when it does."""
    monkeypatch.setattr("crawler.documents._ENTERED_AT_ONCE", 2)
    monkeypatch.setattr("crawler.intake.MOST_WAITING", 4)
    urls = [url("new", number) for number in range(9)]

    async def scene() -> None:
        crawl, _ = stage.crawl()
        requests = crawl.requests()
        first, second = [await anext(requests), await anext(requests)]
        await named(crawl, first, [*urls, url("a", 0)])
        ledger = runs.ledger_of(stage.archive.catalog, RUN.id)
        assert [(row.position, row.url) for row in ledger] == list(enumerate(urls[:8]))
        async with asyncio.timeout(300):
            asked = [(await anext(requests)).url for _ in range(4)]  # as many as one source may have
            assert asked == urls[:4]
            await named(crawl, second, urls)
            crawl.stop()
            assert not await rest(requests)
            assert not await crawl.finish()
        assert crawl.fatal is None

    asyncio.run(scene())
    ledger = runs.ledger_of(stage.archive.catalog, RUN.id)
    assert [row.url for row in ledger] == [*urls, url("a", 0)]


def test_an_error_that_scrapy_would_only_log_ends_the_run(stage: Stage, tmp_path: Path) -> None:
    """The store is gone when the first discoveries are to be acknowledged."""

    async def scene() -> Crawl:
        crawl, _ = stage.crawl()
        requests = crawl.requests()
        first, second = [await anext(requests), await anext(requests)]
        shutil.rmtree(tmp_path / "house" / "store")
        (tmp_path / "house" / "store").write_text("a file in the store's place")
        await came(crawl, first, "a")
        await came(crawl, second, "b")
        async with asyncio.timeout(300):
            assert await rest(requests) == []
        return crawl

    crawl = asyncio.run(scene())
    assert getattr(crawl.fatal, "exit_status", None) == 3
    assert runs.ledger_of(stage.archive.catalog, RUN.id) == []
