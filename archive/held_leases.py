"""One writer a host, however many processes: leases in the catalog, held while a run uses a host."""

from __future__ import annotations

import asyncio
import time

from archive.catalog import leases
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from config.errors import DatelineError

SECONDS = 120.0


class LeaseLost(DatelineError):  # noqa: N818 - named for what it says
    """A lease that a run cannot go on without is another process's now."""


class HostLeases:
    """The leases of one run: on itself and on each host that it fetches from or makes versions for.

    A holder stops before its lease ends, by the monotonic clock: `holds` says no when the last renewal is
    too long ago, whatever the catalog says.
    """

    def __init__(self, catalog: Catalog, holder: str, clock: Clock, seconds: float = SECONDS) -> None:
        self._catalog, self._holder, self._clock, self._seconds = catalog, holder, clock, seconds
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

    async def renew_forever(self, vital: str) -> None:
        """Renew all leases in time, until cancelled.

        Raises LeaseLost when `vital` went to another process, as it does when this one was stopped for long.
        """
        while True:
            await asyncio.sleep(self._seconds / 3)
            async with self._lock:
                await self._acquire(list(self._until))
            if not self.holds(vital):
                raise LeaseLost(f"{vital}: another process took it over while this one stood still")

    async def release(self) -> None:
        """Give everything back."""
        self._until = {}
        await asyncio.to_thread(leases.release, self._catalog, self._holder)

    async def _acquire(self, names: list[str]) -> None:
        asked = time.monotonic()
        held = await asyncio.to_thread(
            leases.acquire, self._catalog, names, self._holder, self._seconds, self._clock
        )
        for name in names:
            if name in held:
                self._until[name] = asked + self._seconds * 0.9
            else:
                self._until.pop(name, None)
