"""A web server in a process of its own: files below a folder, by the host that is asked for.

    python -m bench.page_server FOLDER --port N [--validators] [--small N] [--sizes FILE] [--asked FILE]

With `--validators` each answer has an ETag, and If-None-Match is honoured with 304. With `--small N` every
host has N stories of 1 KB, made when they are asked for, and a sitemap of them; the FILE of `--sizes` is JSON
that says how many by host. `--asked` writes down (moment, host) of each request, as it came to the system.
`serving` starts it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

from tests.services.stamped import StampedSocket

ROOT = Path(__file__).resolve().parents[1]
SMALL_HOSTS = 8
_KINDS = {"xml": "application/rss+xml", "jpg": "image/jpeg"}
_WORDS = (
    *(
        "harbour",
        "council",
        "bridge",
        "garden",
        "winter",
        "market",
        "library",
        "station",
        "orchard",
        "museum",
    ),
    *("ferry", "choir", "school", "river", "evening", "neighbour", "captain", "painter", "teacher", "letter"),
)


def small_host(number: int) -> str:
    return f"www.small-{number}.test"


def small_story(host: str, number: int) -> bytes:
    """An article of about 1 KB, with words of its own (pure)."""
    dice = random.Random(f"{host} {number}")
    title = " ".join(dice.choices(_WORDS, k=5)).capitalize()
    told = "".join(f"<p>{' '.join(dice.choices(_WORDS, k=24)).capitalize()}.</p>" for _ in range(4))
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>'
        f'<time datetime="2026-03-19">19 March 2026</time>{told}</article></body></html>'
    ).encode()


def small_map(host: str, port: str, count: int) -> bytes:
    """A sitemap of all small stories of a host."""
    urls = "".join(f"<url><loc>http://{host}:{port}/2026/story-{n}.html</loc></url>" for n in range(count))
    name = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><urlset xmlns="{name}">{urls}</urlset>'.encode()


@dataclass(frozen=True, slots=True)
class Site:
    """What is served: files below a folder, and small stories, so many on each host."""

    folder: Path
    validators: bool = False
    small: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    asked: TextIO | None = None

    def stories(self, host: str) -> int:
        """How many small stories a host has."""
        return self.sizes.get(host, self.small)

    def note(self, host: str, arrived: float) -> None:
        """Write down when a host was asked."""
        if self.asked is not None:
            self.asked.write(f"{arrived:.6f}\t{host}\n")


class _Connection(asyncio.Protocol):
    """HTTP/1.1, GET only, keep-alive."""

    def __init__(self, site: Site, sock: StampedSocket) -> None:
        self._site, self._sock, self._unread = site, sock, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while b"\r\n\r\n" in self._unread:
            head, _, self._unread = self._unread.partition(b"\r\n\r\n")
            self._answer(head.decode("latin-1").split("\r\n"))

    def _answer(self, lines: list[str]) -> None:
        path = lines[0].split(" ")[1].partition("?")[0]
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        host, _, port = fields.get("host", "").partition(":")
        self._site.note(host, self._sock.arrived)
        body = self._body(host, port, path)
        if body is None:
            self._send("404 Not Found", b"<!DOCTYPE html><title>Not found</title><h1>Not found</h1>", path)
            return
        tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"' if self._site.validators else None
        if tag is not None and fields.get("if-none-match") == tag:
            self._send("304 Not Modified", None, path, tag)
        else:
            self._send("200 OK", body, path, tag)

    def _body(self, host: str, port: str, path: str) -> bytes | None:
        stories = self._site.stories(host)
        if stories and path == "/sitemap.xml":
            return small_map(host, port, stories)
        if stories and (story := re.fullmatch(r"/2026/story-(\d+)\.html", path)):
            return small_story(host, int(story[1]))
        try:
            return (self._site.folder / host / path.removeprefix("/")).read_bytes()
        except OSError:
            return None

    def _send(self, status: str, body: bytes | None, path: str, tag: str | None = None) -> None:
        kind = _KINDS.get(path.rpartition(".")[2], "text/html")
        lines = [f"HTTP/1.1 {status}", "Server: bench"]
        if tag is not None:
            lines.append(f"ETag: {tag}")
        if body is not None:
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))


async def serve(site: Site, port: int) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", port), backlog=512) as listening:
        listening.setblocking(False)
        while True:
            connected, _ = await loop.sock_accept(listening)
            sock = StampedSocket.of(connected)
            sock.setblocking(False)
            await loop.connect_accepted_socket(partial(_Connection, site, sock), sock)


@contextmanager
def serving(
    folder: Path,
    port: int,
    *,
    validators: bool = False,
    small: int = 0,
    small_by_host: Mapping[str, int] | None = None,
    asked: Path | None = None,
) -> Iterator[None]:
    """The server in a process of its own, listening; its account of requests is whole when the block ends."""
    arguments = [sys.executable, "-m", "bench.page_server", str(folder), "--port", str(port)]
    arguments += ["--small", str(small), *(["--validators"] if validators else [])]
    if small_by_host is not None:
        sizes = folder / "sizes.json"
        sizes.write_text(json.dumps(small_by_host))
        arguments += ["--sizes", str(sizes)]
    if asked is not None:
        arguments += ["--asked", str(asked)]
    process = subprocess.Popen(arguments, cwd=ROOT)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server does not listen on port {port}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--validators", action="store_true")
    parser.add_argument("--small", type=int, default=0)
    parser.add_argument("--sizes", type=Path)
    parser.add_argument("--asked", type=Path)
    options = parser.parse_args()
    sizes = json.loads(options.sizes.read_text()) if options.sizes else {}
    with ExitStack() as stack:
        # A line a write: the process is ended by a signal, and nothing would flush a buffer then.
        asked = stack.enter_context(options.asked.open("w", buffering=1)) if options.asked else None
        site = Site(options.folder, options.validators, options.small, sizes, asked)
        asyncio.run(serve(site, options.port))


if __name__ == "__main__":
    main()
