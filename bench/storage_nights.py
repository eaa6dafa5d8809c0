"""Nights of two sites, into an archive: what a crawl records of pages, and what it says of them."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from archive.catalog import lookup, versions
from archive.catalog.catalog import Catalog
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.exchange import Exchange
from archive.journal import JournalWriter
from archive.open_batch import OpenBatch
from archive.recorder import Recorder
from archive.rows import AddressRow, ArticleRow, CaptureRow, LedgerRow, PageRow, Row, RunRow, VersionRow
from archive.spool import Spool
from archive.stores.local import LocalStore
from bench.posts import Post, PostVersion, render

NIGHTS = 7
FIRST_NIGHT = datetime(2026, 3, 9, 2, tzinfo=UTC)
SITES = {"broadsheet": "broadsheet.example", "wire": "wire.example"}  # template and host


@dataclass
class HandClock:
    """A clock that is set by hand, and goes on by a millisecond at each look."""

    moment: datetime

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


@dataclass(frozen=True, slots=True)
class Look:
    """A page on a night."""

    site: str
    post: Post
    version: PostVersion
    night: int
    coded: bool = False  # its server sends it packed with gzip, as most do

    @property
    def url(self) -> str:
        return self.post.url.replace("posts.example", SITES[self.site])

    def exchange(self, at: datetime) -> Exchange:
        """The page as its server sends it: other furniture and other header lines at each look."""
        turn = self.night * 41 + int(url_key(self.url)[:4], 16)
        body = render(self.version, self.site, turn)
        coding = "Content-Encoding: gzip\r\n" if self.coded else ""
        body = gzip.compress(body, 6, mtime=0) if self.coded else body
        mark = sha256_hex(f"{self.url} {at}".encode())[:32]
        head = (
            f"HTTP/1.1 200 OK\r\nDate: {at:%a, %d %b %Y %H:%M:%S} GMT\r\nServer: nginx\r\n"
            f"Content-Type: text/html; charset=utf-8\r\n{coding}Content-Length: {len(body)}\r\n"
            f"Cache-Control: max-age=60\r\nX-Request-Id: {mark}\r\n\r\n"
        )
        path = self.url.partition(SITES[self.site])[2]
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {SITES[self.site]}\r\nAccept: text/html,*/*;q=0.5\r\n"
            "User-Agent: Dateline (+https://dateline.example/about)\r\n\r\n"
        )
        return Exchange(self.url, at, request.encode(), head.encode(), 200, body)


def fetch_night(
    store: LocalStore, catalog: Catalog, spool_root: Path, night: int, looks: Sequence[Look]
) -> None:
    """One run: each page is recorded and gets its outcome by what readers see of it."""
    clock = HandClock(FIRST_NIGHT + timedelta(days=night))
    run = RunRow(id=f"run-{night}", kind="scheduled", sources=tuple(SITES), started_at=clock.now())
    with Spool.create(spool_root, clock.now()) as spool:
        known = partial(lookup.known_payload, catalog)
        info = {"software": "Dateline/bench", "run": run.id}
        recorder = Recorder(OpenBatch(spool.folder, run_id=run.id, clock=clock, known=known, info=info))
        committer = Committer(store, catalog, JournalWriter(store, spool.writer, clock), clock)
        try:
            committer.commit_rows([run])
            rows: list[Row] = []
            for position, look in enumerate(looks):
                exchange = look.exchange(clock.now())
                capture = recorder.record(exchange, look.site, None).result(300)
                rows += _rows(catalog, look, capture, position)
            committer.commit_segments(recorder, rows)
            committer.commit_rows([replace(run, status="done", finished_at=clock.now())])
        finally:
            recorder.close()
        spool.remove()


def _rows(catalog: Catalog, look: Look, capture: CaptureRow, position: int) -> list[Row]:
    key = url_key(look.url)
    said = sha256_hex("\n".join((look.version.title, *look.version.authors, look.version.text)).encode())
    newest = versions.newest_version(catalog, key)
    changed = newest is None or newest.description != said
    page = lookup.page_of(catalog, look.url)
    ledger = LedgerRow(
        run_id=capture.run_id, url_key=key, url=look.url, source=look.site, found_by="feed",
        found_in=f"https://{SITES[look.site]}/feed", position=position,
        outcome="archived" if changed else "unchanged", capture_id=capture.id, at=capture.at,
    )  # fmt: skip
    seen = PageRow(
        url_key=key, url=look.url, source=look.site, found_by="feed", found_in=ledger.found_in,
        found_at=page.found_at if page else capture.at, article_id=key,
        first_captured_at=page.first_captured_at if page else capture.at,
        last_fetched_at=capture.at, last_seen_at=capture.at,
    )  # fmt: skip
    if not changed:
        return [ledger, seen]
    number = newest.number + 1 if newest else 1
    first = page.first_captured_at if page and page.first_captured_at else capture.at
    return [
        ledger,
        seen,
        ArticleRow(id=key, source=look.site, url=look.url, first_captured_at=first, versions=number),
        AddressRow(url_key=key, url=look.url, article_id=key, since=first),
        VersionRow(
            article_id=key, number=number, source=look.site, url=look.url, captured_at=capture.at,
            run_id=capture.run_id, capture_id=capture.id, extractor="bench", title=look.version.title,
            description=said,
        ),
    ]  # fmt: skip
