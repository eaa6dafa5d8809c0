"""One writer a host, however many processes: leases in the catalog, held while a run uses a host."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from math import inf

from archive.catalog import leases
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from config.errors import DatelineError

SECONDS = 120.0
_MARGIN = 0.9  # of a lease; the holder stops before its end
_OVER = (-inf, -inf)  # of one that went to another process

# The monotonic clock cannot be set, but stands still while a laptop sleeps; the other one does not.
Clocks = tuple[Callable[[], float], Callable[[], float]]
CLOCKS: Clocks = (time.monotonic, time.time)


class LeaseLost(DatelineError):  # noqa: N818 - named for what it says
    """A lease of a run is, or was in between, another process's: what the run knows may be out of date."""


class HostLeases:
    """The leases of one run: on itself and on each host that it fetches from or makes versions for.

    A holder stops before its lease ends: a lease holds only while every one of `clocks` (seconds) says that
    the last renewal is not too long ago, whatever the catalog says. Once a lease has run out, it goes on only
    if nobody has had it since; else LeaseLost, and the run has to begin again from what the catalog says.
    """

    def __init__(
        self,
        catalog: Catalog,
        holder: str,
        clock: Clock,
        seconds: float = SECONDS,
        clocks: Clocks = CLOCKS,
    ) -> None:
        self._catalog, self._holder, self._clock, self._seconds = catalog, holder, clock, seconds
        self._clocks = clocks
        self._until: dict[str, tuple[float, float]] = {}  # name → when it ends, by each clock
        self._lock = threading.Lock()  # of whoever writes leases; a thread does, never the event loop

    def holds(self, name: str) -> bool:
        """Whether the lease is ours for now."""
        until = self._until.get(name)
        return until is not None and all(now() < end for now, end in zip(self._clocks, until, strict=True))

    async def take(self, name: str) -> bool:
        """Take a lease unless another live process has it; raises LeaseLost for one that was ours once."""
        if not self.holds(name):
            await asyncio.to_thread(self._take, name)
        return self.holds(name)

    async def renew_forever(self) -> None:
        """Renew all leases in time, until cancelled; raises LeaseLost when one went to another process."""
        while True:
            await asyncio.sleep(self._seconds / 3)
            await asyncio.to_thread(self._renew)

    def require(self) -> None:
        """Make sure that every lease is ours, as a commit does just before it writes. Blocks.

        Raises LeaseLost if this process stood still for so long that another one has taken its place.
        """
        if not all(self.holds(name) for name in tuple(self._until)):
            self._renew()

    async def release(self) -> None:
        """Give everything back."""
        self._until = {}
        await asyncio.to_thread(leases.release, self._catalog, self._holder)

    def _take(self, name: str) -> None:
        with self._lock:
            if self.holds(name):
                return
            ask = leases.renew if name in self._until else leases.acquire
            ends = self._ends()
            if name in ask(self._catalog, [name], self._holder, self._seconds, self._clock):
                self._until[name] = ends
            elif name in self._until:
                raise _lost(name)

    def _renew(self) -> None:
        with self._lock:
            names, ends = list(self._until), self._ends()
            kept = leases.renew(self._catalog, names, self._holder, self._seconds, self._clock)
            self._until |= {name: ends if name in kept else _OVER for name in names}
            if gone := [name for name in names if name not in kept]:
                raise _lost(", ".join(gone))

    def _ends(self) -> tuple[float, float]:
        """When a lease ends that is asked for now."""
        monotonic, wall = self._clocks
        return monotonic() + self._seconds * _MARGIN, wall() + self._seconds * _MARGIN


def _lost(names: str) -> LeaseLost:
    return LeaseLost(
        f"{names}: another process took it over while this one stood still; nothing more was acknowledged. "
        "The run goes on with the next `dateline crawl`, unless that process has ended it"
    )
