"""A TCP proxy on this machine that lets HTTP exchanges fail in the ways that networks do."""

from __future__ import annotations

import enum
import socket
import socketserver
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


class Wire(enum.Enum):
    """What a network does to a request that the server never hears of."""

    RESET = enum.auto()  # a TCP reset comes back at once
    SILENT = enum.auto()  # nothing comes back, until the client gives up


Fate = int | bytes | Wire | None
"""None: pass the answer on. A number: cut the connection after so many bytes of the answer (0 is a lost
acknowledgement: the server did what it was asked). Bytes: answer this, the server never hears of it."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER, socket(7): on, for no time


@dataclass
class Proxy:
    """Where it listens, and how many requests of each method came through."""

    endpoint: str
    requests: Counter[str] = field(default_factory=Counter)


@contextmanager
def proxy(target_port: int, fate: Callable[[str, int], Fate]) -> Iterator[Proxy]:
    """Forward to `target_port` of this machine; `fate(method, n)` decides over the n-th request (from 1)."""
    lock = threading.Lock()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", target_port)) as server:
                _Exchange(self.request, server, decide).run()

    def decide(method: str) -> Fate:
        with lock:
            running.requests[method] += 1
            return fate(method, running.requests[method])

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as listener:
        running = Proxy(f"http://127.0.0.1:{listener.server_address[1]}")
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            listener.shutdown()
            thread.join()


class _Exchange:
    """One connection: two pumps, and what is left of the running answer before it is cut."""

    def __init__(self, client: socket.socket, server: socket.socket, decide: Callable[[str], Fate]) -> None:
        self._client, self._server, self._decide = client, server, decide
        self._left: int | None = None

    def run(self) -> None:
        answers = threading.Thread(target=self._pump_answers, daemon=True)
        answers.start()
        with suppress(OSError):  # the other pump cut the connection
            self._pump_requests()
        self._cut()
        answers.join()

    def _pump_requests(self) -> None:
        while chunk := self._client.recv(1 << 16):
            method = chunk.split(b" ", 1)[0]
            if method in {b"GET", b"PUT", b"HEAD", b"POST", b"DELETE"}:
                fate = self._decide(method.decode())
                if isinstance(fate, bytes):
                    self._client.sendall(fate)
                    return
                if fate is Wire.RESET:
                    self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                    self._client.close()
                    return
                if fate is Wire.SILENT:
                    while self._client.recv(1 << 16):
                        pass
                    return
                self._left = fate
            self._server.sendall(chunk)

    def _pump_answers(self) -> None:
        with suppress(OSError):
            while chunk := self._server.recv(1 << 16):
                # "100 Continue" only asks for the body; it is not the answer.
                if self._left is not None and not chunk.startswith(b"HTTP/1.1 100"):
                    chunk, over = chunk[: self._left], len(chunk) >= self._left
                    self._left -= len(chunk)
                    self._client.sendall(chunk)
                    if over:
                        break
                else:
                    self._client.sendall(chunk)
        self._cut()

    def _cut(self) -> None:
        for each in (self._client, self._server):
            with suppress(OSError):  # already closed from the other side
                each.shutdown(socket.SHUT_RDWR)
