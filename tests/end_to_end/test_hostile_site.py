"""A site that answers with everything but a page: each address has its outcome, others are archived."""

from __future__ import annotations

import gzip
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Event, Lock

import psutil
import pytest

from archive.catalog import frontier, lookup, runs, versions
from archive.opening import Archive
from archive.rows import DocumentRow, LedgerRow, RunRow
from tests.end_to_end.house import House
from tests.end_to_end.made_pictures import png, png_of_size
from tests.end_to_end.small_site import (
    HTML,
    Answer,
    Page,
    SmallSite,
    Visit,
    crawl_words,
    feed,
    page,
    redirect,
    small_house,
    story,
)

NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)
FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
MAX_PAGE = 400_000  # bytes, in the settings of the hostile house
FOR_EVER = 2000  # pieces; the crawler has long hung up by then


def slowly(pieces: Iterator[bytes]) -> Iterator[bytes]:
    pause = Event()
    for piece in pieces:
        yield piece
        pause.wait(0.2)


def drip(_visit: Visit) -> Page:
    return 200, HTML, slowly(iter([b"<html><body><p>wait"] + [b"."] * FOR_EVER))


def never(_visit: Visit) -> Page:
    Event().wait(20)  # longer than `network.timeout` and its one retry
    raise ConnectionError("no answer")


def half(_visit: Visit) -> Page:
    return 200, {**HTML, "Content-Length": "90000"}, iter([story("Half").encode()])


def bomb(layers: int = 1) -> Page:
    """300 MB of zeros in 300 kB, or in less if packed again."""
    packer = zlib.compressobj(9, wbits=31)
    data = b"".join([*(packer.compress(b"\0" * (1 << 20)) for _ in range(300)), packer.flush()])
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return 200, {**HTML, "Content-Encoding": ", ".join(["gzip"] * layers)}, data


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><script>alert(1)</script></svg>'
GOOD_PICTURE, MIME = png(), {"Content-Type": "image/png"}

PICTURES: dict[str, Answer] = {
    "/pictures/html.jpg": page("<html><body>no picture</body></html>"),
    "/pictures/missing.jpg": (404, HTML, b"none"),
    "/pictures/vast.png": (200, MIME, png_of_size(30_000, 30_000)),
    "/pictures/drawing.svg": (200, {"Content-Type": "image/svg+xml"}, SVG),
    "/pictures/empty.png": (200, MIME, b""),
    "/pictures/half.png": (200, MIME, GOOD_PICTURE[: len(GOOD_PICTURE) // 2]),
    "/pictures/in-circles.png": redirect("/pictures/in-circles.png"),
    "/pictures/good.png": (200, MIME, GOOD_PICTURE),
}
NO_ADDRESSES = (
    "http://pictures.test:port/1.png",
    "http://pictures.test:99999/2.png",
    "http://[::1/3.png",
    "http://pictures.test:25/4.png",
    "ftp://pictures.test/5.png",
    "http://169.254.169.254.nowhere.invalid/6.png",
    "http://pictures.test/" + "7" * 3000 + ".png",
    "http://a b/8.png",
)

# path -> (answer, outcome)
PAGES: dict[str, tuple[Answer, str]] = {
    "/news/half": (half, "quarantined(truncated)"),
    "/news/empty": (page(b""), "quarantined(empty)"),
    "/news/blanks": (page(b" \r\n\t \0"), "quarantined(empty)"),
    "/news/pdf": ((200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"), "skipped(not_html)"),
    "/news/unnamed": ((200, {}, b"\x89PNG\r\n\x1a\n" + bytes(500)), "skipped(not_html)"),
    "/news/huge": (page(story("Huge") + "x" * MAX_PAGE), "quarantined(truncated)"),
    "/news/bomb": (bomb(), "quarantined(too_large)"),
    "/news/bomb-in-bombs": (bomb(3), "quarantined(bad_content_encoding)"),
    "/news/no-gzip": (page(story("Plain"), Content_Encoding="gzip"), "archived"),
    "/news/drip": (drip, "quarantined(truncated)"),
    "/news/never": (never, "failed(timeout)"),
    "/news/hangs-up": (lambda _: _raise(), "failed(disconnect)"),
    "/news/headers": (
        page(story("Head"), **{f"X-{n}": "y" * 1000 for n in range(300)}),
        "failed(headers_too_large)",
    ),
    "/news/nested": (page("<html><body>" + "<div>" * 10_000 + story("Deep") + "</body></html>"), "archived"),
    "/news/attributes": (
        page("<html><body><p " + " ".join(f"a{n}=''" for n in range(40_000)) + ">"),
        "quarantined(no_text)",
    ),
    "/news/nuls": (page(story("Nul").replace("quay", "qu\0ay")), "archived"),
    "/news/teapot": ((418, HTML, b"short and stout"), "failed(http_418)"),
    "/news/nothing": ((204, HTML, b""), "failed(http_204)"),
    "/news/no-location": ((302, HTML, b"where?"), "failed(http_302)"),
    "/news/choices": ((300, HTML, b"which?"), "failed(http_300)"),
    "/news/surprise": ((304, {}, b""), "failed(http_304)"),
    "/news/forbidden": ((403, HTML, b"no"), "failed(http_403)"),
    "/news/gone": ((410, HTML, b"gone"), "gone(http_410)"),
    "/news/pictures": (page(b""), "archived"),  # filled in below
    "/news/good": (page(story("Good")), "archived"),
}


def _raise() -> Page:
    raise ConnectionError("no answer")


@dataclass
class Night:
    site: SmallSite
    house: House
    run: RunRow
    ledger: dict[str, LedgerRow]
    documents: list[DocumentRow]

    def outcome(self, url: str) -> str:
        row = self.ledger[url]
        return f"{row.outcome}({row.reason})" if row.reason else str(row.outcome)


def crawl(site: SmallSite, house: House, moment: datetime = NIGHT) -> Night:
    house.run(*crawl_words(moment))
    archive = house.open()
    run = runs.newest_runs(archive.catalog)[0]
    ledger = {row.url: row for row in runs.ledger_of(archive.catalog, run.id)}
    documents = frontier.read_documents(archive.catalog, run.id)
    archive.close()
    return Night(site, house, run, ledger, documents)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with SmallSite() as site:
        pictures = [*(site.url("hostile.test", path) for path in PICTURES), *NO_ADDRESSES]
        site.add("hostile.test", {path: answer for path, (answer, _) in PAGES.items()})
        site.add("hostile.test", PICTURES)
        site.add("hostile.test", {
            "/news/pictures": page(story("Port", images=pictures)),
            "/feed": feed(site.url("hostile.test", path) for path in PAGES),
        })  # fmt: skip
        fine = {f"/news/{n}": page(story(f"Fine{n}")) for n in range(5)}
        site.add("fine.test", {**fine, "/feed": feed(site.url("fine.test", path) for path in fine)})
        broken = {
            "feed-bomb": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]><rss><channel><title>&j;</title></channel></rss>",
            "feed-empty": b"",
            "feed-noise": bytes(range(256)) * 40,
        }
        for name, body in broken.items():
            site.add(f"{name}.test", {"/feed": (200, {"Content-Type": "text/xml"}, body)})
        hosts = ["hostile.test", "fine.test", *(f"{name}.test" for name in broken)]
        sources = {host.removesuffix(".test"): host for host in hosts} | {"dead": "dead.invalid"}
        house = small_house(
            tmp_path_factory.mktemp("hostile") / "house",
            {name: site.source(name, host) for name, host in sources.items()},
            hosts=hosts,
            network=f"timeout: 8s, connect_timeout: 8s, retries: 1, max_page_bytes: {MAX_PAGE}",
        )
        yield crawl(site, house)


@pytest.fixture
def archive(night: Night) -> Iterator[Archive]:
    opened = night.house.open()
    yield opened
    opened.close()


def test_the_run_is_done(night: Night) -> None:
    assert night.run.status == "done"
    assert all(row.outcome for row in night.ledger.values())


@pytest.mark.parametrize("path", PAGES)
def test_each_page_has_its_outcome(night: Night, path: str) -> None:
    assert night.outcome(night.site.url("hostile.test", path)) == PAGES[path][1]


def test_what_came_is_kept_as_it_came(night: Night, archive: Archive) -> None:
    kept = {row.url: row.truncated for row in lookup_captures(archive, night) if row.truncated}
    reasons = {"half": "disconnect", "huge": "length", "drip": "time"}
    assert kept == {night.site.url("hostile.test", f"/news/{name}"): why for name, why in reasons.items()}


def lookup_captures(archive: Archive, night: Night) -> list[lookup.CaptureRow]:
    return [capture for url in night.ledger for capture in lookup.captures_of(archive.catalog, url)]


def test_the_neighbours_are_archived(night: Night) -> None:
    fine = [row for url, row in night.ledger.items() if "//fine.test" in url]
    assert [row.outcome for row in fine] == ["archived"] * 5


def test_one_picture_of_many_is_one(night: Night, archive: Archive) -> None:
    article = lookup.article_of(archive.catalog, night.site.url("hostile.test", "/news/pictures"))
    assert article is not None
    pictures = versions.pictures_of(archive.catalog, article.id, 1)
    having = [picture.url for picture in pictures if picture.sha256]
    assert having == [night.site.url("hostile.test", "/pictures/good.png")]


def test_documents_that_are_none_are_noted(night: Night) -> None:
    noted = {row.source: (row.status, row.reason, row.found) for row in night.documents}
    assert noted["fine"] == ("ok", None, 5)
    assert noted["dead"] == ("failed", "dns", 0)
    assert {noted[name][2] for name in ("feed-bomb", "feed-empty", "feed-noise")} == {0}


def test_the_archive_is_whole(night: Night) -> None:
    assert night.house.problems() == []


# ── workers ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_killed_worker_costs_at_most_its_page(tmp_path: Path) -> None:
    """Twice the worker is killed while it reads a page that takes long; the next night makes good.

    The long page is sent once the story before it has been read, as its picture on another host tells, so
    that it is what the worker is busy with.
    """
    started: Queue[psutil.Process] = Queue(1)
    asked = [Event(), Event()]

    def long(number: int) -> Answer:
        def answer(_visit: Visit) -> Page:
            asked[number].wait()
            return page(long_story(number))

        return answer

    def killing(number: int) -> Answer:
        def answer(_visit: Visit) -> Page:
            crawl = started.get()
            (worker,) = workers(crawl)
            before = worker.cpu_times().user
            asked[number].set()
            while worker.cpu_times().user - before < 0.1:
                Event().wait(0.01)
            worker.kill()
            started.put(crawl)
            return 404, HTML, b"none"

        return answer

    order = [f"/news/{path}" for n in range(2) for path in (n, f"long-{n}")]
    with SmallSite() as site:
        shown = {n: story(f"Fine{n}", images=[site.url("pictures.test", f"/{n}.png")]) for n in range(2)}
        fine = {f"/news/{n}": page(text) for n, text in shown.items()}
        site.add("site.test", {**fine, **{f"/news/long-{n}": long(n) for n in range(2)}})
        site.add("pictures.test", {f"/{n}.png": killing(n) for n in range(2)})
        site.add("site.test", {"/feed": feed(site.url("site.test", path) for path in order)})
        house = small_house(
            tmp_path / "house",
            {"site": site.source("site", "site.test", "judge: {probe: false}\n")},
            hosts=["site.test", "pictures.test"],
        )
        process = house.start(*crawl_words(NIGHT))
        started.put(psutil.Process(process.pid))
        printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, printed
        site.add("pictures.test", {f"/{n}.png": (404, HTML, b"none") for n in range(2)})
        night = crawl(site, house, NIGHT + timedelta(days=1))
        archive = house.open()
        [_, first] = runs.newest_runs(archive.catalog)
        ended = {row.url: f"{row.outcome}({row.reason})" for row in runs.ledger_of(archive.catalog, first.id)}
        archive.close()
        crashed = [url for url, outcome in ended.items() if outcome == "failed(extract_crashed)"]
        assert first.status == night.run.status == "done"
        # A page that was to give a lesson too is read once more without, so a kill need not cost even that.
        assert set(crashed) <= {site.url("site.test", f"/news/long-{n}") for n in range(2)}
        assert all(event.is_set() for event in asked)
        assert {ended[url] for url in ended.keys() - set(crashed)} == {"archived(None)"}
        assert {night.outcome(url) for url in crashed} == {"archived"}
        assert house.problems() == []


def long_story(number: int) -> str:
    return story(f"Long{number}", extra="".join(f"<p>{word} {word}.</p>" for word in map(str, range(7_000))))


def workers(crawl: psutil.Process) -> list[psutil.Process]:
    """Forks of the warm process that a crawl starts them from."""
    warm = [child for child in crawl.children() if "forkserver" in " ".join(child.cmdline())]
    return [worker for each in warm for worker in each.children()]


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_of_very_many_stays_within_the_window(tmp_path: Path) -> None:
    """Ten of them are there; the home page of another host waits for none of the rest."""
    number, there = (3000 if FULL else 250), range(0, 250, 25)
    asked = Window()
    with SmallSite() as site:
        urls = [site.url("many.test", f"/news/{n}") for n in range(number)]
        site.pages = {f"many.test/news/{n}": asked.counted((404, HTML, b"none")) for n in range(number)}
        site.pages |= {f"many.test/news/{n}": asked.counted(page(story(f"Many{n}"))) for n in there}
        site.add("many.test", {"/feed": feed(urls)})
        site.add(
            "few.test", {"/feed": feed([site.url("few.test", "/news/1")]), "/news/1": page(story("Few"))}
        )
        sources = {
            "many": site.source("many", "many.test", "politeness: {concurrency: 8}\n"),
            "few": site.source("few", "few.test"),
        }
        house = small_house(
            tmp_path / "house",
            sources,
            hosts=["many.test", "few.test"],
            crawl="window: 64, segment_seconds: 1s",
        )
        night = crawl(site, house)
        kinds = Counter(row.outcome for row in night.ledger.values())
        assert kinds == {"archived": 11, "gone": number - 10}
        assert 2 <= asked.most <= 4  # a sixteenth of the window is one source's share
        asked_before = [visit.host for visit in site.log].index("few.test")
        assert asked_before < 50
        assert Counter(visit.path for visit in site.visits("many.test")).most_common(1)[0][1] == 1
        assert night.run.status == "done"
        assert house.problems() == []


class Window:
    """How many answers are being given at once."""

    def __init__(self) -> None:
        self.most = self._now = 0
        self._lock, self._pause = Lock(), Event()

    def counted(self, answer: Page) -> Answer:
        def give(_visit: Visit) -> Page:
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
            self._pause.wait(0.005)
            with self._lock:
                self._now -= 1
            return answer

        return give
