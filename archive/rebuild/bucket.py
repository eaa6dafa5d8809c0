"""What lies in a bucket, held against what its journal says: by names and sizes, without reading segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.catalog import memories, rebuilding, segments
from archive.catalog.catalog import Catalog
from archive.commit import CDXJ_TYPE
from archive.digest import sha256_hex
from archive.memory_objects import MEMORY, memory_key
from archive.open_batch import CAPTURES, DERIVED, capture_index
from archive.opening import Archive
from archive.place import INDEX_END, index_key
from archive.pools.pool import Pool
from archive.rebuild.damage import Damage
from archive.rows import SegmentRow
from archive.stores.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Bucket:
    """A listing beside the catalog.

    Attributes:
        sizes: of all segments, indexes and memories in the store, by key.
    """

    store: ObjectStore
    catalog: Catalog
    sizes: dict[str, int]

    @classmethod
    def listed(cls, store: ObjectStore, catalog: Catalog) -> Bucket:
        """List the store."""
        folders = (f"{CAPTURES}/", f"{DERIVED}/", f"{MEMORY}/")
        return cls(store, catalog, {info.key: info.size for folder in folders for info in store.list(folder)})

    def damaged(self, lost_texts: Counter[str]) -> list[Damage]:
        """Segments and memories that the journal names and that are not there, or not whole."""
        found = []
        for row in segments.every(self.catalog):
            size = self.sizes.get(row.key)
            if size != row.size or row.key in lost_texts:
                found.append(Damage(row.key, self._cost(row, size, lost_texts[row.key])))
        for memory in memories.every(self.catalog):
            key = memory_key(memory.source, memory.sha256)
            if (size := self.sizes.get(key)) != memory.size:
                how = "missing" if size is None else f"{size} of {memory.size} bytes long"
                again = f"`dateline sources memory {memory.source} --learn` learns one again"
                found.append(Damage(key, f"it is {how}: a memory of {memory.source} is lost; {again}"))
        return found

    def _cost(self, row: SegmentRow, size: int | None, texts: int) -> str:
        if size == row.size:
            how = "it has another content"
        else:
            how = "it is missing" if size is None else f"it has {size} of {row.size} bytes"
        if row.kind == DERIVED:
            return f"{how}: {texts} clean texts are lost; `dateline reprocess` reads pages again"
        cut = min(size or 0, row.size)
        return f"{how}: {rebuilding.captures_beyond(self.catalog, row.key, cut)} captures are lost"

    def orphans(self) -> Iterator[str]:
        """Objects that the journal does not name, indexes after segments; erased ones are left out."""
        named = {row.key for row in segments.every(self.catalog)}
        named |= {index_key(key) for key in named}
        named |= {memory_key(row.source, row.sha256) for row in memories.every(self.catalog)}
        strangers = self.sizes.keys() - named - rebuilding.erased_keys(self.catalog)
        yield from sorted(strangers, key=lambda key: (key.endswith(INDEX_END), key))

    def make_indexes(self, pool: Pool, progress: Callable[[int, int], None]) -> int:
        """Make every index that is missing or has not its size; the result counts them."""
        rows = [row for row in segments.every(self.catalog) if row.kind == CAPTURES and row.key in self.sizes]
        asked = ((row.key, self.sizes.get(index_key(row.key))) for row in rows)
        made = 0
        for done, is_made in enumerate(pool.map(_make_index, asked), 1):
            made += is_made
            progress(done, len(rows))
        return made


def _make_index(archive: Archive, asked: tuple[str, int | None]) -> bool:
    """Make the index of a segment, unless it has its size; whether it was made."""
    segment, size = asked
    cdxj = capture_index(tuple(segments.captures_in(archive.catalog, segment)))
    if size == len(cdxj):
        return False
    archive.store.replace(index_key(segment), cdxj, sha256=sha256_hex(cdxj), content_type=CDXJ_TYPE)
    return True
