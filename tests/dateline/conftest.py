"""The demo's archive with two saved searches, opened directly and over HTTP."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import ASGIApp

import dateline
from archive.catalog import previews
from archive.catalog.previews import PreviewRequest
from archive.clock import SystemClock
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import open_archive
from archive.preview import PreviewedPage, PreviewResult, written
from config.settings import load_settings
from crawler.watch.searching import check_searches
from tests.cli.conftest import DemoArchive, demo_archive
from web.app import api_app
from web.origins import Origins
from web.serve import _server

__all__ = ["demo_archive"]

TOKEN = "a-token-for-readers"
SEARCHES = (
    "searches:\n  - {name: everywhere, query: the}\n  - {name: nowhere, query: zzzzz, source: none-such}\n"
)


@dataclass(frozen=True)
class Demo:
    """The archive's settings, what made it, and where it is served."""

    made: DemoArchive
    config: Path
    address: str


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Answer on a socket, which queues what comes before the server is up."""
    server = _server(app)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="module")
def demo(demo_archive: DemoArchive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("client") / "archive"
    shutil.copytree(demo_archive.config.parent, folder)
    config = folder / "dateline.yaml"
    config.write_text(f"{config.read_text()}{SEARCHES}web: {{rate: 0, token: {TOKEN}}}\n")
    settings, clock = load_settings(config), SystemClock()
    archive = open_archive(settings)
    committer = Committer(
        archive.store, archive.catalog, JournalWriter(archive.store, new_writer(clock.now()), clock), clock
    )
    committer.commit_rows(check_searches(archive.catalog, settings.searches, clock.now()))
    request = PreviewRequest("el-mirador", "preview-1", clock.now(), "desk")
    previews.ask(archive.catalog, request)
    page = PreviewedPage("https://mirador.example/a", "archived", title="Un puente", published_at=clock.now())
    previews.answer(archive.catalog, request, written(PreviewResult("0" * 64, pages=(page,))), clock.now())
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = api_app(
        archive,
        settings.web,
        Origins(address, "http://127.0.0.1:1"),
        sources=settings.sources,
        searches=settings.searches,
    )
    with serving(app, listening):
        yield Demo(demo_archive, config, address)
    archive.close()


@pytest.fixture(scope="module")
def here(demo: Demo) -> Iterator[dateline.Archive]:
    with dateline.open_archive(demo.config.parent) as archive:
        yield archive


@pytest.fixture(scope="module")
def there(demo: Demo) -> Iterator[dateline.Archive]:
    with dateline.connect(f"{demo.address}/", TOKEN) as archive:
        yield archive


@pytest.fixture(scope="module", params=["here", "there"])
def archive(request: pytest.FixtureRequest) -> dateline.Archive:
    found: dateline.Archive = request.getfixturevalue(request.param)
    return found
