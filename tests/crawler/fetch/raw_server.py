"""A server that sends exactly the bytes it is told to, and remembers exactly the bytes it was sent."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from config.network_settings import NetworkSettings


@dataclass
class Visit:
    """One request on one connection."""

    head: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answer = Callable[[Visit], Awaitable[None]]


@dataclass
class RawServer:
    answer: Answer
    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                await self.answer(Visit(head, reader, writer))
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass  # the client is gone, as many of these tests want it
        finally:
            writer.close()


def sends(*parts: bytes, then: str = "close") -> Answer:
    """An answer of these bytes; `then` the server closes, resets, stays silent (`hold`) or waits (`keep`)."""

    async def answer(visit: Visit) -> None:
        for part in parts:
            await visit.send(part)
        if then == "close":
            visit.writer.close()
        elif then == "reset":
            await asyncio.sleep(0.05)  # let the bytes out first: RST throws away what waits
            visit.reset()
        elif then == "hold":
            await visit.reader.read()  # until the client hangs up
            visit.writer.close()

    return answer


@asynccontextmanager
async def serving(
    answer: Answer | bytes, *, tls: ssl.SSLContext | None = None, then: str = "close"
) -> AsyncIterator[RawServer]:
    server = RawServer(sends(answer, then=then) if isinstance(answer, bytes) else answer)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


def network(**changes: object) -> NetworkSettings:
    """Settings for a server that is near; a test that waits for a deadline names it."""
    values: dict[str, object] = {
        "user_agent": "TestCrawler/1.0",
        "contact": "https://example.org/about-the-crawler",
        "timeout": 60.0,
        "connect_timeout": min(60.0, float(str(changes.get("timeout", 60.0)))),
        "delay": 0.0,
    }
    return NetworkSettings.model_validate(values | changes)
