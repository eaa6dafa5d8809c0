"""Opens the engine: what dead processes left is mended first, then the archive is held alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.clock import Clock
from archive.journal import JournalWriter
from archive.maintenance import maintenance
from archive.opening import Archive
from archive.pools.pool import Pool
from archive.recovery import recover
from archive.rewrite.engine import Engine
from archive.spool import Spool
from archive.succession import succeeding


@contextmanager
def rewriting(archive: Archive, spool_root: Path, clock: Clock, pool: Pool | None = None) -> Iterator[Engine]:
    """An engine over the archive and its replica, for one plan after the other; `pool` packs new segments.

    Raises ArchiveBusy while a run goes on, and what recovery raises. What fails in the block leaves its new
    segments in the spool, from which the next start knows them.
    """
    recover(archive.store, archive.catalog, spool_root, clock, replica=archive.replica)
    with (
        Spool.create(spool_root, clock.now()) as spool,
        maintenance(archive.catalog, spool.writer, clock, succeeding(archive, clock)) as held,
    ):
        journal = JournalWriter(archive.store, spool.writer, clock)
        yield Engine(archive.store, archive.replica, archive.catalog, journal, spool, clock, held, pool)
        spool.remove()
