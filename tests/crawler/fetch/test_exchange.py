"""Exchanges are kept as they went over the wire."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.clock import ShiftedClock
from archive.exchange import Exchange, Truncation
from crawler.fetch.client import FetchRequest, HttpClient
from crawler.fetch.errors import FetchError, FetchReason, TransientFetchError
from tests.crawler.fetch.raw_server import Answer, RawServer, Visit, network, sends, serving

CAP = 1 << 20


async def fetch_from(
    server: RawServer,
    path: str = "/",
    *,
    max_bytes: int = CAP,
    headers: dict[str, str] | None = None,
    **options: Any,
) -> Exchange:
    client = HttpClient(network(**options))
    try:
        return await client.fetch(
            FetchRequest(server.url + path, max_bytes=max_bytes, headers=headers or {}, allow_private=True)
        )
    finally:
        await client.close()


def fetched(answer: Answer | bytes, *, then: str = "close", **options: Any) -> Exchange:
    async def run() -> Exchange:
        async with serving(answer, then=then) as server:
            return await fetch_from(server, **options)

    return asyncio.run(run())


def refused(answer: Answer | bytes, *, then: str = "close", **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetched(answer, then=then, **options)
    return caught.value


def test_the_request_head_is_what_the_server_read() -> None:
    async def run() -> tuple[Exchange, RawServer]:
        async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") as server:
            path = "/a/../b;x=%7e?q=a+b&r=%C3%A9&&#part"
            exchange = await fetch_from(
                server, path, headers={"If-None-Match": '"v1"', "user-agent": "Other/1"}
            )
            return exchange, server

    exchange, server = asyncio.run(run())
    assert [exchange.request_head] == server.heads
    assert exchange.request_head.decode().split("\r\n") == [
        "GET /a/../b;x=%7e?q=a+b&r=%C3%A9&& HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: TestCrawler/1.0 (+https://example.org/about-the-crawler)",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
        "Accept-Encoding: gzip",
        'If-None-Match: "v1"',
        "",
        "",
    ]
    assert exchange.url == f"{server.url}/a/../b;x=%7e?q=a+b&r=%C3%A9&&"
    assert exchange.ip == "127.0.0.1"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 Hm\r\nX-B: 2\r\nx-a:1\r\nX-B:  3 \r\nSeT-CooKie: a=b; c\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n",
        b"HTTP/1.1 404 Nicht gefunden \xfc\r\nX-Latin: \xe9\r\nX-UTF8: \xc3\xa9\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 500 Oh\r\nX-Empty:\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n"
        + b"".join(b"X-%d: y\r\n" % n for n in range(2000))
        + b"Content-Length: 2\r\n\r\n",
    ],
    ids=[
        "order-case-repeats",
        "empty-reason",
        "no-reason",
        "http-1.0",
        "not-ascii",
        "redirect",
        "empty",
        "many",
    ],
)
def test_the_response_head_is_what_the_server_sent(head: bytes) -> None:
    exchange = fetched(head + b"hi")
    assert exchange.response_head == head
    assert (exchange.body, exchange.truncated) == (b"hi", None)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            b"HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 2\n\n",
            b"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\n",
        ),
        (
            b"HTTP/1.1 200 OK\r\nX-A: one\r\n \t two\r\nContent-Length: 2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX-A: one two\r\nContent-Length: 2\r\n\r\n",
        ),
        (
            b"HTTP/1.1 100\r\nX: 1\r\n\r\nHTTP/1.1 103\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        ),
    ],
    ids=["bare-lf", "folded-line", "interim-responses"],
)
def test_heads_that_are_written_differently_for_the_record(sent: bytes, kept: bytes) -> None:
    exchange = fetched(sent + b"hi")
    assert (exchange.response_head, exchange.body, exchange.status) == (kept, b"hi", 200)


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_chunks_are_taken_apart_and_the_field_is_renamed(step: int) -> None:
    wire = (
        b"HTTP/1.1 200 OK\r\nTransfer-encoding: Chunked\r\nX-A: 1\r\n\r\n"
        b"3;name=value\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n"
    )

    async def answer(visit: Visit) -> None:
        for start in range(0, len(wire), step):
            await visit.send(wire[start : start + step])
            await asyncio.sleep(0)
        visit.writer.close()

    exchange = fetched(answer)
    assert (
        exchange.response_head
        == b"HTTP/1.1 200 OK\r\nX-Archive-Orig-Transfer-encoding: Chunked\r\nX-A: 1\r\n\r\n"
    )
    assert (exchange.body, exchange.truncated) == (b"abcde", None)


def test_gzip_stays_gzip() -> None:
    packed = gzip.compress(b"news " * 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert fetched(head + packed).body == packed


@pytest.mark.parametrize(
    ("wire", "then", "body", "truncated"),
    [
        (b"Content-Length: 10\r\n\r\nshort", "close", b"short", Truncation.DISCONNECT),
        (b"Content-Length: 10\r\n\r\nshort", "reset", b"short", Truncation.DISCONNECT),
        (b"Content-Length: 10\r\n\r\nshort", "hold", b"short", Truncation.TIME),
        (b"Content-Length: 10\r\n\r\n", "hold", b"", Truncation.TIME),
        (b"Content-Length: 5\r\n\r\nlonger than five", "close", b"longe", Truncation.UNSPECIFIED),
        (b"Content-Length: 0\r\n\r\n", "keep", b"", None),
        (
            b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\nde\r\n",
            "close",
            b"abc",
            Truncation.DISCONNECT,
        ),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "close", b"abc", Truncation.DISCONNECT),
        (b"Transfer-Encoding: chunked\r\n\r\n9\r\nabc", "close", b"abc", Truncation.DISCONNECT),
        (b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n", "close", b"", Truncation.DISCONNECT),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "keep", b"abc", None),
        (b"\r\nuntil the end", "close", b"until the end", None),
        (b"\r\nuntil the", "reset", b"until the", Truncation.DISCONNECT),
        (b"\r\n", "close", b"", None),
    ],
)
def test_what_came_of_a_body_is_kept_with_the_reason_it_ended(
    wire: bytes, then: str, body: bytes, truncated: Truncation | None
) -> None:
    exchange = fetched(b"HTTP/1.1 200 OK\r\n" + wire, then=then, timeout=5.0 if then == "hold" else 30)
    assert (exchange.body, exchange.truncated) == (body, truncated)


@pytest.mark.parametrize(
    ("size", "cap", "kept", "truncated"),
    [
        (100_000, 100_000, 100_000, None),
        (100_001, 100_000, 100_000, Truncation.LENGTH),
        (1, 0, 0, Truncation.LENGTH),
    ],
)
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_the_size_cap_cuts_at_the_byte(
    size: int, cap: int, kept: int, truncated: Truncation | None, framing: str
) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    wire = {
        "length": b"Content-Length: %d\r\n\r\n" % size + body,
        "chunked": b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % size + body + b"\r\n0\r\n\r\n",
        "close": b"\r\n" + body,
    }[framing]
    exchange = fetched(b"HTTP/1.1 200 OK\r\n" + wire, max_bytes=cap)
    assert (exchange.body, exchange.truncated) == (body[:kept], truncated)


def test_an_endless_body_ends_at_the_cap_without_being_read_on() -> None:
    sent = 0

    async def answer(visit: Visit) -> None:
        nonlocal sent
        await visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await visit.send(b"x" * 65536)
            sent += 65536

    exchange = fetched(answer, max_bytes=100_000)
    assert (len(exchange.body), exchange.truncated) == (100_000, Truncation.LENGTH)
    assert sent < 64 << 20


def test_a_drip_ends_at_the_deadline_and_keeps_what_dripped() -> None:
    async def answer(visit: Visit) -> None:
        await visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await visit.send(b"x")
            await asyncio.sleep(0.02)

    exchange = fetched(answer, timeout=3.0)
    assert exchange.truncated is Truncation.TIME
    assert exchange.body
    assert set(exchange.body) == {ord("x")}


@pytest.mark.parametrize(
    ("wire", "then", "reason"),
    [
        (b"", "hold", FetchReason.TIMEOUT),
        (b"HTTP/1.1 200 OK\r\nX-A: ", "hold", FetchReason.TIMEOUT),
        (b"", "close", FetchReason.DISCONNECT),
        (b"", "reset", FetchReason.DISCONNECT),
        (b"HTTP/1.1 200 OK\r\nX-A: 1\r\n", "close", FetchReason.DISCONNECT),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "close", FetchReason.PROTOCOL),
        (b"HTTP/1.1 abc OK\r\n\r\n", "close", FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "close", FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 0\r\n\r\n", "close", FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nX-A: a\rX-Evil: b\r\nContent-Length: 0\r\n\r\n", "close", FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n", "close", FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "close", FetchReason.PROTOCOL),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "hold",
         FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", "close", FetchReason.HEADERS_TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Y: a=b\r\n" * 65536 + b"\r\n", "close", FetchReason.HEADERS_TOO_LARGE),
        (b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 32768, "close", FetchReason.HEADERS_TOO_LARGE),
        (b"\r\n" * (1 << 19), "close", FetchReason.HEADERS_TOO_LARGE),
    ],
)  # fmt: skip
def test_no_whole_head_is_no_exchange(wire: bytes, then: str, reason: FetchReason) -> None:
    error = refused(wire, then=then, timeout=1.5 if reason is FetchReason.TIMEOUT else 30)
    assert error.reason is reason
    transient = {FetchReason.TIMEOUT, FetchReason.DISCONNECT}
    assert isinstance(error, TransientFetchError) == (reason in transient)


@pytest.mark.parametrize(("over", "ok"), [(0, True), (1, False)])
def test_the_header_limit_is_exact(over: int, ok: bool) -> None:
    limit = 4096
    start, end = b"HTTP/1.1 200 OK\r\nX-Pad: ", b"\r\nContent-Length: 2\r\n\r\n"
    head = start + b"p" * (limit + over - len(start) - len(end)) + end
    if ok:
        assert fetched(head + b"hi", max_header_bytes=limit).response_head == head
    else:
        assert refused(head + b"hi", max_header_bytes=limit).reason is FetchReason.HEADERS_TOO_LARGE


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_statuses_without_a_body(status: bytes) -> None:
    exchange = fetched(b"HTTP/1.1 " + status + b'\r\nContent-Length: 7\r\nETag: "a"\r\n\r\n', then="keep")
    assert (exchange.body, exchange.truncated) == (b"", None)
    assert exchange.header("etag") == '"a"'


def test_a_redirect_is_an_exchange_and_is_not_followed() -> None:
    async def run() -> tuple[Exchange, RawServer]:
        async with serving(b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 4\r\n\r\nmove") as server:
            return await fetch_from(server, "/a"), server

    exchange, server = asyncio.run(run())
    assert (exchange.status, exchange.body, len(server.heads)) == (301, b"move", 1)


def test_one_connection_serves_many_requests_and_cookies_are_not_kept() -> None:
    async def run() -> tuple[list[bytes], RawServer]:
        answer = sends(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nhi", then="keep")
        async with serving(answer) as server:
            client = HttpClient(network())
            for n in range(3):
                await client.fetch(FetchRequest(f"{server.url}/{n}", max_bytes=CAP, allow_private=True))
            await client.close()
            return server.heads, server

    heads, server = asyncio.run(run())
    assert server.connections == 1
    assert [head.split()[1] for head in heads] == [b"/0", b"/1", b"/2"]
    assert not any(b"cookie" in head.lower() for head in heads)


def test_who_asks_is_told_when_a_request_has_gone_out() -> None:
    async def run() -> tuple[list[int], RawServer]:
        seen: list[int] = []
        async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") as server:
            client = HttpClient(network())
            wanted = FetchRequest(
                server.url, max_bytes=CAP, allow_private=True, sent=lambda: seen.append(len(server.heads))
            )
            try:
                await client.fetch(wanted)
            finally:
                await client.close()
            return seen, server

    seen, server = asyncio.run(run())
    assert (seen, len(server.heads)) == ([0], 1)  # the server shares this loop, and reads it later


def test_a_connection_that_went_stale_is_replaced() -> None:
    count = 0

    async def answer(visit: Visit) -> None:
        nonlocal count
        count += 1
        if count == 2:  # the second request meets a server that gives up the idle connection
            visit.writer.close()
            return
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % count)

    async def run() -> list[bytes]:
        async with serving(answer) as server:
            client = HttpClient(network())
            request = FetchRequest(f"{server.url}/", max_bytes=CAP, allow_private=True)
            bodies = [(await client.fetch(request)).body for _ in range(2)]
            await client.close()
            return bodies

    assert asyncio.run(run()) == [b"1", b"3"]


def test_many_at_once_do_not_mix() -> None:
    async def answer(visit: Visit) -> None:
        path = visit.head.split()[1]
        await visit.send(b"HTTP/1.1 200 OK\r\nX-Path: %s\r\nContent-Length: %d\r\n\r\n" % (path, len(path)))
        await asyncio.sleep(0)
        await visit.send(path)

    async def run() -> list[Exchange]:
        async with serving(answer) as server:
            client = HttpClient(network())
            wanted = [FetchRequest(f"{server.url}/{n}", max_bytes=CAP, allow_private=True) for n in range(50)]
            found = await asyncio.gather(*map(client.fetch, wanted))
            await client.close()
            return list(found)

    for n, exchange in enumerate(asyncio.run(run())):
        assert exchange.request_head.startswith(b"GET /%d HTTP" % n)
        assert (exchange.header("X-Path"), exchange.body) == (f"/{n}", b"/%d" % n)


def test_nobody_listening_is_refused_and_may_be_tried_again() -> None:
    async def run() -> None:
        async with serving(b"") as server:
            port = server.port
        client = HttpClient(network())
        try:
            await client.fetch(FetchRequest(f"http://127.0.0.1:{port}/", max_bytes=CAP, allow_private=True))
        finally:
            await client.close()

    with pytest.raises(TransientFetchError) as caught:
        asyncio.run(run())
    assert caught.value.reason is FetchReason.REFUSED


def test_the_time_is_the_clocks() -> None:
    async def run() -> Exchange:
        async with serving(b"HTTP/1.1 200 OK\r\n\r\n") as server:
            client = HttpClient(network(), ShiftedClock(datetime(2031, 3, 21, 20, 0, tzinfo=UTC)))
            try:
                return await client.fetch(FetchRequest(server.url, max_bytes=CAP, allow_private=True))
            finally:
                await client.close()

    at = asyncio.run(run()).at
    assert (at.year, at.month, at.day, at.hour) == (2031, 3, 21, 20)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00"])
def test_a_servers_text_cannot_add_lines_to_a_request(value: str) -> None:
    error = refused(b"HTTP/1.1 200 OK\r\n\r\n", headers={"If-None-Match": value})
    assert error.reason is FetchReason.PROTOCOL
