"""An HTTP proxy that remembers what it was asked, and sends every tunnel to one place."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class RawProxy:
    target_port: int
    credentials: str | None = None
    refuse_with: bytes | None = None
    port: int = 0
    heads: list[bytes] = field(default_factory=list)

    def _allows(self, head: bytes) -> bool:
        if self.credentials is None:
            return True
        wanted = base64.b64encode(self.credentials.encode())
        return b"Proxy-Authorization: Basic " + wanted + b"\r\n" in head

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            if self.refuse_with is not None or not self._allows(head):
                writer.write(self.refuse_with or b"HTTP/1.1 407 Proxy Auth\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                return
            await self._relay(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # either side is gone
        finally:
            writer.close()

    async def _relay(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        if head.startswith(b"CONNECT "):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            inner_writer.write(head)
        try:
            _, pending = await asyncio.wait(
                [
                    asyncio.ensure_future(_pour(reader, inner_writer)),
                    asyncio.ensure_future(_pour(inner_reader, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
        finally:
            inner_writer.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return  # the same end as an orderly one, to a relay


@asynccontextmanager
async def proxying(
    target_port: int, *, credentials: str | None = None, refuse_with: bytes | None = None
) -> AsyncIterator[RawProxy]:
    proxy = RawProxy(target_port, credentials, refuse_with)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listener.close()
