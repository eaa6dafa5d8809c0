"""An archive of as many captures as a test asks for, with everything that a crawl says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex, url_key
from archive.rows import (
    AddressRow,
    ArticleRow,
    CaptureRow,
    EventRow,
    PageRow,
    RemovedRow,
    Row,
    RunRow,
    VersionRow,
)
from tests.archive.material import NOON, House, exchange, ledger_row, text_of

PAGES = 400  # addresses; what is fetched after these is the next night
COMMIT = 100  # captures


def fill_many(home: House, count: int) -> None:
    """Nights of the same pages: a third of them changed, the others the same bytes as before."""
    for start in range(0, count, COMMIT):
        night = start // PAGES
        at = NOON + timedelta(days=night)
        home.clock.moment = max(home.clock.moment, at)
        numbers = range(start, min(start + COMMIT, count))
        urls = [f"https://news.example/{n % PAGES}" for n in numbers]
        home.committer.commit_rows([
            RunRow(id=f"run-{night}", kind="scheduled", sources=("example",), started_at=at),
            *(ledger_row(url, n, run_id=f"run-{night}") for n, url in zip(numbers, urls, strict=True)),
        ])  # fmt: skip
        waiting = []
        for n, url in zip(numbers, urls, strict=True):
            body = b"<p>page %d, %d</p>" % (n % PAGES, night if n % 3 == 0 else 0) * 4
            waiting.append(home.recorder.record(exchange(url, body, at=at), "example", None))
        captures = [each.result(300) for each in waiting]
        rows = [row for capture in captures for row in _rows(home, capture, night)]
        home.committer.commit_segments(home.recorder, rows)


def _rows(home: House, capture: CaptureRow, night: int) -> list[Row]:
    article = url_key(f"article {capture.url}")
    text = f"What {capture.url} says on night {night if capture.kind == 'response' else 0}."
    home.recorder.derive(text_of(capture, text)).result(300)
    common = {"source": "example", "url": capture.url}
    page = PageRow(
        url_key=capture.url_key, found_by="feed", found_in="https://news.example/rss", found_at=NOON,
        article_id=article, first_captured_at=NOON, last_fetched_at=capture.at, misses=night, **common,
    )  # fmt: skip
    version = VersionRow(
        article_id=article, number=night + 1, captured_at=capture.at, run_id=capture.run_id,
        capture_id=capture.id, extractor="x", title=f"Title {night}", byline=("A. Author",),
        text_sha256=sha256_hex(text.encode()), **common,
    )  # fmt: skip
    event = EventRow(
        article_id=article, number=night + 1, position=0, kind="title", before="Title", after=version.title
    )
    gone = RemovedRow(of="event", key=(article, str(night), "0"))  # as an expiry takes the one before
    return [
        ledger_row(capture.url, 0, capture=capture, run_id=f"run-{night}"),
        page,
        ArticleRow(id=article, first_captured_at=NOON, versions=night + 1, **common),
        AddressRow(url_key=capture.url_key, url=capture.url, article_id=article, since=NOON),
        version,
        event,
        *([gone] if night % 2 else []),
    ]


def empty_catalog(folder: Path) -> Catalog:
    """A new SQLite catalog in a new folder."""
    folder.mkdir()
    return Catalog.open(f"sqlite:///{folder}/catalog.db")


def at_once(jobs: list[Callable[[], None]]) -> list[BaseException]:
    """Run all jobs in threads of their own; what they raised."""
    import threading  # noqa: PLC0415 - here alone

    errors: list[BaseException] = []
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        start.wait(300)
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - shown by whoever asked
            errors.append(error)

    threads = [threading.Thread(target=partial(run, job)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
