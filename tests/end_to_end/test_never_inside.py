"""150 addresses that are not public, by seven ways into a crawl: 0 connections, counted at the sockets."""

from __future__ import annotations

import ipaddress
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from archive.catalog import runs
from tests.end_to_end.house import REPOSITORY, House
from tests.end_to_end.small_site import (
    SmallSite,
    crawl_words,
    feed,
    page,
    redirect,
    robots,
    small_house,
    story,
)

COMMAND = Path(__file__).parent / "spied_command.py"
PUBLIC = "93.184.215.14"  # where the test's own site stands, for the crawl
NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)

_RANGES_4 = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1",
    "127.0.0.53", "127.255.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.0.8", "192.0.2.1", "192.168.0.1", "192.168.255.255", "198.18.0.1",
    "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "10.128.0.7", "100.100.100.200", "172.20.10.2", "192.168.178.1", "198.18.255.255",
    "224.0.0.251",
)  # fmt: skip
_RANGES_6 = (
    "::", "::1", "0:0:0:0:0:0:0:1", "0000:0000::0001", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::FFFF:10.0.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:192.168.0.1",
    "::ffff:100.64.0.1", "::ffff:0.0.0.0", "::127.0.0.1", "::10.0.0.1", "::7f00:1", "64:ff9b::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:a9fe:a9fe::", "2002:c0a8:1::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1",
    "fe80::a9fe:a9fe", "febf::1", "fec0::1", "ff02::1", "ff05::2", "ff0e::1", "2001:db8::1", "2001::1",
    "100::1", "fd12:3456:789a::1", "fe80::1:2:3:4", "ff02::fb",
)  # fmt: skip
_SPELLED = (
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.0.1",
    "100.64.0.1",
)  # each in eight other ways


def spellings(address: str) -> Iterator[str]:
    """What `inet_aton` also takes for an address."""
    number = int(ipaddress.IPv4Address(address))
    a, b, c, d = ipaddress.IPv4Address(address).packed
    yield from (
        str(number),
        hex(number),
        f"0{number:o}",
        f"0x{a:X}.{b}.{c}.{d}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
    )
    yield from (f"{a}.{b}.{(c << 8) | d}", f"{a}.{(b << 16) | (c << 8) | d}", f"{address}.")


def named() -> dict[str, tuple[str, ...]]:
    """Names, and what they resolve to; one bad address of several is enough."""
    inside = (
        "127.0.0.1",
        "10.9.8.7",
        "169.254.169.254",
        "::1",
        "fd00::7",
        "::ffff:10.1.1.1",
        "0.0.0.0",
        "100.64.3.3",
    )
    alone: dict[str, tuple[str, ...]] = {
        f"inside-{number}.test": (address,) for number, address in enumerate(inside)
    }
    mixed = {f"mixed-{number}.test": (PUBLIC, address) for number, address in enumerate(inside)}
    return alone | mixed | {"localhost": ("127.0.0.1",), "metadata.test": ("169.254.169.254", PUBLIC)}


HOSTS = (
    *_RANGES_4,
    *(f"[{address}]" for address in _RANGES_6),
    *(spelled for address in _SPELLED for spelled in spellings(address)),
    *named(),
    *("LOCALHOST", "localhost.", "ip6-localhost", "Inside-0.TEST", "inside-1.test."),
    *("127-0-0-1.nip.example", "①②⑦.⓪.⓪.①", "127。0。0。1", "[::ffff:127.0.0.1%25lo]", "[fe80::1%25eth0]"),
    *("0177.1", "0x7f.1", "127.1", "00000177.0.0.1", "0", "00", "0x0", "1", "0x7f000001"),
    *("017700000001", "0x7F.0.1", "127.0x1"),
)  # fmt: skip


@dataclass
class Trap:
    """Listens on this machine at a port that only bad addresses name."""

    listener: socket.socket
    visits: int = 0

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Trap(listener)
        Thread(target=made.serve, daemon=True).start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)


@dataclass
class Spied:
    """An archive whose commands run with a spy on their sockets."""

    house: House
    site: SmallSite

    @property
    def log(self) -> Path:
        return self.house.folder / "connects"

    def run(self, *words: str, stdin: str = "", status: int = 0) -> str:
        """A command to its end, which is this status."""
        done = subprocess.run(
            [sys.executable, str(COMMAND), str(self.log), PUBLIC, str(self.site.port), *words],
            env={**os.environ, "DATELINE_CONFIG": str(self.house.config), "PYTHONPATH": str(REPOSITORY)},
            cwd=REPOSITORY,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def connects(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def outcomes(self) -> Counter[str]:
        archive = self.house.open()
        run = runs.newest_runs(archive.catalog)[0]
        rows = runs.ledger_of(archive.catalog, run.id)
        archive.close()
        return Counter(f"{row.outcome}({row.reason})" if row.reason else str(row.outcome) for row in rows)


def spied(folder: Path, site: SmallSite, ways: dict[str, str], *, private: bool = False) -> Spied:
    """A source for each way: its name, and what stands under `discover`."""
    allowed = f"network: {{allow_private: {str(private).lower()}}}\n"
    sources = {
        way: f"name: {way}\nhomepage: {site.url(f'{way}.test')}\ndiscover: {{{discover}}}\n{allowed}"
        for way, discover in ways.items()
    }
    network = "timeout: 5s, connect_timeout: 5s, retries: 0"
    house = small_house(folder / "house", sources, hosts=[], network=network)
    lines = [f"{PUBLIC} {way}.test" for way in ways]
    suffixes = (".test", *(f".{way}.test" for way in ways))
    lines += [
        f"{address} {name.removesuffix('.test')}{suffix}"
        for name, found in named().items()
        for address in found
        for suffix in suffixes
    ]
    lines.append("127.0.0.1 localhost")
    (house.folder / "hosts").write_text("\n".join(lines) + "\n")
    return Spied(house, site)


def bad_addresses(port: int, way: str = "") -> list[str]:
    """Of a way, also names of its own site, which no rule about other sites' addresses keeps out."""
    own = [f"{name.removesuffix('.test')}.{way}.test" for name in named()] if way else []
    return [
        f"http://{host}:{port}/2026/03/20/the-harbour-is-closed-{number}"
        for number, host in enumerate([*HOSTS, *own])
    ]


def links(urls: list[str]) -> str:
    anchors = (
        f"<li><a href='{url}'>The harbour is closed until the dredger is back {n}</a></li>"
        for n, url in enumerate(urls)
    )
    return f"<!doctype html><html><body><main><ul>{''.join(anchors)}</ul></main></body></html>"


def test_there_are_150_of_them() -> None:
    assert len(set(HOSTS)) >= 150


def test_no_way_leads_inside(tmp_path: Path, trap: Trap) -> None:
    with SmallSite() as site:
        bad = bad_addresses(trap.port)
        own = {way: site.url(f"{way}.test") for way in ("link", "feed", "map", "hop", "image", "robots")}
        site.add("link.test", {"/": page(links(bad_addresses(trap.port, "link")))})
        site.add("feed.test", {"/feed": feed(bad_addresses(trap.port, "feed"))})
        listed = "".join(
            f"<url><loc>{url.replace('&', '&amp;')}</loc></url>" for url in bad_addresses(trap.port, "map")
        )
        xml = {"Content-Type": "application/xml"}
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        site.add(
            "map.test", {"/map.xml": (200, xml, f"<urlset xmlns='{namespace}'>{listed}</urlset>".encode())}
        )
        hops = {f"/news/{number}": redirect(url.encode().decode("latin-1")) for number, url in enumerate(bad)}
        site.add("hop.test", {**hops, "/feed": feed(f"{own['hop']}news/{n}" for n in range(len(bad)))})
        stories = {
            f"/news/{n}": page(story(f"Port{n}", images=bad[n * 20 : n * 20 + 20]))
            for n in range(len(bad) // 20 + 1)
        }
        site.add("image.test", {**stories, "/feed": feed(f"{own['image']}{path[1:]}" for path in stories)})
        site.add(
            "robots.test",
            {"/robots.txt": robots("".join(f"Sitemap: {url}\n" for url in bad)), "/": page("x")},
        )
        house = spied(tmp_path, site, {
            "link": f"sections: ['{own['link']}']", "feed": f"feeds: ['{own['feed']}feed']",
            "map": f"sitemaps: ['{own['map']}map.xml']", "hop": f"feeds: ['{own['hop']}feed']",
            "image": f"feeds: ['{own['image']}feed']", "robots": "",
        })  # fmt: skip
        house.run(*crawl_words(NIGHT))
        found = house.outcomes()
        seeds = house.run("archive", "-", stdin="\n".join(url for url in bad if "%25" not in url), status=1)
        for url in bad:
            if (
                "%25" in url
            ):  # an address with a zone is none of the web (RFC 9844), so it is a slip of the hand
                assert "cannot archive" in house.run("archive", url, status=2)
        assert house.connects() == []
    assert trap.visits == 0
    # The stories whose pictures lie inside are archived without them; what was taken up has its refusal.
    assert found.pop("archived") == len(stories)
    assert found.keys() <= {"failed(blocked_private)", "failed(blocked_url)", "failed(dns)"}
    assert found.total() == len(bad) + 3 * len(
        named()
    )  # behind a hop; own names as link, from feed and sitemap
    assert found["failed(blocked_private)"] >= 120 + 3 * len(named())
    assert seeds.count("blocked_private") >= 120


def test_the_spy_sees_what_a_permission_lets_through(tmp_path: Path, trap: Trap) -> None:
    """The control: the same spy, the same trap, and a source that may be on a private address."""
    with SmallSite() as site:
        site.add("hop.test", {
            "/feed": feed([site.url("hop.test", "/news/1")]),
            "/news/1": redirect(f"http://127.0.0.1:{trap.port}/news/1"),
        })  # fmt: skip
        house = spied(tmp_path, site, {"hop": f"feeds: ['{site.url('hop.test', '/feed')}']"}, private=True)
        house.run(*crawl_words(NIGHT))
        assert set(house.connects()) == {f"127.0.0.1 {trap.port}"}
    assert trap.visits > 0
