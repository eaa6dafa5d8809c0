"""An archive of any size, made by the real recorder and committer, with rows in every table."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from archive.catalog import lookup
from archive.digest import sha256_hex, url_key
from archive.erasure.erasures import redact
from archive.journal_lines import line_digest, row_line
from archive.memory_objects import put_memory
from archive.open_batch import OpenBatch, Rendered
from archive.opening import check_format
from archive.rows import (
    AddressRow,
    AlarmRow,
    ArticleRow,
    AuditRow,
    CaptureRow,
    ClusterMemberRow,
    DocumentRow,
    DroppedRow,
    ErasureRow,
    EventRow,
    FeedRow,
    FigureRow,
    FindRow,
    FlapRow,
    FrontRow,
    HostRow,
    ImageRow,
    LearningRow,
    MemoryRow,
    NoticeRow,
    PageRow,
    PauseRow,
    PhaseRow,
    PictureLinkRow,
    PictureRow,
    PurgedRow,
    RateRow,
    ReadingRow,
    RecompareRow,
    RemovedRow,
    Row,
    RunRequestRow,
    RunRow,
    SavedSearchRow,
    SlotRow,
    TakedownRow,
    VersionRow,
)
from tests.archive.material import INFO, NOON, RUN, House, exchange, house, ledger_row, text_of

WORDS = (
    "harbour",
    "council",
    "storm",
    "budget",
    "mayor",
    "rail",
    "bridge",
    "vote",
    "school",
    "river",
    "price",
    "strike",
    "court",
    "night",
    "film",
)
MEMORIES = 24
EXAMPLE, SHORT = "example", "short"  # sources; what the second one brings is kept 90 days


class NewsHouse(House):
    """A house with two retention classes."""

    def batch(self, folder: Path) -> OpenBatch:
        known = partial(lookup.known_payload, self.catalog)
        return OpenBatch(folder, run_id=RUN, clock=self.clock, known=known, info=INFO, keep_days={SHORT: 90})


def news_house(folder: Path) -> NewsHouse:
    """An empty one."""
    empty = house(folder)
    empty.die()
    empty.spool.remove()
    check_format(empty.store)
    return NewsHouse(empty.store, empty.catalog, empty.spool_root)


@dataclass
class Press:
    """Fills a house: each tenth exchange is a revisit, a 304, a picture, a missing page or a redirect."""

    home: House
    chance: random.Random = field(default_factory=lambda: random.Random(20260321))
    pages: list[tuple[CaptureRow, bytes]] = field(default_factory=list)
    recorded: int = 0

    def publish(self, captures: int, *, at_once: int) -> None:
        """Record so many exchanges, `at_once` a commit."""
        self.home.committer.commit_rows([*_beginnings(), *_lessons(), *self._memories()])
        while self.recorded < captures:
            rows = list(self._night(min(at_once, captures - self.recorded)))
            self.home.committer.commit_segments(self.home.recorder, rows)
        self._purge_a_row()

    def _night(self, count: int) -> Iterator[Row]:
        futures: list[tuple[Future[CaptureRow], bytes, str]] = []
        for _ in range(count):
            number, source = self.recorded, SHORT if self.recorded % 7 == 3 else EXAMPLE
            self.recorded += 1
            kind, body = self._exchange(number)
            old = self.chance.choice(self.pages) if self.pages else None
            url = f"https://{source}.example/{kind}/{number}"
            at = NOON + timedelta(seconds=number)
            unmodified = None
            match kind:
                case "again" if old:
                    body = old[1]
                    one = exchange(url, body, at=at)
                case "unmodified" if old and old[0].source == source:
                    unmodified = lookup.capture_by_id(self.home.catalog, old[0].id)
                    one = exchange(old[0].url, b"", at=at, status=304, reason=" Not Modified")
                case "missing":
                    one = exchange(url, b"<p>nothing here</p>", at=at, status=404, reason=" Not Found")
                case "moved":
                    one = exchange(url, b"", at=at, status=301, reason=" Moved Permanently")
                case "picture":
                    one = exchange(url, body, at=at, headers=("Content-Type: image/png",))
                case _:
                    one = exchange(url, body, at=at)
            futures.append((self.home.recorder.record(one, source, unmodified), body, kind))
        for future, body, kind in futures:
            capture = future.result(300)
            yield ledger_row(capture.url, self.recorded, capture=capture, run_id=f"run-{capture.id[:6]}")
            if kind == "page":
                self.pages.append((capture, body))
                yield from self._article(capture, body)
            elif kind == "picture":
                yield _image(capture)
                yield PictureLinkRow(
                    sha256=capture.payload_sha256, first=capture.payload_sha256, at=capture.at
                )

    def _exchange(self, number: int) -> tuple[str, bytes]:
        kinds = ("page",) * 5 + ("again", "unmodified", "picture", "missing", "moved")
        kind = kinds[number % 10] if number > 9 else "page"
        words = " ".join(self.chance.choices(WORDS, k=120))
        body = self.chance.randbytes(900) if kind == "picture" else f"<p>{words} {number}</p>".encode()
        return kind, body

    def _article(self, capture: CaptureRow, body: bytes) -> Iterator[Row]:
        text = body.decode()[3:-4]
        self.home.recorder.derive(text_of(capture, text, b'{"title": "A title"}')).result(300)
        shown = Rendered(capture, b"<body>" + body, b"picture of " + body[:40], "Chromium 1", capture.at)
        self.home.recorder.keep_rendered(shown).result(300)
        article, title = capture.url_key, text[:30].title()
        yield PageRow(
            url_key=capture.url_key,
            url=capture.url,
            source=capture.source,
            found_by="feed",
            found_in="https://news.example/rss",
            found_at=capture.at,
            article_id=article,
            last_fetched_at=capture.at,
            etag='"e"',
        )
        yield ArticleRow(
            id=article, source=capture.source, url=capture.url, first_captured_at=capture.at, versions=1
        )
        yield AddressRow(url_key=capture.url_key, url=capture.url, article_id=article, since=capture.at)
        yield VersionRow(
            article_id=article,
            number=1,
            source=capture.source,
            url=capture.url,
            captured_at=capture.at,
            run_id=capture.run_id,
            capture_id=capture.id,
            extractor="test/1",
            title=title,
            byline=("A. Writer",),
            text_sha256=sha256_hex(text.encode()),
        )
        yield EventRow(article_id=article, number=1, position=0, kind="title", before=None, after=title)
        yield PictureRow(
            article_id=article, number=1, position=0, url="https://x.example/p", caption="A bridge",
            credit=None, alt=None, sha256=None,
        )  # fmt: skip
        yield from _learned(article, capture, title)

    def _memories(self) -> Iterator[Row]:
        """What was learned of a site, epoch after epoch: objects, and the rows that name them."""
        for number in range(1, MEMORIES + 1):
            data = self.chance.randbytes(900)
            digest = put_memory(self.home.store, EXAMPLE, data)
            yield MemoryRow(
                source=EXAMPLE, number=number, sha256=digest, size=len(data), learned_at=NOON, pages=12,
                reason="first" if number == 1 else "drift",
            )  # fmt: skip

    def _purge_a_row(self) -> None:
        """A row that was acknowledged, taken out, and purged from the journal."""
        row = ledger_row("https://example.example/to-be-purged", 1, run_id="run-purged")
        self.home.committer.commit_rows([row])
        entry = max(info.key for info in self.home.store.list("journal/"))
        digest, at = line_digest(row_line(row)), self.home.clock.now()
        self.home.committer.commit_rows(
            [
                RemovedRow(of="ledger", key=("run-purged", row.url_key)),
                PurgedRow(digest=digest, entry=entry, at=at),
                ErasureRow(key=entry, why="purged", at=at, done_at=at),
            ]
        )
        assert redact(self.home.store, entry, frozenset({digest}))


def _beginnings() -> Iterator[Row]:
    yield RunRow(id=RUN, kind="scheduled", sources=(EXAMPLE, SHORT), started_at=NOON, night="2026-03-29")
    yield SlotRow(
        source=EXAMPLE, slot="2026-03-29T02:00 UTC", due_at=NOON, night="2026-03-29", status="run", run_id=RUN
    )
    url = "https://news.example/rss"
    yield DocumentRow(
        run_id=RUN, url_key=url_key(url), url=url, source=EXAMPLE, kind="feed", status="ok", reason=None,
        found=10, fresh=9, notes=("cut",), at=NOON,
    )  # fmt: skip
    gone = "https://example.example/gone"
    yield TakedownRow(url_key=url_key(gone), url=gone, subject=gone, reason="asked for", at=NOON)
    yield AuditRow(
        id="1" * 32,
        at=NOON,
        action="takedown",
        subject=gone,
        reason="asked for",
        actor="desk",
        details=("a",),
    )
    yield PauseRow(source=EXAMPLE, since=NOON, until=None, actor="desk", reason="a move", lifted_at=NOON)
    yield RunRequestRow(id="2" * 32, sources=(EXAMPLE,), asked_at=NOON, actor="desk", run_id=RUN)
    yield ErasureRow(key="captures/2026/03/28/" + "0" * 64 + ".warc.gz", why="expired", at=NOON, done_at=NOON)


def _lessons() -> Iterator[Row]:
    """What looks have taught."""
    url = "https://news.example/rss"
    yield RateRow(source=EXAMPLE, stage=1, age_class="3h", looks=4, changes=0.75, hours=12.5)
    yield FigureRow(
        source=EXAMPLE, run_id=RUN, night="2026-03-28", at=NOON, whole=True, articles=9, edited=1, removed=1,
        archived=9, unchanged=0, not_modified=0, skipped=0, failed=1, quarantined=0, gone=0, documents=1,
        documents_failed=0, titled=9, dated=9, pictured=3, characters=900, newest_at=NOON,
        failures=("dns=1",),
    )  # fmt: skip
    alarm = AlarmRow(
        id="3" * 32, subject=EXAMPLE, kind="silent", severity="warning", message="nothing", raised_at=NOON
    )
    yield alarm
    yield NoticeRow(alarm_id=alarm.id, what="raised", to="${MAIL}", at=NOON)
    yield SavedSearchRow(name="bridges", asked="bridge", since=NOON, checked_at=NOON)
    yield LearningRow(
        source=EXAMPLE, tries=2, tried_at=NOON, not_before=NOON, pages=12, reason="drift", result="same"
    )
    yield PhaseRow(run_id=RUN, name="fetch", count=3, total=90, median=20, p95=50, longest=50)
    yield HostRow(host="example.example", asked=9, honoured=7)
    yield FeedRow(
        source=EXAMPLE, url_key=url_key(url), url=url, interval_minutes=30, polled_at=NOON, run_id=RUN,
        entries=10, seen=1,
    )  # fmt: skip


def _learned(article: str, capture: CaptureRow, title: str) -> Iterator[Row]:
    """What follows from an article: its cluster, a later reading of it, its noise, where it is linked."""
    yield ClusterMemberRow(article_id=article, number=1, cluster=article, at=capture.at)
    yield ReadingRow(article_id=article, number=1, extractor="test/2", state="{}")
    yield DroppedRow(
        id=sha256_hex(article.encode())[:32], url_key=capture.url_key, url=capture.url,
        at=capture.at + timedelta(hours=1), source=capture.source, run_id=RUN, kind="response", status=200,
        mime="text/html", payload_sha256=capture.payload_sha256, payload_sha1=capture.payload_sha1,
        payload_size=capture.payload_size, dropped_at=capture.at + timedelta(days=9), instead=capture.id,
    )  # fmt: skip
    yield RecompareRow(article_id=article, mark=sha256_hex(title.encode()))
    yield FindRow(search="bridges", article_id=article, number=1, at=capture.at, alarm_id="3" * 32)
    yield FlapRow(
        source=capture.source, key=sha256_hex(title.encode())[:32], article_id=article, changes=2,
        first_at=capture.at, last_at=capture.at,
    )  # fmt: skip
    yield FrontRow(
        capture_id=capture.id, position=0, source=capture.source, url=capture.url, url_key=capture.url_key,
        at=capture.at, title=title, link=capture.url, link_key=article,
    )  # fmt: skip


def _image(capture: CaptureRow) -> ImageRow:
    return ImageRow(
        sha256=capture.payload_sha256,
        phash="0" * 16,
        mime="image/png",
        width=30,
        height=20,
        size=capture.payload_size,
        first_url=capture.url,
        first_at=capture.at,
        capture_id=capture.id,
    )
