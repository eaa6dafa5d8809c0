"""The memories of sources over time: which one a run reads with, and whether a new one is to be learned.

A memory is frozen for an epoch: a run reads all its pages with the one that was newest when it began. What is
learned at its end is used from the next run on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from archive.catalog import memories
from archive.catalog.catalog import Catalog
from archive.memory_objects import read_memory
from archive.reader import ArchiveDamaged
from archive.stores.store import ObjectStore
from pipelines.memory.site_memory import EncodedMemory, MemoryDamaged

FIRST, DRIFT, COMMAND = "first", "drift", "command"
MIN_ARTICLES = 10  # of a source without a memory, before one is learned
MIN_DRIFTED = 5  # pages of a run, and
DRIFTED = 0.2  # of its articles: more that the memory did not know, and a new one is learned

log = structlog.get_logger()


@dataclass(slots=True)
class Drift:
    """How many articles of a run were read, and how many of them without the memory's help."""

    read: int = 0
    drifted: int = 0

    @property
    def per_mille(self) -> int:
        """The share of articles that were read without the memory's help."""
        return 1000 * self.drifted // self.read if self.read else 0

    @property
    def is_large(self) -> bool:
        """Whether the memory has to be learned anew."""
        return self.drifted >= MIN_DRIFTED and self.drifted > DRIFTED * self.read


@dataclass(frozen=True, slots=True)
class Memories:
    """What a run reads with, and what it finds out about that.

    Attributes:
        by_source: the memory of each source that has one.
        drift: counted by the flow, by source.
    """

    by_source: Mapping[str, EncodedMemory] = field(default_factory=dict)
    drift: dict[str, Drift] = field(default_factory=dict)

    def of(self, source: str) -> EncodedMemory | None:
        """The memory of a source, if it has one."""
        return self.by_source.get(source)

    def count(self, source: str, *, drifted: bool) -> None:
        """Note that an article of a source was read."""
        found = self.drift.setdefault(source, Drift())
        found.read += 1
        found.drifted += drifted


def memories_at(
    store: ObjectStore, catalog: Catalog, sources: Iterable[str], at: datetime | None = None
) -> Memories:
    """The memories that these sources had at a moment; None: their newest.

    One that cannot be read is left out and logged, since pages can be read without; `verify` finds it.
    Raises StoreUnreachable, CatalogUnreachable.
    """
    found = {}
    for name in sources:
        row = memories.memory_at(catalog, name, at)
        if row is not None:
            try:
                memory = EncodedMemory(read_memory(store, row))
                memory.decode()
                found[name] = memory
            except (ArchiveDamaged, MemoryDamaged) as error:
                log.warning("a site memory cannot be read and is not used", source=name, problem=str(error))
    return Memories(found)


def may_learn_first(catalog: Catalog, source: str, known: Memories, now: datetime) -> bool:
    """Whether a run that begins now may end with the first memory of a source (`reason_to_learn`)."""
    if known.of(source) is not None:
        return False
    tried = memories.learning_of(catalog, source)
    return tried is None or now >= tried.not_before


def reason_to_learn(catalog: Catalog, source: str, known: Memories, now: datetime) -> str | None:
    """Why a new memory of a source is to be learned at the end of a run; None if it is not.

    Not where another process has learned one since the run began, which nothing was read with yet; and not
    soon again where it was tried in vain, unless many more pages are unknown than then.
    """
    newest, used = memories.memory_at(catalog, source), known.of(source)
    drift = known.drift.get(source, Drift())
    if newest is None:
        reason = FIRST if memories.articles_counted(catalog, source) >= MIN_ARTICLES else None
    else:
        reason = DRIFT if used is not None and used.id == newest.sha256 and drift.is_large else None
    tried = memories.learning_of(catalog, source) if reason else None
    if tried is None or now >= tried.not_before:
        return reason
    return reason if drift.per_mille > tried.drifted + 1000 * DRIFTED else None
