"""A running demo, and a plain client that asks it by the names of its sites."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlsplit

import pytest

from cli.demo_site import DemoSite


@dataclass(frozen=True)
class Reply:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        raw = gzip.decompress(self.body) if self.headers["Content-Encoding"] == "gzip" else self.body
        return raw.decode(self.headers.get_content_charset() or "windows-1252")


Get = Callable[..., Reply]


@pytest.fixture(scope="module")
def running() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


@pytest.fixture
def demo(running: DemoSite) -> DemoSite:
    running.set_night(1)
    return running


@pytest.fixture
def get(demo: DemoSite) -> Get:
    def ask(url: str, *, method: str = "GET", body: str | None = None, **headers: str) -> Reply:
        parts = urlsplit(url)
        connection = HTTPConnection("127.0.0.1", demo.port, timeout=300)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, body, {"Host": parts.netloc, **names})
        response = connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        connection.close()
        return reply

    return ask
