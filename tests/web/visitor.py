"""A reader of both origins, without a network: ASGI called by httpx, bodies as they went over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from archive.clock import Clock, SystemClock
from archive.exchange import Exchange
from archive.opening import Archive
from archive.rows import CaptureRow
from config.saved_search import SavedSearch
from config.settings import WebSettings
from tests.archive.material import house
from web.app import api_app, replay_app
from web.origins import Origins

ORIGINS = Origins("http://127.0.0.1:8080", "http://127.0.0.1:8081")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(app: ASGIApp, origin: str, path: str, headers: Mapping[str, str], method: str = "GET") -> Answer:
    """One request; the path as it is."""

    async def exchange() -> Answer:
        transport = httpx.ASGITransport(app=app)
        async with (
            httpx.AsyncClient(transport=transport, base_url=origin) as client,
            client.stream(method, f"{origin}{path}", headers=dict(headers)) as response,
        ):
            body = b"".join([piece async for piece in response.aiter_raw()])
            return Answer(response.status_code, response.headers, body)

    return asyncio.run(exchange())


@dataclass(frozen=True)
class Visitor:
    """Asks one archive over HTTP."""

    archive: Archive
    settings: WebSettings = field(default_factory=WebSettings)
    timemap_page: int = 1000
    clock: Clock = SystemClock()  # noqa: RUF009 - has no state
    sources: Path | None = None
    searches: tuple[SavedSearch, ...] = ()

    def api(self, path: str, method: str = "GET", /, **headers: str) -> Answer:
        app = api_app(
            self.archive,
            self.settings,
            ORIGINS,
            self.clock,
            sources=self.sources,
            searches=self.searches,
            timemap_page=self.timemap_page,
        )
        return ask(app, ORIGINS.api, path, _named(headers), method)

    def replay(self, path: str, method: str = "GET", /, **headers: str) -> Answer:
        app = replay_app(self.archive, self.settings, ORIGINS, self.clock)
        return ask(app, ORIGINS.replay, path, _named(headers), method)


def _named(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name.replace("_", "-"): str(value) for name, value in headers.items()}


def archive_with(folder: Path, exchanges: Iterable[Exchange]) -> tuple[Archive, list[CaptureRow]]:
    """An archive of these exchanges, committed one by one, so that equal payloads become revisits."""
    home = house(folder)
    rows = []
    for one in exchanges:
        rows.append(home.record(one))
        home.committer.commit_segments(home.recorder, [])
    home.die()
    return Archive(home.store, home.catalog), rows
