"""An archive lived in night by night: what a crawl writes of pages and pictures, without the web."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from archive.catalog import lookup, segments, versions
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.journal import JournalWriter
from archive.open_batch import Derived, OpenBatch, Rendered
from archive.opening import Archive
from archive.recorder import Recorder
from archive.rows import (
    AddressRow,
    ArticleRow,
    CaptureRow,
    DocumentRow,
    EventRow,
    ImageRow,
    LedgerRow,
    PageRow,
    PictureRow,
    ReadingRow,
    Row,
    RunRow,
    VersionRow,
)
from archive.spool import Spool
from archive.stores.local import LocalStore
from archive.stores.open import open_store
from archive.stores.store import ObjectStore
from tests.archive.material import exchange
from tests.conftest import S3Address

FIRST_NIGHT = datetime(2026, 1, 1, 2, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that is set by hand, and goes on by a millisecond at each look."""

    moment: datetime = FIRST_NIGHT

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


@dataclass(frozen=True)
class Story:
    """What a page shows; `pictures` and `further` pages by address.

    The page's bytes differ from night to night with `frame`.
    """

    url: str
    title: str
    text: str
    source: str = "ever"
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    frame: str = ""
    by: str | None = None  # an address that leads to it
    further: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def html(self) -> bytes:
        shown = "".join(f'<img src="{url}">' for url in self.pictures)
        return f"<h1>{self.title}</h1><p>{self.text}</p>{shown}<i>{self.frame}</i>".encode()


@dataclass
class Newsroom:
    """The archive and its nights."""

    store: ObjectStore
    catalog: Catalog
    spool_root: Path
    keep_days: Mapping[str, int] = field(default_factory=dict)
    clock: HandClock = field(default_factory=HandClock)
    replica: ObjectStore | None = None

    @property
    def archive(self) -> Archive:
        return Archive(self.store, self.catalog, self.replica)

    @property
    def captures(self) -> list[CaptureRow]:
        """Every capture, segment by segment."""
        return [
            row for one in segments.every(self.catalog) for row in segments.captures_in(self.catalog, one.key)
        ]

    def night(self, day: int, *stories: Story | str) -> list[str]:
        """One run: each story is fetched, or by its address is found gone; the outcomes."""
        self.clock.moment = FIRST_NIGHT + timedelta(days=day)
        with self.writing(day) as night:
            return [night.gone(story) if isinstance(story, str) else night.look(story) for story in stories]

    @contextmanager
    def writing(self, day: int) -> Iterator[Night]:
        """A run whose work is acknowledged when the block ends."""
        self.clock.moment = max(self.clock.moment, FIRST_NIGHT + timedelta(days=day))
        run = f"run-{day}"
        with Spool.create(self.spool_root, self.clock.now()) as spool:
            batch = OpenBatch(
                spool.folder,
                run_id=run,
                clock=self.clock,
                known=partial(lookup.known_payload, self.catalog),
                info={"software": "Dateline/test", "run": run},
                keep_days=self.keep_days,
            )
            recorder = Recorder(batch)
            night = Night(self, run, recorder)
            committer = _committer(self.store, self.catalog, spool.writer, self.clock)
            started = RunRow(id=run, kind="manual", sources=("ever",), started_at=self.clock.now())
            try:
                committer.commit_rows([started])
                yield night
                committer.commit_segments(recorder, night.rows)
                committer.commit_rows([replace(started, status="done", finished_at=self.clock.now())])
            finally:
                recorder.close()
            spool.remove()

    def committer(self) -> Committer:
        """A writer for rows alone."""
        return _committer(self.store, self.catalog, f"by-hand-{self.clock.now():%Y%m%dT%H%M%S%f}", self.clock)


@contextmanager
def newsroom(
    request: pytest.FixtureRequest,
    folder: Path,
    keep_days: Mapping[str, int],
    *,
    replica: ObjectStore | None = None,
) -> Iterator[Newsroom]:
    """One in a folder, or over the services, as the fixture's parameter says: `local` or `services`."""
    if request.param == "local":
        store: ObjectStore = LocalStore(folder / "store")
        catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
    else:
        where: S3Address = request.getfixturevalue("s3_address")
        store = open_store(where.address, endpoint=where.endpoint, region=where.region)
        catalog = Catalog.open(request.getfixturevalue("postgres_url"))
    with closing(catalog):
        yield Newsroom(store, catalog, folder / "spool", keep_days, replica=replica)


def _committer(store: ObjectStore, catalog: Catalog, writer: str, clock: Clock) -> Committer:
    return Committer(store, catalog, JournalWriter(store, writer, clock), clock)


@dataclass
class Night:
    """One run's work; an article is known by the address of its page."""

    room: Newsroom
    run: str
    recorder: Recorder
    rows: list[Row] = field(default_factory=list)
    images: dict[str, ImageRow] = field(default_factory=dict)

    def record(self, url: str, body: bytes, source: str, *, status: int = 200, mime: str = "text/html",
               unmodified: CaptureRow | None = None, location: str = "") -> CaptureRow:  # fmt: skip
        headers = (f"Content-Type: {mime}", *([f"Location: {location}"] if location else []))
        at = self.room.clock.now()
        made = exchange(url, body, at=at, status=status, headers=headers)
        return self.recorder.record(made, source, unmodified).result(300)

    def look(self, story: Story) -> str:
        catalog = self.room.catalog
        if story.by is not None:
            self.record(story.by, b"", story.source, status=301, location=story.url)
        capture = self.record(story.url, story.html, story.source)
        parts = [self.record(url, body, story.source).id for url, body in story.further.items()]
        dom, picture = b"<body>" + story.html, b"picture of " + story.html
        shown = Rendered(capture, dom, picture, "Chromium 1", self.room.clock.now())
        self.recorder.keep_rendered(shown).result(300)
        pictures = {url: self._picture(url, data, story.source) for url, data in story.pictures.items()}
        article = lookup.article_of(catalog, story.url)
        newest = versions.newest_version(catalog, article.id) if article else None
        digest = sha256_hex(story.text.encode())
        before = versions.pictures_of(catalog, article.id, newest.number) if article and newest else []
        same = newest is not None and not newest.removed and (newest.title, newest.text_sha256) == (
            story.title, digest) and {(p.url, p.sha256) for p in before} == set(pictures.items())  # fmt: skip
        if same and article is not None:
            return self._settle(story.url, story.source, "unchanged", capture, article.id)
        number = newest.number + 1 if newest else 1
        owner = ArticleRow(
            id=article.id if article else url_key(story.url),
            source=story.source,
            url=story.url,
            first_captured_at=article.first_captured_at if article else capture.at,
            versions=number,
        )
        made = VersionRow(
            article_id=owner.id,
            number=number,
            source=story.source,
            url=story.url,
            captured_at=capture.at,
            run_id=self.run,
            capture_id=capture.id,
            extractor="x",
            title=story.title,
            text_sha256=digest,
            standfirst=f"In short: {story.title}",
            tags=(story.title, "news"),
            notes=(f"Correction to {story.title}",),
            parts=tuple(parts),
        )
        self.rows += [owner, made]
        self.rows += [
            AddressRow(url_key=url_key(url), url=url, article_id=owner.id, since=capture.at)
            for url in ([story.by] if story.by else []) + ([] if article else [story.url, *story.further])
        ]
        self.rows += [
            PictureRow(article_id=owner.id, number=number, position=n, url=url, caption=f"At {story.title}",
                       credit=None, alt=None, sha256=sha256, embedded_caption=f"Seen at {story.title}")
            for n, (url, sha256) in enumerate(pictures.items())
        ]  # fmt: skip
        said = json.dumps({"title": story.title, "text": story.text, "pictures": list(pictures.items())})
        self.rows.append(ReadingRow(article_id=owner.id, number=number, extractor="y", state=said))
        if newest:
            event = EventRow(
                article_id=owner.id,
                number=number,
                position=0,
                kind="title",
                before=newest.title,
                after=story.title,
            )
            self.rows.append(event)
        metadata = f'{{"title": "{story.title}"}}'.encode()
        self.recorder.derive(Derived(capture, story.text, digest, metadata)).result(300)
        return self._settle(story.url, story.source, "archived", capture, owner.id)

    def gone(self, url: str) -> str:
        """The page is missing: with a second word after its address (`… for good`) it gets its tombstone."""
        url, _, how = url.partition(" ")
        article = lookup.article_of(self.room.catalog, url)
        assert article is not None
        newest = versions.newest_version(self.room.catalog, article.id)
        assert newest is not None
        capture = self.record(url, b"none", newest.source, status=404)
        if how:
            number = newest.number + 1
            tombstone = replace(
                newest, number=number, capture_id=capture.id, captured_at=capture.at, run_id=self.run,
                removed=True, text_sha256=None, extractor=None, last_seen_at=newest.captured_at,
                first_missing_at=capture.at, missing_how="http_404",
            )  # fmt: skip
            self.rows += [replace(article, versions=number, removed=True), tombstone]
            self.rows.append(
                EventRow(article_id=article.id, number=number, position=0, kind="removed", before=url,
                         after="http_404")
            )  # fmt: skip
        return self._settle(url, newest.source, "gone", capture, article.id)

    def unmodified(self, url: str, source: str) -> CaptureRow:
        """The page has not changed, says its server."""
        base = lookup.closest_capture(self.room.catalog, url, self.room.clock.now())
        assert base is not None
        return self.record(url, b"", source, status=304, unmodified=base)

    def _picture(self, url: str, data: bytes, source: str) -> str:
        digest = sha256_hex(data)
        capture = self.record(url, data, source, mime="image/png")
        known = self.images.get(digest) or versions.image_by_sha256(self.room.catalog, digest)
        if known is None:
            self.images[digest] = ImageRow(
                sha256=digest, phash="0" * 16, mime="image/png", width=9, height=9, size=len(data),
                first_url=url, first_at=capture.at, capture_id=capture.id,
            )  # fmt: skip
            self.rows.append(self.images[digest])
        return digest

    def _settle(self, url: str, source: str, outcome: str, capture: CaptureRow, article: str) -> str:
        found_in = f"https://{source}.example/rss"
        page = lookup.page_of(self.room.catalog, url)
        seen = capture.at if outcome != "gone" else (page.last_seen_at if page else None)
        self.rows += [
            LedgerRow(
                run_id=self.run, url_key=url_key(url), url=url, source=source, found_by="feed",
                found_in=found_in, position=len(self.rows), outcome=outcome, capture_id=capture.id,
                at=capture.at,
            ),
            PageRow(
                url_key=url_key(url), url=url, source=source, found_by="feed", found_in=found_in,
                found_at=page.found_at if page else capture.at, article_id=article,
                first_captured_at=page.first_captured_at if page else capture.at,
                last_fetched_at=capture.at, last_seen_at=seen, etag='"1"',
            ),
            DocumentRow(
                run_id=self.run, url_key=url_key(found_in), url=found_in, source=source, kind="feed",
                status="ok", reason=None, found=1, fresh=1, notes=(), at=capture.at,
            ),
        ]  # fmt: skip
        return outcome
