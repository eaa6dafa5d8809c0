"""Site memories as objects: put once under their content's name, read back against their digest.

What is in them is the business of `pipelines.memory`: here they are bytes with a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archive.catalog import memories
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex
from archive.reader import ArchiveDamaged
from archive.rows import MemoryRow
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.verify.findings import Problem

MEMORY, MEMORY_TYPE = "memory", "application/zstd"
_END = ".json.zst"


def memory_key(source: str, sha256: str) -> str:
    """The key of a memory."""
    return f"{MEMORY}/{source}/{sha256}{_END}"


def is_memory_key(key: str) -> bool:
    """Whether an object is a memory."""
    return key.startswith(f"{MEMORY}/")


def digest_of(key: str) -> str:
    """The SHA-256 in a memory's key."""
    return key.rpartition("/")[2].removesuffix(_END)


def put_memory(store: ObjectStore, source: str, data: bytes) -> str:
    """Put a memory, unless it is there already; its SHA-256. Raises what `ObjectStore.put` raises."""
    digest = sha256_hex(data)
    store.put(memory_key(source, digest), data, sha256=digest, content_type=MEMORY_TYPE)
    return digest


def read_memory(store: ObjectStore, row: MemoryRow) -> bytes:
    """A memory's bytes; raises ArchiveDamaged if they are not there or not the ones that were put."""
    key = memory_key(row.source, row.sha256)
    try:
        data = store.read(key)
    except ObjectNotFound as error:
        raise ArchiveDamaged(
            f"{key} is not in the store; `dateline verify --repair` takes it from `replica`, "
            f"`dateline sources memory {row.source} --learn` learns a new one"
        ) from error
    if sha256_hex(data) != row.sha256:
        raise ArchiveDamaged(f"{key}: its sha256 is {sha256_hex(data)}; run `dateline verify --repair`")
    return data


def memory_problems(
    store: ObjectStore, catalog: Catalog, is_read: Callable[[str], bool]
) -> Iterator[Problem]:
    """What is wrong with memories: missing, cut, altered, or named by nothing.

    Only those whose digest `is_read` says yes to are read; sizes and names are held against a listing.
    """
    listed = {info.key: info.size for info in store.list(f"{MEMORY}/")}
    rows = {memory_key(row.source, row.sha256): row for row in memories.every(catalog)}
    for key, row in rows.items():
        size = listed.pop(key, None)
        if size is None:
            yield Problem("missing", key, "the catalog names this memory, the store does not have it", key)
        elif size != row.size:
            yield Problem("size", key, f"{size} bytes, expected {row.size}", key)
        elif is_read(row.sha256) and (found := sha256_hex(store.read(key))) != row.sha256:
            yield Problem("digest", key, f"sha256 {found}, expected {row.sha256}", key)
    for key in sorted(listed):
        yield Problem("stranger", key, "nothing in the catalog names this object")
