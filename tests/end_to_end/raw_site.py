"""A news web over bare sockets: every answer is the bytes that a test writes down, right or wrong.

Any number of names stand behind one port, in clear and with TLS: the first byte of a connection tells which.
An answer is bytes, or a callable that is given the wire and sends what it likes, as slowly as it likes.
"""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

_TLS_HANDSHAKE = b"\x16"  # RFC 8446, 5.1
_LONGEST_HEAD = 64 * 1024
_PATIENCE = 60.0  # seconds that an answer may wait for the crawler at most


@dataclass
class Visit:
    """One request: whom it was for, and the monotonic moment at which its head was whole."""

    host: str
    path: str
    began: float
    head: bytes


@dataclass
class Wire:
    """The server's end of a connection."""

    connection: socket.socket
    visit: Visit

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.connection.sendall(part)

    def reset(self) -> None:
        """End with RST in place of FIN; what was sent is given a moment to arrive."""
        Event().wait(0.05)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def hold(self) -> None:
        """Say nothing more until the crawler hangs up."""
        with suppress(OSError):
            while self.connection.recv(4096):
                pass


Answer = bytes | Callable[[Wire], None]


@dataclass
class RawSite:
    """Listens on a port of this machine; `log` has every visit in order.

    `routes` are `host/path` → answer, and `host*` what else a host answers; without it, a plain 404.
    """

    routes: dict[str, Answer] = field(default_factory=dict)
    certificates: dict[str, ssl.SSLContext] = field(default_factory=dict)  # by the name asked for
    log: list[Visit] = field(default_factory=list)
    port: int = 0
    _listener: socket.socket | None = None
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def url(self, host: str, path: str = "/", *, scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def add(self, host: str, paths: Mapping[str, Answer]) -> None:
        """Add answers of one host."""
        with self._lock:
            self.routes |= {f"{host}{path}": answer for path, answer in paths.items()}

    def visits(self, host: str, path: str | None = None) -> list[Visit]:
        """The visits of a host, or of one of its paths."""
        with self._lock:
            return [one for one in self.log if one.host == host and path in (None, one.path)]

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE)
        with suppress(OSError, ValueError):  # the crawler hung up, as many of these answers want it to
            if connection.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                connection = self._secured(connection)
            head = _head(connection)
            host, path = _asked(head)
            visit = Visit(host, path, time.monotonic(), head)
            with self._lock:
                self.log.append(visit)
                given = self.routes.get(f"{host}{path}") or self.routes.get(f"{host}*", NOT_FOUND)
            if isinstance(given, bytes):
                connection.sendall(given)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)  # closing with bytes unread would be a reset
            else:
                given(Wire(connection, visit))
        connection.close()

    def _secured(self, connection: socket.socket) -> socket.socket:
        """With the certificate of the name that is asked for; without one, the handshake fails."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def choose(wrapped: ssl.SSLObject | ssl.SSLSocket, name: str, _: ssl.SSLContext) -> int | None:
            if name not in self.certificates:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            wrapped.context = self.certificates[name]
            return None

        context.sni_callback = choose
        return context.wrap_socket(connection, server_side=True)


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
        part = connection.recv(4096)
        if not part:
            raise ConnectionError("hung up before the head was whole")
        head += part
    return head


def _asked(head: bytes) -> tuple[str, str]:
    """Host (lower case, without port) and path of a request."""
    lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.partition(":")[::2] for line in lines[1:] if ":" in line)
    return fields["Host"].strip().rpartition(":")[0].lower(), lines[0].split(" ")[1]


def answer(
    body: bytes | str = b"",
    status: str = "200 OK",
    *,
    kind: str | None = "text/html; charset=utf-8",
    fields: Iterable[str] = (),
    length: int | None = None,
) -> bytes:
    """A response whose length is right, unless `length` says otherwise (-1: none is given)."""
    data = body.encode() if isinstance(body, str) else body
    announced = len(data) if length is None else length
    lines = [
        f"HTTP/1.1 {status}",
        *([f"Content-Type: {kind}"] if kind else []),
        *([f"Content-Length: {announced}"] if announced >= 0 else []),
        *fields,
        "Connection: close",
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + data


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, fields=[f"Location: {location}"])


NOT_FOUND = answer("<html><body><h1>Not found</h1></body></html>", "404 Not Found")
