"""Scrapy over our handler: every hop and attempt recorded, every end with its reason."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from tests.crawler.fetch.raw_server import RawServer, Visit, serving


def answer_with(head: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


PAGES = {
    "/ok": answer_with("200 OK\r\nContent-Type: text/html\r\nX-A: 1\r\nX-A: 2", b"<html>hi</html>"),
    "/packed": answer_with("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip", b"\x1f\x8b"),
    "/feed": answer_with("200 OK\r\nContent-Type: application/rss+xml", b"<rss/>"),
    "/gone": answer_with("410 Gone"),
    "/missing": answer_with("404 Not Found", b"no"),
    "/empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/a": answer_with("301 Moved\r\nLocation: /b", b"moved"),
    "/b": answer_with("302 Found\r\nLocation: ok?from=b"),
    "/ok?from=b": answer_with("200 OK", b"end"),
    "/loop": answer_with("302 Found\r\nLocation: /loop2"),
    "/loop2": answer_with("302 Found\r\nLocation: /loop"),
    "/to-file": answer_with("302 Found\r\nLocation: file:///etc/hostname"),
    "/to-secret": answer_with("302 Found\r\nLocation: http://user:secret@127.0.0.1/"),
    "/to-port": answer_with("302 Found\r\nLocation: http://127.0.0.1:22/"),
    "/to-hang-up": answer_with("302 Found\r\nLocation: /hang-up"),
    "/busy": answer_with("503 Busy"),
    "/wait": answer_with("429 Too Many\r\nRetry-After: 60"),
    "/broken": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
    "/chain0": answer_with("302 Found\r\nLocation: /chain1"),
    "/chain1": answer_with("302 Found\r\nLocation: /chain2"),
    "/chain2": answer_with("302 Found\r\nLocation: /chain3"),
    "/chain3": answer_with("302 Found\r\nLocation: /chain4"),
    "/chain4": answer_with("302 Found\r\nLocation: /chain5"),
}


async def site(visit: Visit) -> None:
    path = visit.head.split()[1].decode()
    if path in PAGES:
        await visit.send(PAGES[path])
    if path != "/never":  # that one accepts and never answers
        visit.writer.close()


@dataclass
class Crawled:
    root: str
    ends: dict[str, dict[str, Any]]
    kept: list[tuple[str, str, int]]
    server: RawServer
    errors: str

    def hops(self, *paths: str) -> list[tuple[str, int]]:
        return [
            (url.removeprefix(self.root), status)
            for _, url, status in self.kept
            if url.removeprefix(self.root) in paths
        ]


STARTS = ["/ok", "/packed", "/feed", "/gone", "/missing", "/empty", "/a", "/loop", "/to-file", "/to-secret",
          "/to-port", "/busy", "/wait", "/broken", "/chain0", "/to-hang-up", "/inside"]  # fmt: skip
NEVER = "/never"  # in a crawl of its own, whose time is short: the others may take theirs
OTHER_STARTS = ["file:///etc/hostname", "data:text/html,hi", "ftp://127.0.0.1/", "s3://bucket/key"]


async def _crawled(seconds: str, *urls: str) -> tuple[list[dict[str, Any]], list[Any], str]:
    """How each of them ended, what was recorded, and what the process said, with this time for each."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crawler.fetch.crawl_child", seconds, *urls,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(300):
        out, err = await child.communicate()
    assert child.returncode == 0, err.decode()
    *ends, last = [json.loads(line) for line in out.splitlines()]
    return ends, [tuple(kept) for kept in last["kept"]], err.decode()


@pytest.fixture(scope="module")
def crawl() -> Crawled:
    async def run() -> Crawled:
        async with serving(site) as server:
            all_but_one = [server.url + path for path in STARTS], OTHER_STARTS
            (ends, kept, said), (never, nothing, more) = await asyncio.gather(
                _crawled("60", *itertools.chain(*all_but_one)), _crawled("1", server.url + NEVER)
            )
        ends += never
        by_start = {end["start"].removeprefix(server.url): end for end in ends}
        assert len(by_start) == len(ends)  # one end for each start
        assert nothing == []
        return Crawled(server.url, by_start, kept, server, said + more)

    return asyncio.run(run())


def test_every_start_has_one_end(crawl: Crawled) -> None:
    assert set(crawl.ends) == {*STARTS, NEVER, *OTHER_STARTS}


@pytest.mark.parametrize(
    ("start", "url", "status"),
    [
        ("/ok", "/ok", 200),
        ("/packed", "/packed", 200),
        ("/feed", "/feed", 200),
        ("/gone", "/gone", 410),
        ("/missing", "/missing", 404),
        ("/empty", "/empty", 204),
        ("/a", "/ok?from=b", 200),
        ("/busy", "/busy", 503),
        ("/wait", "/wait", 429),
        ("/broken", "/broken", 200),
    ],
)
def test_every_status_comes_to_the_spider(crawl: Crawled, start: str, url: str, status: int) -> None:
    end = crawl.ends[start]
    assert (end["url"].removeprefix(crawl.root), end["status"]) == (url, status)
    assert end["same_body"]
    assert crawl.kept[end["recorded"] - 1] == ("probe", end["url"], status)


def test_headers_are_whole_and_the_body_shared(crawl: Crawled) -> None:
    assert crawl.ends["/ok"]["headers"] == {
        "Content-Type": ["text/html"],
        "X-A": ["1", "2"],
        "Content-Length": ["15"],
    }


@pytest.mark.parametrize(
    ("start", "error", "reason"),
    [
        ("/loop", "RefusedRequest", "redirect_loop"),
        ("/chain0", "RefusedRequest", "redirect_limit"),
        ("/to-file", "RefusedRequest", "blocked_scheme"),
        ("/to-secret", "RefusedRequest", "blocked_url"),
        ("/to-port", "RefusedRequest", "blocked_url"),
        ("/inside", "RefusedRequest", "blocked_private"),
        ("/never", "TransientFetchError", "timeout"),
        ("/to-hang-up", "TransientFetchError", "disconnect"),
        ("file:///etc/hostname", "RefusedRequest", "blocked_scheme"),
        ("data:text/html,hi", "RefusedRequest", "blocked_scheme"),
        ("ftp://127.0.0.1/", "RefusedRequest", "blocked_scheme"),
        ("s3://bucket/key", "RefusedRequest", "blocked_scheme"),
    ],
)
def test_every_failure_has_its_reason(crawl: Crawled, start: str, error: str, reason: str) -> None:
    end = crawl.ends[start]
    assert (end["error"], end["reason"]) == (error, reason)


def test_an_exchange_of_an_earlier_hop_is_not_left_to_a_failure(crawl: Crawled) -> None:
    assert crawl.ends["/to-hang-up"]["url"] == f"{crawl.root}/hang-up"
    assert not crawl.ends["/to-hang-up"]["left_over"]


@pytest.mark.parametrize(
    ("paths", "kept"),
    [
        (("/a", "/b", "/ok?from=b"), [("/a", 301), ("/b", 302), ("/ok?from=b", 200)]),
        (("/loop", "/loop2"), [("/loop", 302), ("/loop2", 302)]),
        (("/chain0", "/chain1", "/chain2", "/chain3", "/chain4", "/chain5"),
         [("/chain0", 302), ("/chain1", 302), ("/chain2", 302), ("/chain3", 302), ("/chain4", 302)]),
        (("/to-file",), [("/to-file", 302)]),
        (("/busy",), [("/busy", 503)] * 3),
        (("/wait",), [("/wait", 429)]),
        (("/broken",), [("/broken", 200)] * 3),
        (("/never", "/inside"), []),
        (("/to-hang-up", "/hang-up"), [("/to-hang-up", 302)]),
    ],
)  # fmt: skip
def test_each_hop_and_each_attempt_is_recorded(
    crawl: Crawled, paths: tuple[str, ...], kept: list[tuple[str, int]]
) -> None:
    assert crawl.hops(*paths) == kept


@pytest.mark.parametrize(("path", "times"), [("/never", 3), ("/inside", 0), ("/to-port", 1)])
def test_only_what_may_pass_is_asked_again(crawl: Crawled, path: str, times: int) -> None:
    assert sum(head.split()[1].decode() == path for head in crawl.server.heads) == times


def test_neither_referer_nor_cookie_nor_scrapys_own_agent_is_sent(crawl: Crawled) -> None:
    for head in crawl.server.heads:
        assert b"\r\nUser-Agent: TestCrawler/1.0 (+https://example.org/about-the-crawler)\r\n" in head
        assert not {b"referer", b"cookie"} & {line.partition(b":")[0].lower() for line in head.split(b"\r\n")}


def test_conditions_are_not_carried_to_another_page(crawl: Crawled) -> None:
    asked = {head.split()[1]: b'\r\nIf-None-Match: "v1"\r\n' in head for head in crawl.server.heads}
    assert (asked[b"/a"], asked[b"/b"], asked[b"/ok?from=b"]) == (True, False, False)


def test_a_crawl_says_nothing_on_its_own(crawl: Crawled) -> None:
    assert crawl.errors == ""
