"""Response heads as they came: aiohttp's protocol with an ear on the wire.

aiohttp hands out parsed fields only (white space and folding are gone) and limits single lines, not the
section. `set_response_params` is called once for each request before it is sent and `data_received` for each
read, so a subclass can keep the head's own bytes, count them, and give the parser the head and the body
apart: a broken chunk in the same read would otherwise take a good head down with it (the parser drops what it
had). The tests in `tests/crawler/fetch/` over raw sockets hold this down.
"""

from __future__ import annotations

import asyncio
import re
import socket
from functools import partial
from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

DELIVERY_MILLISECONDS: Final = 10_000  # less than what is left of a lease when its holder stops
_OVER_IP = frozenset({socket.AF_INET, socket.AF_INET6})
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_INTERIM = re.compile(rb"HTTP/\S+ +1(?!01)\d\d\b")  # 100 Continue, 103 Early Hints; 101 is final


class HeadersTooLargeError(aiohttp.ClientError):
    """The header section (interim responses included) is over the limit."""


class Tap:
    """What was heard of one response.

    Attributes:
        head: the head of the final response with its empty line, or None until it is whole.
        head_bytes: bytes of heads so far, interim ones included.
        body_bytes: bytes heard after the head, framing included.
        lost: the error that ended the connection, or None (yet, or it was closed in order).
    """

    def __init__(self) -> None:
        self.head: bytes | None = None
        self.head_bytes = 0
        self.body_bytes = 0
        self.lost: BaseException | None = None
        self._buffer = bytearray()
        self._start = 0  # of the head under way, in the buffer

    def feed(self, data: bytes) -> int:
        """Listen to `data`; return how many of its bytes belong to heads."""
        if self.head is not None:
            self.body_bytes += len(data)
            return 0
        known = len(self._buffer)
        self._buffer += data
        while self.head is None:
            while self._buffer.startswith((b"\r", b"\n"), self._start):
                self._start += 1  # empty lines before a status line mean nothing (RFC 9112, 2.2)
            end = _HEAD_END.search(self._buffer, max(self._start, known - 3))
            if end is None:
                self.head_bytes = len(self._buffer)
                return len(data)
            head = bytes(self._buffer[self._start : end.end()])
            self._start = end.end()
            if not _INTERIM.match(head):
                self.head = head
        self.head_bytes = self._start
        self.body_bytes = len(self._buffer) - self._start
        self._buffer.clear()
        return len(data) - self.body_bytes


class TappedHandler(ResponseHandler):
    """The connection protocol that keeps the head of the response under way."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int) -> None:
        super().__init__(loop)
        self._limit = limit
        self.tap = Tap()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        _give_up_in_time(transport)
        super().connection_made(transport)

    def set_response_params(self, **params: Any) -> None:
        self.tap = Tap()
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        cut = self.tap.feed(data)
        if self.tap.head_bytes > self._limit:
            self.set_exception(HeadersTooLargeError(f"header section over {self._limit} bytes"))
            if self.transport is not None:
                self.transport.abort()  # `self.abort` would clear the exception that says why
            return
        if cut in {0, len(data)}:  # also the empty read by which aiohttp resumes
            super().data_received(data)
        else:
            super().data_received(data[:cut])
            if self.exception() is None:
                super().data_received(data[cut:])
        self._pass_on_error()

    def _pass_on_error(self) -> None:
        """Tell the reader of the body: after bad framing the parser forgets it, and it would wait."""
        error, body = self.exception(), self._payload
        if error is not None and body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError(f"bad framing: {error}"), error)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.tap.lost = exc
        super().connection_lost(exc)


def _give_up_in_time(transport: asyncio.BaseTransport) -> None:
    """Have the system not send for longer what nobody acknowledges (RFC 5482), where it knows how (Linux).

    It would try for minutes, also after we have closed the connection or ended: a request would come when
    the host's distance is over, or when another one of ours is talking to it.
    """
    connected = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None and connected is not None and connected.family in _OVER_IP:
        connected.setsockopt(socket.IPPROTO_TCP, option, DELIVERY_MILLISECONDS)


class TappedConnector(aiohttp.TCPConnector):
    """A TCP connector whose connections are `TappedHandler`s."""

    def __init__(self, *, max_header_bytes: int, **options: Any) -> None:
        super().__init__(**options)
        # Not public, but the one place where a connector makes its protocols, for TLS inside a tunnel as
        # well.
        self._factory = partial(  # type: ignore[assignment]  # partial is invariant, callers are not
            TappedHandler, loop=self._loop, limit=max_header_bytes
        )


class TappedResponse(aiohttp.ClientResponse):
    """A response that knows what was heard on the wire, and who sent it.

    Both must be taken in `start`: aiohttp gives the connection back as soon as the body is whole, which may
    be before anybody could ask (aiohttp issue 2205).
    """

    tap: Tap | None = None
    peer: str | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        protocol, transport = connection.protocol, connection.transport
        peer = transport.get_extra_info("peername") if transport is not None else None
        self.peer = str(peer[0]) if peer else None
        self.tap = protocol.tap if isinstance(protocol, TappedHandler) else None
        return await super().start(connection)
