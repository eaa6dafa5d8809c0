"""A tiny news web whose every answer a test writes down, and an archive that watches it.

Pages are a dict: `/path`, or `host/path`, → (status, headers, body), or a callable that is given the visit
and returns such a triple, or raises ConnectionError to hang up. A body that is an iterator is sent piece by
piece, without a length unless the headers give one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from tests.end_to_end.house import EACH_NIGHT, House
from tests.services.stamped import StampedSocket

Page = tuple[int, Mapping[str, str], bytes | Iterator[bytes]]

HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Visit:
    """One request of `peer`, with the monotonic moments at which it came and at which its answer was out."""

    host: str
    path: str
    headers: Mapping[str, str]
    began: float
    ended: float | None = None
    peer: str = ""


Answer = Page | Callable[[Visit], Page]


@dataclass
class SmallSite:
    """Listens on one port of this machine under any number of names; `log` has every visit, in order."""

    pages: dict[str, Answer] = field(default_factory=dict)
    log: list[Visit] = field(default_factory=list)
    port: int = 0
    address: str = "127.0.0.1"
    _server: _Server | None = None
    _lock: Lock = field(default_factory=Lock)

    def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = _Server((self.address, self.port), self)
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"

    def add(self, host: str, paths: Mapping[str, Answer]) -> None:
        """Add pages of one host."""
        self.pages |= {f"{host}{path}": answer for path, answer in paths.items()}

    def source(self, name: str, host: str, extra: str = "") -> str:
        """The YAML of a source that reads `/feed` of a host."""
        return (
            f"name: {name}\nhomepage: {self.url(host)}\n"
            f"discover: {{feeds: ['{self.url(host, '/feed')}']}}\n"
            f"network: {{allow_private: true}}\n{extra}"
        )

    def visits(self, host: str, path: str | None = None) -> list[Visit]:
        """The visits of a host, or of one of its pages, in order."""
        with self._lock:
            return [one for one in self.log if one.host == host and path in (None, one.path)]

    def answer(self, visit: Visit) -> Page:
        """What stands for an address; a plain 404 where nothing does."""
        with self._lock:
            self.log.append(visit)
        path = visit.path.partition("?")[0]
        found = self.pages.get(f"{visit.host}{path}", self.pages.get(path))
        if found is None:
            return 404, HTML, b"<html><body><h1>Not found</h1></body></html>"
        return found(visit) if callable(found) else found


def page(body: bytes | str, **headers: str) -> Page:
    """A 200 with HTML; header names are written with `_` for `-`."""
    data = body.encode() if isinstance(body, str) else body
    return 200, {**HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}, data


def redirect(location: str, status: int = 302) -> Page:
    return status, {"Location": location}, b""


def feed(urls: Iterable[str]) -> Page:
    """An RSS feed that names these addresses."""
    items = "".join(f"<item><title>Item</title><link>{url}</link></item>" for url in urls)
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    return 200, {"Content-Type": "application/rss+xml"}, text.encode()


def robots(text: str) -> Page:
    return 200, {"Content-Type": "text/plain"}, text.encode()


def story(name: str, *, images: Iterable[str] = (), extra: str = "") -> str:
    """An article of several paragraphs, no two of one text if the names differ."""
    sentences = (
        f"The harbour office said on Tuesday that the {name} quay would be closed until the dredger is back.",
        f"Two ferries of the {name} line were sent to the northern pier, where passengers waited an hour.",
        f"A spokeswoman for the {name} council told reporters that the work had been planned since spring.",
        f"Fishermen from {name} asked who would pay for the nights on which their boats could not go out.",
    )
    paragraphs = "".join(f"<p>{sentence} {sentence.replace('said', 'added')}</p>" for sentence in sentences)
    pictures = "".join(
        f'<figure><img src="{url}" width="1200" height="800" alt="The quay">'
        "<figcaption>The quay in the morning</figcaption></figure>"
        for url in images
    )
    return (
        f"<!doctype html><html lang='en'><head><title>Quay of {name} closes</title></head><body>"
        f"<article><h1>Quay of {name} closes</h1>{pictures}{paragraphs}</article>{extra}</body></html>"
    )


def small_house(
    folder: Path,
    sources: Mapping[str, str],
    *,
    hosts: Iterable[str],
    network: str = "",
    crawl: str = "",
    ladder: str = EACH_NIGHT,
    store: str | None = None,
    catalog: str | None = None,
    s3: str = "",
    environment: Mapping[str, str] | None = None,
) -> House:
    """An archive of its own; `hosts` are the names that lead to this machine."""
    (folder / "sources").mkdir(parents=True)
    for name, text in sources.items():
        (folder / "sources" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "hosts").write_text("".join(f"127.0.0.1 {host}\n" for host in hosts), encoding="utf-8")
    lines = [
        f"store: {store or (folder / 'store').as_uri()}",
        f"catalog: {catalog or f'sqlite:///{folder}/catalog.db'}",
        "spool: spool",
        "sources: sources",
        f"network: {{hosts_file: hosts, delay: 0, contact: https://example.org/about-us, {network}}}",
        f"crawl: {{workers: 1, revisit: [{ladder}], {crawl}}}",
        f"s3: {{{s3}}}",
        "log: {level: warning}",
    ]
    (folder / "dateline.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return House(folder, environment or {})


def crawl_words(moment: datetime, *names: str) -> tuple[str, ...]:
    """The command for a night at a moment."""
    return ("crawl", *names, "--clock", moment.isoformat(), "--night", moment.date().isoformat())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: SmallSite) -> None:
        self.site = site
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[StampedSocket, Any]:
        """A visit begins when it comes to this machine: on a busy one its thread has its turn much later."""
        accepted, address = self.socket.accept()
        return StampedSocket.of(accepted), address


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: Any

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0]
        visit = Visit(host, self.path, dict(self.headers.items()), self.connection.arrived_monotonic)
        visit.peer = self.client_address[0]
        try:
            self._send(*self.server.site.answer(visit))
        except ConnectionError:  # the crawler hung up, or the answer is to hang up on it
            self.close_connection = True
        visit.ended = time.monotonic()

    def _send(self, status: int, headers: Mapping[str, str], body: bytes | Iterator[bytes]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if isinstance(body, bytes):
            if "Content-Length" not in headers and status != 304:
                self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        for piece in (body,) if isinstance(body, bytes) else body:
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: `SmallSite.log` remembers."""
