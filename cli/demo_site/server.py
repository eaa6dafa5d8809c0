"""The demo's web server: three sites on one port, told apart by their Host header. HTTP/1.1, in threads."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.server import ThreadingHTTPServer
from itertools import count
from pathlib import Path
from random import Random
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from cli.demo_site.handler import Handler
from cli.demo_site.nights import NIGHTS, ExpectedNight, expected_night
from cli.demo_site.sources import hosts_lines, source_files
from cli.demo_site.stories import SITE_NAMES, load_sites
from cli.demo_site.view import View

# `.test` never resolves (RFC 6761) and is what the crawl uses; browsers send `.localhost` home by themselves.
DOMAIN = "test"
BROWSER_DOMAIN = "localhost"


@dataclass(frozen=True, slots=True)
class PlantedArticle:
    """What a reader sees of one article on one night; extraction is measured against it.

    Attributes:
        pictures: address of the largest JPEG of each picture, in order; captions and credits likewise.
    """

    url: str
    language: str
    title: str
    byline: tuple[str, ...]
    published: datetime
    paragraphs: tuple[str, ...]
    pictures: tuple[str, ...]
    captions: tuple[str, ...]
    credits: tuple[str, ...]


class DemoSite:
    """The living news web, served from threads of this process.

    Use it as a context manager, or call `start` and `stop`. `port` 0 takes a free one. With `switchable`, a
    POST to `/_night` changes the night (for a person at a browser; a crawl uses `set_night`).
    """

    def __init__(self, port: int = 0, night: int = 1, *, switchable: bool = False) -> None:
        self.switchable = switchable
        self._port = port
        self._night = _known(night)
        self._requests = count()
        self._server: _Server | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        """Listen on 127.0.0.1; raises OSError if the port is taken."""
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="demo-site", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and hang up on everyone; harmless if not started."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.hang_up()
            server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return self._port

    @property
    def night(self) -> int:
        return self._night

    @property
    def hosts(self) -> Mapping[str, str]:
        """Site name to `host:port`."""
        return {name: f"{name}.{DOMAIN}:{self._port}" for name in SITE_NAMES}

    def set_night(self, night: int) -> None:
        """From the next request on it is `night` (1, 2 or 3); raises ValueError for another."""
        self._night = _known(night)

    def url(self, site: str, path: str = "/") -> str:
        """The absolute address of `path` on `site`."""
        return f"http://{self.hosts[site]}{path}"

    def expected(self, night: int) -> ExpectedNight:
        """What a crawl on `night` should archive."""
        return expected_night(_known(night), self.url)

    def planted_text(self, url: str, night: int) -> PlantedArticle:
        """The truth about the article at `url` on `night`; KeyError if none can be read there then."""
        parts = urlsplit(url)
        site = load_sites()[(parts.hostname or "").partition(".")[0]]
        planned = site.planned(parts.path)
        story = planned.on(night) if planned else None
        if planned is None or story is None or night in (planned.broken, planned.walled):
            raise KeyError(f"{url} shows no article on night {night}")
        return PlantedArticle(
            url=self.url(site.name, story.path),
            language=story.language,
            title=story.title,
            byline=story.byline,
            published=story.published,
            paragraphs=story.text,
            pictures=tuple(self.url(site.name, f"/media/{p.name}-1200.jpg") for p in story.pictures),
            captions=tuple(p.caption for p in story.pictures),
            credits=tuple(p.credit for p in story.pictures),
        )

    def write_sources(self, folder: Path) -> list[Path]:
        """Write the three source files into `folder` (made if missing) and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, text in source_files(self.url).items():
            paths.append(folder / f"{name}.yaml")
            paths[-1].write_text(text, encoding="utf-8")
        return paths

    def write_hosts_file(self, path: Path) -> Path:
        """Write the three names for `network.hosts_file` and return `path`."""
        path.write_text(hosts_lines([f"{name}.{DOMAIN}" for name in SITE_NAMES]), encoding="utf-8")
        return path

    def view(self, host: str) -> View | None:
        """The view of the site that `host` names, for one request; None for a name that is not ours."""
        name, _, domain = host.rpartition(":")[0].partition(".")
        if name not in SITE_NAMES or domain not in (DOMAIN, BROWSER_DOMAIN):
            return None
        number = next(self._requests)
        return View(load_sites()[name], self._night, f"http://{host}", number, Random(f"{name} {number}"))


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that stopping does not wait for clients that keep them."""

    # A crawl opens many connections at once; the default backlog of 5 would make some wait a second.
    request_queue_size = 128
    # `server_close` waits for these threads: after `stop` nothing is served and nothing is printed.
    daemon_threads = False

    def __init__(self, address: tuple[str, int], demo: DemoSite) -> None:
        self.demo = demo
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Wake every thread that waits for a next request on a kept connection."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was faster


def _known(night: int) -> int:
    if night not in NIGHTS:
        raise ValueError(f"night must be one of {', '.join(map(str, NIGHTS))}, got {night}")
    return night
