"""Certificates are verified and the proxy holds for every request; neither shows in what is archived."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.exchange import Exchange
from config.errors import ConfigError
from crawler.fetch.client import FetchRequest, HttpClient
from crawler.fetch.errors import FetchError, FetchReason, TransientFetchError
from tests.crawler.fetch.certificates import TestAuthority
from tests.crawler.fetch.raw_proxy import RawProxy, proxying
from tests.crawler.fetch.raw_server import RawServer, network, serving

CAP = 1 << 20
HELLO = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello"
PUBLIC, INSIDE = ("93.184.215.14",), ("10.0.0.1",)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return TestAuthority.in_folder(tmp_path_factory.mktemp("authority"))


async def fetch(client: HttpClient, url: str, *, allow_private: bool) -> Exchange:
    try:
        return await client.fetch(FetchRequest(url, max_bytes=CAP, allow_private=allow_private))
    finally:
        await client.close()


def over_tls(
    authority: TestAuthority, *, host: str = "127.0.0.1", until: datetime | None = None, trusted: bool = True
) -> Exchange:
    async def run() -> Exchange:
        async with serving(HELLO, tls=authority.server(host, valid_until=until)) as server:
            settings = network(ca_file=authority.ca_file if trusted else None)
            client = HttpClient(settings, lookup=lambda _host: ("127.0.0.1",))
            return await fetch(client, f"https://127.0.0.1:{server.port}/", allow_private=True)

    return asyncio.run(run())


def test_a_good_certificate(authority: TestAuthority) -> None:
    exchange = over_tls(authority)
    assert (exchange.body, exchange.ip, exchange.truncated) == (b"hello", "127.0.0.1", None)
    assert exchange.response_head == HELLO.removesuffix(b"hello")


@pytest.mark.parametrize(
    "broken",
    [
        {"host": "other.example"},
        {"until": datetime.now(UTC) - timedelta(hours=1)},
        {"trusted": False},
    ],
    ids=["wrong-host", "expired", "unknown-authority"],
)
def test_a_certificate_that_is_not_right_fails_closed(
    authority: TestAuthority, broken: dict[str, object]
) -> None:
    with pytest.raises(FetchError) as caught:
        over_tls(authority, **broken)  # type: ignore[arg-type]
    assert caught.value.reason is FetchReason.TLS
    assert not isinstance(caught.value, TransientFetchError)


def test_a_server_without_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async def run() -> Exchange:
        listener = await asyncio.start_server(plain, "127.0.0.1", 0)
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            return await fetch(HttpClient(network()), f"https://127.0.0.1:{port}/", allow_private=True)

    with pytest.raises(FetchError) as caught:
        asyncio.run(run())
    assert caught.value.reason is FetchReason.TLS


def test_a_ca_file_that_went_bad_is_named(authority: TestAuthority, tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_bytes(authority.ca_file.read_bytes())
    settings = network(ca_file=pem)
    pem.write_text("no certificate any more")
    with pytest.raises(ConfigError, match=r"network\.ca_file: .*ca\.pem cannot be used"):
        HttpClient(settings)


def through_proxy(
    authority: TestAuthority,
    scheme: str,
    *,
    found: tuple[str, ...] = PUBLIC,
    userinfo: str = "",
    credentials: str | None = None,
    refuse_with: bytes | None = None,
    host: str = "news.example",
    unresolved_through_proxy: bool = True,
    allow_private: bool = False,
) -> tuple[Exchange | FetchError, RawServer, RawProxy]:
    async def run() -> tuple[Exchange | FetchError, RawServer, RawProxy]:
        tls = authority.server("news.example") if scheme == "https" else None
        async with (
            serving(HELLO, tls=tls) as server,
            proxying(server.port, credentials=credentials, refuse_with=refuse_with) as proxy,
        ):
            settings = network(
                ca_file=authority.ca_file,
                proxy=f"http://{userinfo}127.0.0.1:{proxy.port}",
                unresolved_through_proxy=unresolved_through_proxy,
            )
            client = HttpClient(settings, lookup=lambda name: found if name == "news.example" else ())
            try:
                return (
                    await fetch(client, f"{scheme}://{host}/a?b=c", allow_private=allow_private),
                    server,
                    proxy,
                )
            except FetchError as error:
                return error, server, proxy

    return asyncio.run(run())


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("userinfo", "credentials"), [("", None), ("me:secret@", "me:secret"), ("me:p%40ss%3A@", "me:p@ss:")]
)
def test_every_request_goes_through_the_proxy_and_the_record_does_not_show_it(
    authority: TestAuthority, scheme: str, userinfo: str, credentials: str | None
) -> None:
    exchange, server, proxy = through_proxy(authority, scheme, userinfo=userinfo, credentials=credentials)
    assert isinstance(exchange, Exchange)
    asked = {
        "http": b"GET http://news.example/a?b=c HTTP/1.1\r\n",
        "https": b"CONNECT news.example:443 HTTP/1.1\r\n",
    }
    assert proxy.heads[0].startswith(asked[scheme])
    assert (b"\r\nProxy-Authorization: Basic " in proxy.heads[0]) == (credentials is not None)
    assert exchange.request_head.startswith(
        b"GET /a?b=c HTTP/1.1\r\nHost: news.example\r\nUser-Agent: TestCrawler"
    )
    assert b"proxy" not in exchange.request_head.lower()
    assert (exchange.body, exchange.ip, exchange.url) == (b"hello", None, f"{scheme}://news.example/a?b=c")
    if scheme == "https":
        assert server.heads == [exchange.request_head]  # inside the tunnel, what was sent is what is kept
        assert b"authorization" not in server.heads[0].lower()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("userinfo", ["", "me:wrong-secret@"])
def test_a_proxy_that_wants_other_credentials(authority: TestAuthority, scheme: str, userinfo: str) -> None:
    error, server, _ = through_proxy(authority, scheme, userinfo=userinfo, credentials="me:secret")
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.PROXY
    assert "secret" not in str(error)
    assert server.heads == []


@pytest.mark.parametrize("answer", [b"HTTP/1.1 502 Bad Gateway\r\n\r\n", b"HTTP/1.1 403 No\r\n\r\n"])
def test_a_proxy_that_does_not_tunnel(authority: TestAuthority, answer: bytes) -> None:
    error, _, _ = through_proxy(authority, "https", refuse_with=answer)
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.PROXY


def test_a_proxy_that_is_not_there() -> None:
    async def run() -> None:
        async with serving(b"") as server:
            port = server.port
        for url in ("http://news.example/", "https://news.example/"):
            settings = network(proxy=f"http://me:secret@127.0.0.1:{port}")
            with pytest.raises(FetchError) as caught:
                await fetch(HttpClient(settings, lookup=lambda _: PUBLIC), url, allow_private=False)
            assert caught.value.reason is FetchReason.PROXY
            assert "secret" not in str(caught.value)

    asyncio.run(run())


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("host", "found"),
    [("news.example", INSIDE), ("news.example", (*PUBLIC, "127.0.0.1")), ("127.0.0.1", ()), ("0x7f.1", ())],
)
def test_the_target_is_checked_behind_a_proxy_too(
    authority: TestAuthority, scheme: str, host: str, found: tuple[str, ...]
) -> None:
    error, server, proxy = through_proxy(authority, scheme, host=host, found=found)
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.BLOCKED_PRIVATE
    assert (proxy.heads, server.heads) == ([], [])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_unknown_here_is_left_to_the_proxy_if_the_settings_say_so(
    authority: TestAuthority, scheme: str
) -> None:
    exchange, _, _ = through_proxy(authority, scheme, found=())
    assert isinstance(exchange, Exchange)
    error, _, proxy = through_proxy(authority, scheme, found=(), unresolved_through_proxy=False)
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.DNS
    assert proxy.heads == []


def test_a_source_that_may_be_private_may_be_so_behind_a_proxy(authority: TestAuthority) -> None:
    exchange, _, _ = through_proxy(authority, "http", found=INSIDE, allow_private=True)
    assert isinstance(exchange, Exchange)


def test_the_certificate_is_verified_inside_the_tunnel(authority: TestAuthority) -> None:
    error, server, _ = through_proxy(authority, "https", host="other.example", found=())
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.TLS
    assert server.heads == []


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def run() -> Exchange:
        async with serving(HELLO) as server:
            return await fetch(HttpClient(network()), server.url, allow_private=True)

    assert asyncio.run(run()).body == b"hello"
