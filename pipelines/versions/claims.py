"""What is being written of, by one page at a time: an article, an address, a text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager


class Claims:
    """Names that are held, each by one task; used from one event loop.

    All names of a call are had or none: who waits holds nothing of what it waits for. To hold some and then
    ask for others is safe as long as everybody asks for the same kinds in the same order.
    """

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._waiting: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def hold(self, names: Collection[str]) -> AsyncIterator[bool]:
        """Hold names while the block runs; the value says whether they were free at once."""
        wanted = frozenset(names)
        at_once = self._held.isdisjoint(wanted)
        while not self._held.isdisjoint(wanted):
            await self._freed()
        self._held |= wanted
        try:
            yield at_once
        finally:
            self._held -= wanted
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_result(None)

    async def _freed(self) -> None:
        """Until somebody lets go of something."""
        freed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(freed)
        try:
            await freed
        finally:
            self._waiting.remove(freed)
