"""What the browser of the tests talks to: our two apps counted, captures without isolation, and traps."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from archive.catalog.cdx_reads import captures_around
from archive.opening import Archive
from archive.reader import read_exchange
from tests.archive.material import NOON
from web.address import target_of
from web.memento import choose
from web.problem import Problem
from web.serve import _server

MARK = "ESCAPED"  # begins everything that a hostile script says
FRAME, PLANT = "/frame", "/plant"  # pages of ours that the servers of the tests add
FRAMING = (
    "<!DOCTYPE html><title>reader</title><script>onmessage=e=>console.log(e.data);"
    "localStorage.planted='planted-storage'</script>"
    '<iframe width=900 height=600 src="{}"></iframe>'
)


@dataclass
class Counter:
    """ASGI middleware that remembers every request."""

    app: ASGIApp
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        if scope["path"] in {FRAME, PLANT}:  # ours: shows a capture, or stores something for one to read
            html = (FRAMING.format(query) if scope["path"] == FRAME else "<title>ours</title>").encode()
            headers = [(b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": html})
            return
        worker = any(name == b"service-worker" for name, _ in scope["headers"])
        self.asked.append(f"{'worker' if worker else scope['method']} {scope['raw_path'].decode()}?{query}")
        await self.app(scope, receive, send)


@dataclass
class Unprotected:
    """Serves captures as they came: what replay would be without what it does."""

    archive: Archive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        found = None
        if scope["path"].startswith("/web/"):
            with suppress(Problem):  # an address that climbed out of /web/
                rows = await asyncio.to_thread(
                    captures_around, self.archive.catalog, target_of(scope, 2), NOON
                )
                found = choose(rows, NOON)
        if found is None:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b"none"})
            return
        archived = await asyncio.to_thread(read_exchange, self.archive.store, found.capture)
        headers = [
            (name.encode("latin-1"), value.replace("\r", " ").encode("latin-1"))
            for name, value in archived.headers
        ]
        await send({"type": "http.response.start", "status": archived.status, "headers": headers})
        await send({"type": "http.response.body", "body": archived.body})


class Trap(asyncio.DatagramProtocol):
    """Where a row's live web would be: counts connections and packets, and answers what is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append("a connection")
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line = head.split(b"\r\n")[0].decode("latin-1")
                self.asked.append(line)
                body, kind = _bait(line)
                lines = (
                    f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                    "Access-Control-Allow-Origin: *\r\nSet-Cookie: live=1\r\n\r\n"
                )
                writer.write(lines.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # the browser hung up, or speaks something else: counted already
        finally:
            writer.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 - the protocol's
        self.asked.append("a packet")


def _bait(line: str) -> tuple[bytes, str]:
    path = line.split(" ")[1] if line.count(" ") > 1 else ""
    if ".js" in path:
        return f"console.log('{MARK} live script')".encode(), "text/javascript"
    if ".css" in path:
        return b"p{color:red}", "text/css"
    return b"<p>live", "text/html"


def serve_within(stack: AsyncExitStack, app: ASGIApp, listening: socket.socket) -> None:
    server = _server(app)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    stack.push_async_callback(_stop, server, task)


async def _stop(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    server.should_exit = True
    await task
