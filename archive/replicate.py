"""Keeps a second store: every object that the catalog names, checked on the way, the journal last.

The journal comes last because it names all others: whatever moment a copy is cut at, what the replica's
journal names is in the replica, so `rebuild` works on it. What was erased in the archive is erased there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from archive.catalog import erasures, journal_state, memories, segments
from archive.catalog.catalog import Catalog
from archive.checked_copy import NoRightCopy, place, right_copy
from archive.erasure.erasures import redact
from archive.journal import PREFIX
from archive.memory_objects import is_memory_key, memory_key
from archive.open_batch import CAPTURES
from archive.opening import FORMAT_KEY, note_for
from archive.place import index_key, segment_of
from archive.stores.probe import PROBE_PREFIX
from archive.stores.store import ObjectLocked, ObjectStore
from archive.verify.entry import Known
from archive.verify.findings import Problem


@dataclass(frozen=True, slots=True)
class Replicated:
    """What a replica got.

    Attributes:
        there: objects that it had already.
        copied: objects that it lacked.
        size: bytes of these and of the replaced ones.
        replaced: objects that it had with another size.
        erased: objects that were erased in the archive, and journal entries that lost purged rows.
        problems: what could not be copied or erased.
        strangers: objects of the replica that the catalog does not name; they are left as they are.
    """

    there: int
    copied: int
    size: int
    replaced: int
    erased: int
    problems: tuple[Problem, ...]
    strangers: tuple[str, ...]


def replicate(
    store: ObjectStore, replica: ObjectStore, catalog: Catalog, progress: Callable[[int, int], None]
) -> Replicated:
    """Copy what the replica lacks, and erase what was erased; `progress(done, total)` counts objects.

    Sizes tell whether the replica has an object; that its bytes are still right is for `verify` to say.
    May be cut at any moment and repeated, and run while crawls go on. Raises StoreUnreachable.
    """
    known = Known(journal_state.applied(catalog), journal_state.purged_from(catalog))
    keys = list(_in_order(catalog, known))  # segments are read after the journal: those it names are in
    sizes = {info.key: info.size for info in store.list()}
    work = _Work(store, replica, catalog, known, {info.key: info.size for info in replica.list()})
    for done, key in enumerate(keys, 1):
        work.copy(key, sizes.get(key))
        progress(done, len(keys))
    named = {*keys}
    work.erase(named)
    strangers = sorted(key for key in work.there.keys() - named if not key.startswith(PROBE_PREFIX))
    return Replicated(
        len(keys) - work.copied - work.replaced - work.failed,
        work.copied,
        work.size,
        work.replaced,
        work.erased,
        tuple(work.problems),
        tuple(strangers),
    )


def _in_order(catalog: Catalog, known: Known) -> Iterator[str]:
    """Key of every object of the archive, each after all that it needs."""
    yield FORMAT_KEY
    for row in segments.every(catalog):
        yield row.key
        if row.kind == CAPTURES:
            yield index_key(row.key)
    yield from sorted({memory_key(row.source, row.sha256) for row in memories.every(catalog)})
    order = {key: (entry.at, entry.writer, entry.number) for key, entry in known.applied.items()}
    yield from sorted(order, key=order.__getitem__)


@dataclass
class _Work:
    store: ObjectStore
    replica: ObjectStore
    catalog: Catalog
    known: Known
    there: dict[str, int]  # what the replica has: sizes by key
    copied: int = 0
    size: int = 0
    replaced: int = 0
    erased: int = 0
    failed: int = 0
    problems: list[Problem] = field(default_factory=list)

    def copy(self, key: str, size: int | None) -> None:
        """Copy an object that has `size` bytes in the archive, unless the replica has as many."""
        over = key in self.there
        if key == FORMAT_KEY:
            size = len(note_for(self.store, self.catalog))
        if over and self.there[key] == size:
            return
        try:
            with right_copy(self.store, key, self.catalog, self.known) as copy:
                place(self.replica, copy, over=over)
                self.there[key] = copy.size
                self.size += copy.size
        except (NoRightCopy, ObjectLocked) as error:
            self._failed(key, f"not copied: {error}")
        else:
            self.replaced += over
            self.copied += not over

    def _failed(self, key: str, what: str) -> None:
        self.failed += 1
        lasting = key.startswith(PREFIX) or is_memory_key(key)
        gone = not lasting and not segments.has(self.catalog, segment_of(key))
        if key == FORMAT_KEY or not gone:  # else a purge or an expiry took it away meanwhile
            self.problems.append(Problem("copy", key, what))

    def erase(self, named: set[str]) -> None:
        """Erase what was erased in the archive, as the catalog says it by now.

        It is asked again after the copying: a purge may have gone on beside it.
        """
        for row in erasures.every(self.catalog):
            if row.key in self.there and not row.key.startswith(PREFIX):
                if segments.has(self.catalog, segment_of(row.key)):
                    continue  # written again, with the same content
                named.discard(row.key)
                self._erase(row.key)
        for key, digests in journal_state.purged_from(self.catalog).items():
            if key in self.there:
                self._erase(key, digests)

    def _erase(self, key: str, digests: frozenset[str] | None = None) -> None:
        try:
            if digests is None:
                self.replica.erase(key)
                del self.there[key]
                self.erased += 1
            else:
                self.erased += redact(self.replica, key, digests)
        except ObjectLocked as error:
            self.problems.append(Problem("erased", key, f"not erased: {error}"))
