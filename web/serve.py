"""Serves both applications until told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from archive.opening import Archive
from config.errors import ConfigError
from config.saved_search import SavedSearch
from config.settings import WebSettings
from web.app import api_app, replay_app
from web.origins import Origins
from web.traffic import Traffic

GRACE = 10  # seconds that answers under way may still take
CONNECTIONS = 200  # at once, on each port


class _Server(uvicorn.Server):
    """A server that leaves signals to us: two of them in one process would both want to have them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    archive: Archive,
    settings: WebSettings,
    ready: Callable[[Origins], None],
    *,
    sources: Path | None = None,
    searches: Sequence[SavedSearch] = (),
) -> None:
    """Listen on both ports, call `ready`, and answer until SIGTERM or SIGINT.

    `sources` is the folder of source files that pages show, `searches` are the saved ones.

    Raises ConfigError if a port cannot be listened on, or the settings do not say where readers reach us.
    """
    origins = Origins.of(settings)
    api = _listen(settings.host, settings.port, "web.port")
    try:
        replay = _listen(settings.host, settings.replay_port, "web.replay_port")
    except ConfigError:
        api.close()
        raise
    with api, replay:
        ready(origins)
        traffic = Traffic()
        pages = api_app(archive, settings, origins, sources=sources, searches=searches, traffic=traffic)
        replayed = replay_app(archive, settings, origins, traffic=traffic)
        asyncio.run(_serve_both((_server(pages), api), (_server(replayed), replay)))


async def _serve_both(*pairs: tuple[_Server, socket.socket]) -> None:
    def stop() -> None:
        for server, _ in pairs:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await asyncio.gather(*(server.serve(sockets=[listening]) for server, listening in pairs))


def _server(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=GRACE,
    )
    return _Server(config)


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # who is told the address may come before the server is ready
    except OSError as error:
        listening.close()
        reason = error.strerror or str(error)
        raise ConfigError(
            f"{host}:{port} cannot be listened on ({reason}): set {setting} or web.host"
        ) from error
    return listening
