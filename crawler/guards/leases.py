"""One fetcher a host, however many processes: leases in the catalog, held while a run uses a host."""

from __future__ import annotations

import asyncio
import time

from archive.catalog import leases
from archive.catalog.catalog import Catalog
from archive.clock import Clock

SECONDS = 120.0
_RENEW_AFTER = SECONDS / 3


class HostLeases:
    """The leases of one run: on itself and on each host it talks to.

    A holder stops before its lease ends, by the monotonic clock: `holds` says no when the last renewal is
    too long ago, whatever the catalog says.
    """

    def __init__(self, catalog: Catalog, holder: str, clock: Clock) -> None:
        self._catalog, self._holder, self._clock = catalog, holder, clock
        self._until: dict[str, float] = {}  # name → monotonic end
        self._lock = asyncio.Lock()

    def holds(self, name: str) -> bool:
        """Whether the lease is ours for now."""
        return self._until.get(name, 0.0) > time.monotonic()

    async def take(self, name: str) -> bool:
        """Take a lease unless another live process has it."""
        async with self._lock:
            if not self.holds(name):
                await self._acquire([name])
            return self.holds(name)

    async def renew_forever(self) -> None:
        """Renew all leases in time, until cancelled."""
        while True:
            await asyncio.sleep(_RENEW_AFTER)
            async with self._lock:
                if self._until:
                    await self._acquire(list(self._until))

    async def release(self) -> None:
        """Give everything back."""
        self._until = {}
        await asyncio.to_thread(leases.release, self._catalog, self._holder)

    async def _acquire(self, names: list[str]) -> None:
        asked = time.monotonic()
        held = await asyncio.to_thread(
            leases.acquire, self._catalog, names, self._holder, SECONDS, self._clock
        )
        for name in names:
            if name in held:
                self._until[name] = asked + SECONDS * 0.9
            else:
                self._until.pop(name, None)
