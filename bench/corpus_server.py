"""Serves the corpus as news sites, through a forward proxy that ends TLS with an authority of its own.

Every page keeps its own host name, so that a crawl through the proxy meets it under its real address. Each
host also has a feed that lists its pages (`/dateline-feed.xml`); its robots.txt is missing; each picture
asked for is drawn from its address; all else is not found. Nothing goes out to the network.

    python -m bench.corpus_server [--port 8900]      # prints the proxy and the authority's file
"""

from __future__ import annotations

import argparse
import re
import ssl
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self, cast
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

from PIL import Image

from bench.authority import BenchAuthority
from bench.corpus import CorpusPage, address_key, corpus_folder, corpus_pages, page_bytes

FEED_PATH = "/dateline-feed.xml"

_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[/?!:;@])", re.IGNORECASE)
_PICTURE_TAG = re.compile(rb"<(?:img|source|meta|amp-img|link)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)')""")
_ADDRESS = re.compile(r"(?:https?:)?//\S+|/\S+")


class CorpusSites:
    """What each host of the corpus answers. `requests` counts them by kind."""

    def __init__(self, folder: Path, pages: list[CorpusPage]) -> None:
        self._folder = folder
        self._pages = {address_key(page.url): page for page in pages}
        self._by_host: dict[str, list[CorpusPage]] = defaultdict(list)
        for page in pages:
            self._by_host[page.host].append(page)
        self._lock = Lock()
        self.requests: dict[str, int] = defaultdict(int)

    @property
    def hosts(self) -> Mapping[str, list[CorpusPage]]:
        return self._by_host

    def homepage(self, host: str) -> str:
        """The front page: https unless all of the host's pages are http."""
        secure = any(page.url.startswith("https:") for page in self._by_host[host])
        return f"{'https' if secure else 'http'}://{host}/"

    def answer(self, url: str) -> tuple[int, str, bytes]:
        """(status, media type, body) for one absolute address."""
        kind, answer = self._decide(url)
        with self._lock:
            self.requests[kind] += 1
        return answer

    def _decide(self, url: str) -> tuple[str, tuple[int, str, bytes]]:
        parts = urlsplit(url)
        host = parts.netloc.lower()
        if page := self._pages.get(address_key(url)):
            return "page", (200, "text/html", page_bytes(self._folder, page))
        if parts.path == FEED_PATH and host in self._by_host:
            return "feed", (200, "application/rss+xml", self._feed(host))
        if parts.path != "/robots.txt" and self._is_picture(url, host):
            return "picture", (200, "image/jpeg", drawn(address_key(url)))
        return "missing", (404, "text/html", b"<!DOCTYPE html><title>Not found</title><h1>Not found</h1>")

    def _is_picture(self, url: str, host: str) -> bool:
        """By its name, by its host (all that foreign hosts are asked for), or because a page shows it."""
        if host not in self._by_host:
            return True
        return bool(_PICTURE_NAME.search(url)) or address_key(url) in self._shown

    @cached_property
    def _shown(self) -> frozenset[str]:
        """Addresses on the corpus hosts that a page's picture tags or the gold name."""
        shown = set()
        for page in self._pages.values():
            shown.update(address_key(picture) for picture in page.pictures)
            for tag in _PICTURE_TAG.findall(page_bytes(self._folder, page)):
                for found in _ATTRIBUTE.findall(tag.decode("utf-8", "replace")):
                    for address in _ADDRESS.findall(unescape(found[0] or found[1])):
                        shown.add(_key_or_none(page.url, address.rstrip(",")))
        return frozenset(shown - {None, *self._pages})

    def _feed(self, host: str) -> bytes:
        items = "".join(
            f"<item><link>{escape(page.url)}</link><guid>{escape(page.url)}</guid></item>\n"
            for page in self._by_host[host]
        )
        home = self.homepage(host)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
            f"<title>{host}</title><link>{home}</link><description>{host}</description>\n{items}</channel></rss>\n"
        ).encode()


def _key_or_none(base: str, address: str) -> str | None:
    try:
        return address_key(urljoin(base, address))
    except ValueError:  # real pages hold addresses such as http://[placeholder]/
        return None


@lru_cache(maxsize=512)
def drawn(key: str) -> bytes:
    """A JPEG of at least 480x320 pixels that belongs to `key`: soft colours, no two keys alike."""
    chance = Random(key)
    seed = Image.frombytes("RGB", (9, 6), bytes(chance.randrange(30, 226) for _ in range(9 * 6 * 3)))
    wide = chance.randrange(480, 801, 20)
    buffer = BytesIO()
    seed.resize((wide, wide * 2 // 3), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


class CorpusProxy:
    """The forward proxy, running in threads. A context manager; `address` is what `network.proxy` takes."""

    def __init__(self, sites: CorpusSites, folder: Path, port: int = 0) -> None:
        self.sites = sites
        self.authority = BenchAuthority(folder)
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.proxy = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def ca_file(self) -> Path:
        return self.authority.ca_file

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    block_on_close = False  # clients keep their connections; their threads end with the process
    proxy: CorpusProxy


class _Handler(BaseHTTPRequestHandler):
    """CONNECT opens a tunnel in which we are the host; others come in absolute form (RFC 9112)."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self._inside: str | None = None  # the host that the tunnel leads to

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True  # the client is gone

    def finish(self) -> None:
        try:
            super().finish()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True
        finally:
            self.connection.close()  # the server closes the socket it accepted, which a tunnel has replaced

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        context = self._proxy.authority.context(host)
        self.send_response(200, "Connection established")
        self.end_headers()
        tunnel = context.wrap_socket(self.connection, server_side=True)
        self.connection = self.request = tunnel
        self.rfile = tunnel.makefile("rb", self.rbufsize)
        self.wfile = tunnel.makefile("wb")
        self._inside = host if port == "443" else f"{host}:{port}"
        self.close_connection = False

    def do_GET(self) -> None:
        url = self.path if self._inside is None else f"https://{self._inside}{self.path}"
        if not url.startswith(("http://", "https://")):
            status, media_type, body = 400, "text/plain", b"this is a proxy: ask for an absolute address\n"
        else:
            status, media_type, body = self._proxy.sites.answer(url)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the base class looks for this name

    @property
    def _proxy(self) -> CorpusProxy:
        return cast("_Server", self.server).proxy

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent: `CorpusSites.requests` counts."""


def main() -> None:
    """Serve until interrupted, for a person with curl."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8900)
    options = parser.parse_args()
    folder = corpus_folder()
    with TemporaryDirectory() as scratch:
        sites = CorpusSites(folder, corpus_pages(folder))
        with CorpusProxy(sites, Path(scratch), options.port) as proxy:
            print(f"{sum(map(len, sites.hosts.values()))} pages of {len(sites.hosts)} hosts")
            print(f"curl --proxy {proxy.address} --cacert {proxy.ca_file} https://…", flush=True)
            try:
                Event().wait()
            except KeyboardInterrupt:
                print(dict(sites.requests))


if __name__ == "__main__":
    main()
