"""One writer a host, however many processes: leases in the catalog, held while a run uses a host."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime
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
    `succeed` is called with a holder and the end of its lease before one that has run out is taken, and makes
    sure that this holder writes nothing any more (`archive.succession`).
    """

    def __init__(
        self,
        catalog: Catalog,
        holder: str,
        clock: Clock,
        seconds: float = SECONDS,
        clocks: Clocks = CLOCKS,
        *,
        succeed: Callable[[str, datetime], None] | None = None,
    ) -> None:
        self._catalog, self._holder, self._clock, self._seconds = catalog, holder, clock, seconds
        self._clocks, self._succeed = clocks, succeed
        self._until: dict[str, tuple[float, float]] = {}  # name → when it ends, by each clock
        self._spacing: dict[str, float] = {}  # seconds that a host is left alone once it is given back
        self._unsaid: set[str] = set()  # of these, what the catalog does not know
        self._wanted: set[str] = set()  # names that somebody waits for
        self._asking = asyncio.Lock()
        self._lock = threading.Lock()  # of whoever writes leases; a thread does, never the event loop

    def holds(self, name: str) -> bool:
        """Whether the lease is ours for now."""
        until = self._until.get(name)
        return until is not None and all(now() < end for now, end in zip(self._clocks, until, strict=True))

    async def take(self, name: str) -> bool:
        """Take a lease unless another live process has it; raises LeaseLost for one that was ours once."""
        if not self.holds(name):
            self._wanted.add(name)
            async with (
                self._asking
            ):  # who comes meanwhile is asked for in the next transaction, with all others
                if name in self._wanted:
                    await asyncio.to_thread(self._take, name)
        return self.holds(name)

    async def take_all(self, names: list[str]) -> int:
        """Take leases that were never ours, all in one transaction; how many of them are ours now."""
        await asyncio.to_thread(self._take_all, names)
        return sum(map(self.holds, names))

    def keep_apart(self, name: str, seconds: float) -> None:
        """Requests to a host are so many seconds apart, also the last of ours and the first of the next."""
        if self._spacing.get(name) != seconds:
            self._spacing[name] = seconds
            self._unsaid.add(name)

    async def take_in_turn(self, name: str) -> bool:
        """As `take`, but of a host that somebody has left just now its distance is waited for."""
        while not await self.take(name):
            wait = await asyncio.to_thread(leases.free_in, self._catalog, name, self._clock)
            if wait is None:
                return False
            await asyncio.sleep(wait)
        return True

    async def confirm(self, *names: str) -> None:
        """Make sure that leases which were taken are ours now, as whoever sends a request does just before.

        Raises LeaseLost if this process stood still for so long that another one has taken its place.
        """
        if not all(map(self.holds, names)):
            await asyncio.to_thread(self._renew)

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
        await asyncio.to_thread(self._release)

    def _release(self) -> None:
        with self._lock:
            if self._unsaid:
                self._say_spacing()
            leases.release(self._catalog, self._holder, self._clock)

    def _say_spacing(self) -> None:
        unsaid, self._unsaid = self._unsaid, set()  # the event loop adds to it meanwhile
        leases.space(self._catalog, self._holder, {name: self._spacing[name] for name in unsaid})

    def _take(self, name: str) -> None:
        """Ask for a lease: for one that never was ours together with all that are wanted."""
        if name not in self._until:
            names = [each for each in tuple(self._wanted) if each not in self._until]
            self._take_all(names)
            self._wanted.difference_update(names)
            return
        self._wanted.discard(name)
        with self._lock:
            ends = self._ends()
            if not self.holds(name):
                if not leases.renew(self._catalog, [name], self._holder, self._seconds, self._clock):
                    raise _lost(name)
                self._until[name] = ends

    def _take_all(self, names: list[str]) -> None:
        if self._succeed is not None:  # without the lock: ours are renewed while a journal is listed
            gone = leases.run_out(self._catalog, names, self._holder, self._clock)
            for other, until in gone.items():
                self._succeed(other, until)
        with self._lock:
            ends = self._ends()
            self._unsaid -= set(names)
            asked = (self._catalog, names, self._holder, self._seconds, self._clock)
            self._until |= dict.fromkeys(leases.acquire(*asked, spacing=self._spacing), ends)

    def _renew(self) -> None:
        with self._lock:
            if self._unsaid:
                self._say_spacing()
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
