"""One of the processes that learn at once: it makes memories the newest of a source, one after the other."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.clock import SystemClock
from archive.commit import Committer
from archive.held_leases import HostLeases
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from archive.stores.local import LocalStore
from pipelines.memory.epoch import COMMAND
from pipelines.memory.learner import Learner, Result
from pipelines.memory.site_memory import SiteMemory
from pipelines.workers import Workers


async def main(folder: Path, numbers: range) -> None:
    archive = Archive(LocalStore(folder / "store"), Catalog.open(f"sqlite:///{folder}/catalog.db"))
    clock = SystemClock()
    writer = new_writer(clock.now())
    journal = JournalWriter(archive.store, writer, clock)
    with Workers(1, 1 << 31, 60.0) as workers:  # none is started, as nothing is read
        for number in numbers:
            held = HostLeases(archive.catalog, writer, clock)
            committer = Committer(archive.store, archive.catalog, journal, clock, held.require)
            learner = Learner(archive, workers, clock, committer, held)
            memory = SiteMemory(number).encode()
            # Nobody tells a process that another one has given its lease back.
            while (await learner.enter("gazette", memory, number, COMMAND)).result is Result.BUSY:  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.005)
            await held.release()


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(main(Path(sys.argv[1]), range(int(sys.argv[2]), int(sys.argv[3]))))
