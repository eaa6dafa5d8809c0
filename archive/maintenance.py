"""Maintenance has the archive to itself: nothing may refer to what is being moved or erased meanwhile.

A run takes its own lease and then looks for maintenance, maintenance takes its lease and then looks for runs:
whichever comes second sees the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import leases
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from config.errors import DatelineError

LEASE = "maintenance"
RUNS = "run:"  # what the lease of a run begins with
SECONDS = 120.0


class ArchiveBusy(DatelineError):  # noqa: N818 - named for what it says
    """A run is going on, or maintenance is: the two do not mix."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The right to move and erase; `renew` it at least every minute."""

    catalog: Catalog
    holder: str
    clock: Clock

    def renew(self) -> None:
        """Go on; raises ArchiveBusy if this process stood still for so long that another one took over."""
        if LEASE not in leases.renew(self.catalog, [LEASE], self.holder, SECONDS, self.clock):
            raise ArchiveBusy(
                "this process stood still for so long that another one took over; start it again"
            )


@contextmanager
def maintenance(
    catalog: Catalog, holder: str, clock: Clock, succeed: Callable[[str, datetime], None]
) -> Iterator[Maintenance]:
    """Hold the archive alone while the block runs; raises ArchiveBusy, with nothing done.

    Who had the archive, or works on a run, and stands still for longer than its lease lasts must not say
    anything of segments that are being written again: `succeed` sees to it (`archive.succession`).
    """
    for gone, until in leases.run_out(catalog, [LEASE], holder, clock).items():
        succeed(gone, until)
    if LEASE not in leases.acquire(catalog, [LEASE], holder, SECONDS, clock):
        other = leases.holder_of(catalog, LEASE, clock)
        raise ArchiveBusy(f"{other or 'another process'} is writing segments again; try again later")
    try:
        if runs := leases.live(catalog, RUNS, clock):
            names = ", ".join(name.removeprefix(RUNS) for name in runs)
            raise ArchiveBusy(f"a run is going on ({names}); start this again when it has ended")
        for gone, until in leases.run_out_under(catalog, RUNS, holder, clock).items():
            succeed(gone, until)
        yield Maintenance(catalog, holder, clock)
    finally:
        leases.release(catalog, holder)


def check_no_maintenance(catalog: Catalog, clock: Clock) -> None:
    """Raise ArchiveBusy while maintenance goes on; a run asks once it has its own lease."""
    if (holder := leases.holder_of(catalog, LEASE, clock)) is not None:
        raise ArchiveBusy(f"{holder} is writing segments again; start this again when it has ended")
