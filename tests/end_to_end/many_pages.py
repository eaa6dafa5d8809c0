"""A generated news site of any number of pages, served by a process of its own that no test slows down.

`python many_pages.py HOSTS PAGES` listens on a free port of this machine, prints it, serves until its
standard input ends, and counts how often each page was asked for: `/counts` tells, `/asked` tells the sum.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

_WORDS = (  # noqa: SIM905 - a list of strings would be three times as long
    "harbour council ferry bridge winter market teacher clinic engine river library festival orchard signal "
    "quarry tenant ballot kitchen tunnel glacier printer violin meadow turbine archive lantern pilot garden "
    "witness carpenter museum railway island baker forest mayor student station weather doctor painter valley"
).split()


def article(host: str, number: int) -> bytes:
    """A small article, no two alike."""
    chance = random.Random(f"{host}/{number}")

    def sentence() -> str:
        return " ".join(chance.choices(_WORDS, k=14)).capitalize() + "."

    title = " ".join(chance.choices(_WORDS, k=5)).capitalize() + f" {number}"
    paragraphs = "".join(f"<p>{' '.join(sentence() for _ in range(4))}</p>" for _ in range(4))
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title></head><body>"
        f"<article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


@dataclass
class ManyPages:
    """The site, seen from a test: `hosts` names, each with its share of the pages and a sitemap."""

    hosts: int
    pages: int
    port: int = 0
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def names(self) -> list[str]:
        return [host_name(number) for number in range(self.hosts)]

    @property
    def urls(self) -> set[str]:
        """Every page's address."""
        return {
            f"http://{name}:{self.port}{page_path(number)}"
            for name in self.names
            for number in numbers_of(self.hosts, self.pages, name)
        }

    def sources(self) -> dict[str, str]:
        """The YAML of a source for each host."""
        return {
            name.removesuffix(".test"): (
                f"name: {name.removesuffix('.test')}\nhomepage: http://{name}:{self.port}/\n"
                f"discover: {{sitemaps: ['http://{name}:{self.port}/sitemap.xml'], max_urls: {self.pages}}}\n"
                "network: {allow_private: true}\n"
            )
            for name in self.names
        }

    def counts(self) -> Counter[str]:
        """How often each page has been asked for."""
        counted: Mapping[str, int] = self._told("counts")
        return Counter({f"http://{place}": count for place, count in counted.items()})

    def asked(self) -> int:
        """How many requests for pages there were."""
        return int(self._told("asked"))

    def _told(self, what: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{what}", timeout=300) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__, str(self.hosts), str(self.pages)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None


def host_name(number: int) -> str:
    return f"paper{number}.test"


def page_path(number: int) -> str:
    return f"/2026/03/20/story-{number}"


def numbers_of(hosts: int, pages: int, name: str) -> range:
    """The numbers of a host's pages."""
    return range([host_name(number) for number in range(hosts)].index(name), pages, hosts)


class _Server:
    """As little HTTP/1.1 as a crawler needs: GET, keep-alive, Content-Length."""

    def __init__(self, hosts: int, pages: int) -> None:
        self.hosts, self.pages = hosts, pages
        self.asked: Counter[str] = Counter()
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) != b"":
                line, *fields = head.decode("latin-1").split("\r\n")
                path = line.split(" ")[1]
                host = next(f[5:].strip() for f in fields if f.lower().startswith("host:"))
                status, kind, body = self.answer(host.partition(":")[0], path)
                size = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(f"HTTP/1.1 {status}\r\n{size}".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the crawler was killed
        finally:
            writer.close()

    def answer(self, host: str, path: str) -> tuple[str, str, bytes]:
        if path == "/counts":
            return "200 OK", "application/json", json.dumps(self.asked).encode()
        if path == "/asked":
            return "200 OK", "application/json", str(self.asked.total()).encode()
        numbers = numbers_of(self.hosts, self.pages, host)
        if path == "/sitemap.xml":
            places = "".join(
                f"<url><loc>http://{host}:{self.port}{page_path(number)}</loc></url>" for number in numbers
            )
            start = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
            return "200 OK", "text/xml", f"{start}{places}</urlset>".encode()
        number = int(path.rpartition("-")[2]) if "/story-" in path else -1
        if number not in numbers:
            return "404 Not Found", "text/html", b"<html><body>Not found</body></html>"
        self.asked[f"{host}:{self.port}{path}"] += 1
        return "200 OK", "text/html; charset=utf-8", article(host, number)


async def serve(hosts: int, pages: int) -> None:
    """Until standard input ends, as it does when the test's process dies."""
    site = _Server(hosts, pages)
    server = await asyncio.start_server(site.talk, "127.0.0.1", 0, backlog=256)
    site.port = server.sockets[0].getsockname()[1]
    print(site.port, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
