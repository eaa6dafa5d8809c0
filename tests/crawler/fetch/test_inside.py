"""Never inside: no connection to an address that is not public, however the way there is spelled."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NoReturn

import pytest

from archive.exchange import Exchange
from config.errors import ConfigError
from crawler.fetch.client import FetchRequest, HttpClient
from crawler.fetch.errors import FetchError, FetchReason
from crawler.fetch.resolver import Lookup, NameService
from tests.crawler.fetch.raw_server import network, serving

CAP = 1 << 20


class ConnectSpy:
    """Stands where asyncio connects sockets: notes the address and lets nothing out."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    async def sock_connect(self, _loop: object, _sock: object, address: tuple[Any, ...]) -> NoReturn:
        self.addresses.append(address[0])
        raise ConnectionRefusedError(111, "not in a test")


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> ConnectSpy:
    spy = ConnectSpy()

    async def sock_connect(loop: object, sock: object, address: tuple[Any, ...]) -> None:
        await spy.sock_connect(loop, sock, address)

    monkeypatch.setattr("asyncio.selector_events.BaseSelectorEventLoop.sock_connect", sock_connect)
    return spy


def answers(table: dict[str, tuple[str, ...]]) -> Lookup:
    def lookup(host: str) -> tuple[str, ...]:
        return table.get(host, ())

    return lookup


def failure(
    url: str, *, allow_private: bool = False, lookup: Lookup | None = None, **changes: object
) -> FetchError:
    async def run() -> Exchange:
        client = HttpClient(network(**changes), lookup=lookup or answers({}))
        try:
            return await client.fetch(FetchRequest(url, max_bytes=CAP, allow_private=allow_private))
        finally:
            await client.close()

    with pytest.raises(FetchError) as caught:
        asyncio.run(run())
    return caught.value


INSIDE = [
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0X7F.0.0.1",
    "0177.0.0.1", "017700000001", "0", "0.0.0.0", "10.0.0.1", "010.0.0.1.0x0a", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "100.64.0.1", "100.127.255.255", "192.0.0.1", "198.18.0.1",
    "224.0.0.1", "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[fd00::1]", "[fc00::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]",
    "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2001:db8::1]",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", INSIDE)
def test_literal_addresses_inside_are_never_connected_to(spy: ConnectSpy, scheme: str, host: str) -> None:
    error = failure(f"{scheme}://{host}:8080/latest/meta-data/")
    assert error.reason in {FetchReason.BLOCKED_PRIVATE, FetchReason.BLOCKED_URL}
    if host != "010.0.0.1.0x0a":
        assert error.reason is FetchReason.BLOCKED_PRIVATE
    assert spy.addresses == []


@pytest.mark.parametrize(
    "found",
    [
        ("127.0.0.1",),
        ("10.1.2.3",),
        ("::1",),
        ("fd00::1",),
        ("::ffff:169.254.169.254",),
        ("93.184.215.14", "10.0.0.1"),
        ("10.0.0.1", "93.184.215.14"),
        ("93.184.215.14", "2606:4700::1111", "::1"),
        ("93.184.215.14", "0.0.0.0"),
    ],
)
@pytest.mark.parametrize(
    "host", ["inside.example", "INSIDE.example", "inside.example.", "127-0-0-1.nip.example"]
)
def test_one_bad_address_blocks_the_name(spy: ConnectSpy, host: str, found: tuple[str, ...]) -> None:
    error = failure(f"http://{host}/", lookup=answers({host.lower().rstrip("."): found}))
    assert error.reason is FetchReason.BLOCKED_PRIVATE
    assert spy.addresses == []


def test_a_name_that_changes_its_answer_is_connected_to_only_where_it_was_checked(spy: ConnectSpy) -> None:
    given: list[str] = []

    def rebinding(host: str) -> tuple[str, ...]:
        given.append(host)
        return ("93.184.215.14",) if len(given) == 1 else ("127.0.0.1",)

    error = failure("http://rebind.example/", lookup=rebinding)
    assert error.reason is FetchReason.REFUSED  # by the spy
    assert spy.addresses == ["93.184.215.14"]
    assert given == ["rebind.example"]


def test_the_answer_that_turned_bad_is_blocked_when_it_is_asked_for_again(spy: ConnectSpy) -> None:
    turns = iter([("93.184.215.14",), ("127.0.0.1",)])

    async def run() -> list[FetchReason]:
        reasons = []
        for _ in range(2):  # a client each: nothing is remembered from one to the other
            client = HttpClient(network(), lookup=lambda _host: next(turns))
            try:
                await client.fetch(FetchRequest("http://rebind.example/", max_bytes=CAP))
            except FetchError as error:
                reasons.append(error.reason)
            finally:
                await client.close()
        return reasons

    assert asyncio.run(run()) == [FetchReason.REFUSED, FetchReason.BLOCKED_PRIVATE]
    assert spy.addresses == ["93.184.215.14"]


def test_all_checked_addresses_are_tried(spy: ConnectSpy) -> None:
    found = ("93.184.215.14", "2606:4700::1111", "93.184.215.15")
    assert (
        failure("http://many.example/", lookup=answers({"many.example": found})).reason is FetchReason.REFUSED
    )
    assert set(spy.addresses) <= set(found)
    assert "93.184.215.14" in spy.addresses


def test_the_socket_guard_stands_even_when_nothing_before_it_does(
    spy: ConnectSpy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.fetch.target._check_literal", lambda *_args, **_options: None)
    assert failure("http://127.0.0.1:8009/").reason is FetchReason.BLOCKED_PRIVATE
    assert failure("http://[::ffff:10.0.0.1]/").reason is FetchReason.BLOCKED_PRIVATE
    assert spy.addresses == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/hostname", FetchReason.BLOCKED_SCHEME),
        ("data:text/html,hi", FetchReason.BLOCKED_SCHEME),
        ("ftp://example.org/", FetchReason.BLOCKED_SCHEME),
        ("s3://bucket/key", FetchReason.BLOCKED_SCHEME),
        ("gopher://example.org/", FetchReason.BLOCKED_SCHEME),
        ("javascript:alert(1)", FetchReason.BLOCKED_SCHEME),
        ("//example.org/", FetchReason.BLOCKED_SCHEME),
        ("", FetchReason.BLOCKED_SCHEME),
        (" http://example.org/", FetchReason.BLOCKED_SCHEME),
        ("http://in\\@out/", FetchReason.BLOCKED_URL),
        ("http://user:secret@example.org/", FetchReason.BLOCKED_URL),
        ("http://user@example.org/", FetchReason.BLOCKED_URL),
        ("http://@example.org/", FetchReason.BLOCKED_URL),
        ("http://example.org@127.0.0.1/", FetchReason.BLOCKED_URL),
        ("http:///path", FetchReason.BLOCKED_URL),
        ("http:example.org", FetchReason.BLOCKED_URL),
        ("http://", FetchReason.BLOCKED_URL),
        ("http://example.org:0/", FetchReason.BLOCKED_URL),
        ("http://example.org:22/", FetchReason.BLOCKED_URL),
        ("http://example.org:6379/", FetchReason.BLOCKED_URL),
        ("http://example.org:65536/", FetchReason.BLOCKED_URL),
        ("http://example.org:-1/", FetchReason.BLOCKED_URL),
        ("http://example.org:80:80/", FetchReason.BLOCKED_URL),
        ("http://[::1/", FetchReason.BLOCKED_URL),
        ("http://[fe80::1%25eth0]/", FetchReason.BLOCKED_URL),
        ("http://example.org/a b", FetchReason.BLOCKED_URL),
        ("http://example.org/\r\nX-Evil: 1", FetchReason.BLOCKED_URL),
        ("http://example.org/\x00", FetchReason.BLOCKED_URL),
        ("http://ex\u0430mple.org/", FetchReason.BLOCKED_URL),
        ("http://\u2488example.org/", FetchReason.BLOCKED_URL),
        ("http://example.org/" + "a" * 20000, FetchReason.BLOCKED_URL),
        ("http://exa%6dple.org/", FetchReason.BLOCKED_URL),
        ("http://256.256.256.256/", FetchReason.BLOCKED_URL),
        ("http://example.0x7f/", FetchReason.BLOCKED_URL),
    ],
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_addresses_that_are_never_asked_for(
    spy: ConnectSpy, url: str, reason: FetchReason, allow_private: bool
) -> None:
    error = failure(url, allow_private=allow_private)
    assert error.reason is reason
    assert spy.addresses == []
    assert "secret" not in str(error)
    assert "\r" not in str(error)


def test_names_that_do_not_resolve(spy: ConnectSpy) -> None:
    assert failure("http://nowhere.example/").reason is FetchReason.DNS
    too_long = "a" * 64
    assert failure(
        f"http://{too_long}.example/", lookup=lambda host: (host.encode("idna").decode(),)
    ).reason is (FetchReason.DNS)
    assert spy.addresses == []


def test_a_permission_to_go_inside_is_for_that_request_alone() -> None:
    async def run() -> tuple[int, FetchReason]:
        async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", then="keep") as server:
            client = HttpClient(network(), lookup=answers({"own.example": ("127.0.0.1",)}))
            url = f"http://own.example:{server.port}/"
            try:
                allowed = await client.fetch(FetchRequest(url, max_bytes=CAP, allow_private=True))
                # The connection is still open in the pool; this request must not ride on it.
                with pytest.raises(FetchError) as caught:
                    await client.fetch(FetchRequest(url, max_bytes=CAP, allow_private=False))
            finally:
                await client.close()
            return allowed.status, caught.value.reason

    assert asyncio.run(run()) == (200, FetchReason.BLOCKED_PRIVATE)


def test_the_hosts_file_comes_before_dns(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("# ours\n127.0.0.1\tNews.example www.news.example # both\n\n::1 six.example\n")

    async def run() -> tuple[Exchange, bytes]:
        async with serving(b"HTTP/1.1 200 OK\r\n\r\n") as server:
            client = HttpClient(
                network(hosts_file=hosts), lookup=answers({"news.example": ("93.184.215.14",)})
            )
            url = f"http://news.example:{server.port}/"
            try:
                return await client.fetch(FetchRequest(url, max_bytes=CAP, allow_private=True)), server.heads[
                    0
                ]
            finally:
                await client.close()

    exchange, head = asyncio.run(run())
    assert exchange.ip == "127.0.0.1"
    assert b"\r\nHost: news.example:" in head
    assert failure("http://news.example/", hosts_file=hosts).reason is FetchReason.BLOCKED_PRIVATE


def test_a_hosts_file_that_is_gone_is_named(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 news.example\n")
    settings = network(hosts_file=hosts)
    hosts.unlink()
    with pytest.raises(ConfigError, match=r"network\.hosts_file: .*hosts: cannot be read"):
        HttpClient(settings)


def test_answers_are_remembered_and_failures_only_if_asked() -> None:
    asked: list[str] = []

    def lookup(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("93.184.215.14",) if host == "good.example" else ()

    async def run(*, remember: bool) -> list[str]:
        asked.clear()
        names = NameService({}, timeout=60, lookup=lookup, remember_failures=remember)
        for _ in range(2):
            assert await names.addresses("Good.example.") == ("93.184.215.14",)
            with pytest.raises(OSError, match="does not resolve"):
                await names.addresses("bad.example")
        names.close()
        return list(asked)

    assert asyncio.run(run(remember=True)) == ["good.example", "bad.example"]
    assert asyncio.run(run(remember=False)) == ["good.example", "bad.example", "bad.example"]
