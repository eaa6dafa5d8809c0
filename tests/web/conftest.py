"""A small archive with every kind of capture, and the demo's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.archive.material import NOON, exchange
from tests.cli.conftest import DemoArchive, demo_archive
from tests.web.visitor import Visitor, archive_with

__all__ = ["demo_archive"]

STORY = "https://news.example/story?id=1&x=%2F"
AT = {"first": 0, "second": 10, "third": 60}  # seconds after noon


@pytest.fixture(scope="session")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Three states of one story, a revisit among them, and what stands around it."""
    html = ("Content-Type: text/html; charset=utf-8",)
    cookies = ("Set-Cookie: a=1", "Content-Security-Policy: x", "Connection: close", "X-Bad\u00e9: 1")
    pages = [
        exchange(STORY, b"<h1>One</h1>", at=NOON, headers=(*html, *cookies)),
        exchange(STORY, b"<h1>Two</h1>", at=NOON + timedelta(seconds=10), headers=html),
        exchange(STORY, b"<h1>One</h1>", at=NOON + timedelta(seconds=60), headers=(*html, "X-Third: yes")),
        exchange(
            "https://news.example/old", b"", status=301, reason=" Moved", headers=("Location: /new?a=1",)
        ),
        exchange("https://news.example/new?a=1", b"<p>New</p>"),
        exchange("https://news.example/none", b"<p>none</p>", status=404, reason=" Not Found"),
        exchange("https://news.example/empty", b"", status=204, reason=" No Content", headers=()),
        exchange("https://news.example/odd", b"odd", status=999, reason=" Odd"),
        exchange("https://www.news.example/a/b", b"<p>B</p>"),
        exchange("https://img.news.example/p.png", b"\x89PNG", headers=("Content-Type: image/png",)),
        exchange("https://news.example/p.svg", b"<svg/>", headers=("Content-Type: image/svg+xml",)),
        exchange(
            "https://news.example/s.css", b"a{background:url(/p.png)}", headers=("Content-Type: text/css",)
        ),
        exchange("https://news.example/x.js", b"alert(1)", headers=("Content-Type: text/javascript",)),
        exchange("https://news.example/broken", b"\x1f\x8b", headers=(*html, "Content-Encoding: gzip")),
        exchange("https://other.example/", b"<p>Other</p>"),
    ]
    archive, _ = archive_with(tmp_path_factory.mktemp("web"), pages)
    yield Visitor(archive)
    archive.close()


@pytest.fixture
def demo_visitor(demo_archive: DemoArchive) -> Iterator[Visitor]:
    with demo_archive.open() as archive:
        yield Visitor(archive)
