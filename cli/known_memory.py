"""What the archive has learned of a source, for commands that read its pages without crawling them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import archive_of
from cli.output import moment

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.rows import MemoryRow
    from config.settings import Settings
    from pipelines.memory.site_memory import EncodedMemory

NoMemory = Annotated[
    bool, typer.Option("--no-memory", help="Read without what was learned from the source's other pages.")
]


@dataclass(frozen=True, slots=True)
class KnownMemory:
    """A source's newest memory, with which its next run reads."""

    row: MemoryRow
    memory: EncodedMemory

    def __str__(self) -> str:
        row = self.row
        learned = moment(row.learned_at)
        return f"the memory of {row.source} ({row.sha256[:8]}, number {row.number}, learned {learned})"


@contextmanager
def archive_if_any(settings: Settings) -> Iterator[Archive | None]:
    """The archive, or None where there is none yet; none is made."""
    from archive.opening import FORMAT_KEY
    from archive.stores.open import open_store

    store = open_store(settings.store, endpoint=settings.s3.endpoint, region=settings.s3.region)
    if store.stat(FORMAT_KEY) is None:
        yield None
        return
    with archive_of(settings) as archive:
        yield archive


def memory_in(archive: Archive, source: str) -> KnownMemory | None:
    """The memory that the next run of a source reads with; one that is damaged is logged, and is none."""
    from archive.catalog.memories import memory_at
    from pipelines.memory.epoch import memories_at

    row = memory_at(archive.catalog, source)
    memory = memories_at(archive.store, archive.catalog, [source]).of(source)
    return KnownMemory(row, memory) if row is not None and memory is not None else None


def known_memory(settings: Settings, source: str) -> KnownMemory | None:
    """The same, of the archive that the settings name, if there is one."""
    with archive_if_any(settings) as archive:
        return None if archive is None else memory_in(archive, source)
