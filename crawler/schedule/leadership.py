"""One scheduler at a time: a lease in the catalog; others stand by and take over when it ends."""

from __future__ import annotations

import os
import socket
import time
from datetime import datetime, timedelta

from archive.catalog import leases
from archive.catalog.catalog import Catalog
from archive.clock import Clock

LEASE = "scheduler"


def holder_name(writer: str) -> str:
    """A lease holder's name that tells a person which process it is."""
    return f"{writer} (process {os.getpid()} on {socket.gethostname()})"


class Leadership:
    """The scheduler's lease. Every method raises CatalogUnreachable."""

    def __init__(self, catalog: Catalog, holder: str, seconds: float, clock: Clock) -> None:
        self._catalog, self.holder, self._seconds, self._clock = catalog, holder, seconds, clock
        self._until = 0.0  # monotonic
        self._expires = clock.now()
        self.taken_from: tuple[str, datetime] | None = None  # who led until when and did not say good-bye

    def claim(self) -> bool:
        """Take or renew the lease; False if another live scheduler has it."""
        asked, now = time.monotonic(), self._clock.now()
        before = None if self.holds else leases.last_holder(self._catalog, LEASE)
        if LEASE not in leases.acquire(self._catalog, [LEASE], self.holder, self._seconds, self._clock):
            self._until = 0.0
            return False
        self._until, self._expires = asked + self._seconds, now + timedelta(seconds=self._seconds)
        self.taken_from = before if before is not None and before[0] != self.holder else None
        return True

    @property
    def holds(self) -> bool:
        """Whether the lease that was claimed is still ours.

        By both clocks: the monotonic one stands still while a laptop sleeps (Linux), the other may jump.
        """
        return time.monotonic() < self._until and self._clock.now() < self._expires

    def leader(self) -> str | None:
        """Who has the lease now."""
        return leases.holder_of(self._catalog, LEASE, self._clock)

    def release(self) -> None:
        """Give the lease back, so that one who stands by need not wait for its end."""
        self._until = 0.0
        leases.release(self._catalog, self.holder)
