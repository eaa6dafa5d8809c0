"""One crawl of many hosts, each with a house rule of its own; the server's log says what really came."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event, Lock

import pytest

from archive.catalog import frontier, runs
from archive.rows import LedgerRow
from tests.end_to_end.house import House
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
    robots,
    small_house,
    story,
)

NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)
CRAWL_DELAY = 0.3
FAR_AWAY = "Fri, 31 Dec 2100 23:59:59 GMT"
FINE, DOWN = robots("User-agent: *\nDisallow: /private/\n"), (500, HTML, b"down")


@dataclass
class Town:
    """The hosts, and how each of their addresses, and their feeds, ended in each of the crawls."""

    site: SmallSite
    house: House
    one: Counter
    several: Counter
    ledgers: list[dict[str, LedgerRow]] = field(default_factory=list)
    documents: list[dict[str, str]] = field(default_factory=list)

    def crawl(self, moment: datetime, *names: str) -> None:
        self.house.run(*crawl_words(moment, *names))
        archive = self.house.open()
        newest = runs.newest_runs(archive.catalog)[0]
        assert newest.status == "done"
        self.ledgers.append({row.url: row for row in runs.ledger_of(archive.catalog, newest.id)})
        read = frontier.read_documents(archive.catalog, newest.id)
        self.documents.append({row.source: row.reason or row.status for row in read if row.kind == "feed"})
        archive.close()

    def outcome(self, host: str, path: str, crawl: int = 0) -> str:
        row = self.ledgers[crawl][self.site.url(host, path)]
        return f"{row.outcome}({row.reason})" if row.reason else str(row.outcome)

    def outcomes(self, host: str, crawl: int = 0) -> list[str]:
        """Of all pages of a host, in order of discovery."""
        found = [(row.position, path) for path, row in self._rows(host, crawl)]
        return [self.outcome(host, path, crawl) for _, path in sorted(found)]

    def _rows(self, host: str, crawl: int) -> list[tuple[str, LedgerRow]]:
        base = self.site.url(host, "")
        return [(url[len(base) :], row) for url, row in self.ledgers[crawl].items() if url.startswith(base)]


def after(first: int, answer: Answer, then: Page) -> Callable[[Visit], Page]:
    """An answer for the first so many visits, and another for those that follow."""
    number = count()

    def give(visit: Visit) -> Page:
        if next(number) < first:
            return answer(visit) if callable(answer) else answer
        return then

    return give


def retry_later(value: str | None, status: int = 429) -> Page:
    return status, HTML if value is None else {**HTML, "Retry-After": value}, b"busy"


def hang_up(_visit: Visit) -> Page:
    raise ConnectionError("the answer is none")


@dataclass
class Counter:
    """Answers that take a moment, and the most of them that were asked for at once.

    Until two were, each waits `patience` seconds for another.
    """

    body: str
    patience: float = 0
    most: int = 0
    _now: int = 0
    _lock: Lock = field(default_factory=Lock)
    _pause: Event = field(default_factory=Event)
    _two: Event = field(default_factory=Event)

    def __call__(self, _visit: Visit) -> Page:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            if self._now > 1:
                self._two.set()
        self._two.wait(self.patience)
        self._pause.wait(0.03)
        with self._lock:
            self._now -= 1
        return page(self.body)


def host(site: SmallSite, name: str, paths: dict[str, Answer], *, more: tuple[str, ...] = ()) -> None:
    """A host whose feed names all its articles, and `more`."""
    listed = [site.url(name, path) for path in paths if path.startswith(("/news/", "/private/"))]
    site.add(name, {"/feed": feed([*listed, *more]), **paths})


def stories(name: str, number: int) -> dict[str, Answer]:
    return {f"/news/{n}": page(story(f"{name}{n}")) for n in range(number)}


def build(site: SmallSite, one: Counter, several: Counter) -> None:
    """Every host of the town; `one` and `several` stand at hosts of which the second allows four at once."""
    for name, counter in (("one-at-a-time", one), ("several-at-once", several)):
        host(site, f"{name}.test", {f"/news/{n}": counter for n in range(8)})
    picture = site.url("pictures.test", "/private/quay.jpg")
    host(site, "no-rules.test", stories("Alba", 1))
    host(site, "down.test", {"/robots.txt": after(1, FINE, DOWN), **stories("Brest", 1)})
    host(site, "hangs-up.test", {"/robots.txt": hang_up, **stories("Chios", 1)})
    host(site, "never-up.test", {"/robots.txt": DOWN, **stories("Cadiz", 1)})
    host(
        site,
        "broken-off.test",
        {
            "/robots.txt": lambda _: (200, {"Content-Length": "999"}, iter([b"Allow: /"])),
            **stories("Deal", 1),
        },
    )
    bad_gzip = gzip.compress(b"User-agent: *\nAllow: /\n" * 50)[:-20]
    host(
        site,
        "bad-gzip.test",
        {"/robots.txt": after(1, (200, {"Content-Encoding": "gzip"}, bad_gzip), DOWN), **stories("Elba", 1)},
    )
    host(
        site,
        "rules.test",
        {
            "/robots.txt": FINE,
            "/news/open": page(story("Faro", images=[picture])),
            "/private/secret": page(story("Gent")),
            "/news/leads-in": redirect("/private/secret"),
        },
    )
    site.add("pictures.test", {"/robots.txt": FINE, "/private/quay.jpg": page(b"never asked for")})
    host(
        site,
        "slow-down.test",
        {"/robots.txt": robots(f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\n"), **stories("Hull", 4)},
    )
    host(site, "elsewhere.test", {
        "/robots.txt": redirect(site.url("rules-there.test", "/moved-robots.txt"), 301),
        "/private/no": page(story("Jaffa")),
        **stories("Ibiza", 1),
    })  # fmt: skip
    site.add("rules-there.test", {"/moved-robots.txt": FINE})
    hops = {f"/robots.txt{'x' * n}": redirect(f"/robots.txt{'x' * (n + 1)}") for n in range(20)}
    host(site, "too-many-hops.test", {**hops, **stories("Kiel", 1)})
    host(site, "busy.test", {**stories("Lima", 12), "/news/2": retry_later("3600")})
    host(site, "busy-unsaid.test", {**stories("Mahon", 12), "/news/2": retry_later(None)})
    host(site, "busy-503.test", {**stories("Nice", 12), "/news/2": retry_later(FAR_AWAY, 503)})
    host(site, "one-bad-page.test", {**stories("Oslo", 3), "/news/1": (503, HTML, b"no Retry-After")})
    host(site, "hops.test", {
        "/news/loop": redirect("/news/loop-back"),
        "/news/loop-back": redirect("/news/loop"),
        "/news/long": redirect("/hop/1"),
        "/news/file": redirect("file:///etc/hostname"),
        "/news/ftp": redirect("ftp://hops.test/x"),
        "/news/far": redirect("http://nowhere.invalid/x"),
        "/news/nonsense": redirect("http://[::1/"),
        "/news/port": redirect("http://hops.test:25/x"),
        "/news/long-address": redirect("/long/" + "a" * 3000),
        "/news/moved": redirect(site.url("new-home.test", "/private/moved")),
        "/news/moved-open": redirect(site.url("new-home.test", "/open")),
        "/long/" + "a" * 3000: page(story("Pula")),
    })  # fmt: skip
    site.add("hops.test", {f"/hop/{n}": redirect(f"/hop/{n + 1}") for n in range(1, 30)})
    site.add("new-home.test", {"/robots.txt": FINE, "/open": page(story("Rhodes"))})


HOSTS = (
    *(
        "no-rules",
        "down",
        "hangs-up",
        "never-up",
        "broken-off",
        "bad-gzip",
        "rules",
        "slow-down",
        "elsewhere",
    ),
    *("too-many-hops", "busy", "busy-unsaid", "busy-503", "one-bad-page", "hops"),
    *("one-at-a-time", "several-at-once", "closed"),
)
OTHERS = ("pictures", "rules-there", "new-home")
BY_SOURCE = {
    "several-at-once": "politeness: {concurrency: 4}\n",
    # So that what came of one request is known before the next goes out.
    **dict.fromkeys(("busy", "busy-unsaid", "busy-503"), "politeness: {delay: 0.1s}\n"),
}


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Crawled at one moment, and some of it 23 hours and three days later."""
    with SmallSite() as site, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        one, several = Counter(story("Skye")), Counter(story("Thira"), patience=5)
        build(site, one, several)
        sources = {name: site.source(name, f"{name}.test", BY_SOURCE.get(name, "")) for name in HOSTS}
        sources["nowhere"] = site.source("nowhere", "nowhere.invalid")
        sources["closed"] = sources["closed"].replace(str(site.port), str(taken.getsockname()[1]))
        house = small_house(
            tmp_path_factory.mktemp("town") / "house",
            sources,
            hosts=[f"{name}.test" for name in (*HOSTS, *OTHERS)],
        )
        town = Town(site, house, one, several)
        town.crawl(NIGHT)
        town.crawl(NIGHT + timedelta(hours=23), "down", "bad-gzip")
        town.crawl(NIGHT + timedelta(days=3), "down")
        yield town
