"""Requests to the service in process, each timed by the clock and by the processor time of this process."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from starlette.types import ASGIApp, Message

from archive.catalog.catalog import Catalog
from archive.opening import Archive
from archive.stores.local import LocalStore
from config.settings import WebSettings
from web.app import api_app
from web.origins import Origins

ORIGINS = Origins("http://127.0.0.1:8080", "http://127.0.0.1:8081")
_HEADERS = [(b"host", b"127.0.0.1:8080"), (b"accept", b"text/html")]


@dataclass(frozen=True, slots=True)
class Took:
    """One request: ms by the clock, ms of processor time, status, bytes of the answer."""

    path: str
    wall: float
    cpu: float
    status: int
    size: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some requests of one kind, in ms; `size` is the median answer in bytes."""

    count: int
    p50: float
    p95: float
    cpu50: float
    cpu95: float
    size: int


@dataclass(slots=True)
class Rounds:
    """Every request of a measurement, by kind."""

    took: dict[str, list[Took]] = field(default_factory=dict)

    def figures(self, kind: str) -> Figures:
        return figures_of(self.took[kind])

    def wrong(self) -> list[Took]:
        """Answers that are no page: 5xx, or a status that no question should get."""
        every = (one for each in self.took.values() for one in each)
        return [one for one in every if one.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}]


def figures_of(took: Iterable[Took]) -> Figures:
    each = list(took)
    return Figures(
        len(each),
        *(at([one.wall for one in each], share) for share in (50, 95)),
        *(at([one.cpu for one in each], share) for share in (50, 95)),
        int(at([one.size for one in each], 50)),
    )


def at(values: Iterable[float], share: int) -> float:
    """A percentile: the smallest value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def service(catalog: Catalog, folder: Path) -> ASGIApp:
    """The pages and the API over a catalog, as `dateline serve` has them; source files lie in `sources`."""
    archive = Archive(LocalStore(folder / "store"), catalog)
    return api_app(archive, WebSettings(rate=1_000_000), ORIGINS, sources=folder / "sources")


async def ask(app: ASGIApp, path: str) -> Took:
    """One GET, called as an ASGI server would, without a socket."""
    status, body = 0, bytearray()
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": _HEADERS,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body.extend(message.get("body", b""))

    wall, cpu = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Took(path, wall * 1000, cpu * 1000, status, len(body), bytes(body) if status >= 400 else b"")


def measure(
    app: ASGIApp, kinds: Mapping[str, Callable[[random.Random], str]], count: int, seed: int = 5
) -> Rounds:
    """So many requests of every kind, one after the other, kinds in turn; the first ten of each warm up."""

    async def every() -> Rounds:
        chance, rounds = random.Random(seed), Rounds({kind: [] for kind in kinds})
        for number in range(count + _WARM):
            for kind, draw in kinds.items():
                took = await ask(app, draw(chance))
                if number >= _WARM:
                    rounds.took[kind].append(took)
        return rounds

    return asyncio.run(every())


_WARM = 5
