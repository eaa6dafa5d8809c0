"""Right copies of objects: what is read from a store is handed on only if its digest is the one promised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.commit import CDXJ_TYPE, WARC_TYPE
from archive.digest import sha256_hex
from archive.erasure.erasures import JOURNAL_TYPE
from archive.journal import PREFIX
from archive.memory_objects import MEMORY_TYPE, digest_of, is_memory_key
from archive.open_batch import capture_index
from archive.opening import FORMAT_KEY, note_for
from archive.place import INDEX_END, segment_of
from archive.stores.store import ObjectCollision, ObjectLocked, ObjectNotFound, ObjectStore
from archive.verify.entry import Known, entry_faults
from archive.verify.segment import digest_in
from config.errors import DatelineError

_CHUNK = 1 << 20
_NOTE_TYPE = "application/json"


class NoRightCopy(DatelineError):  # noqa: N818 - named for what it says
    """A store does not have an object as it was promised."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An object that is as promised, ready to be put somewhere else."""

    key: str
    data: bytes | Path
    sha256: str
    content_type: str

    @property
    def size(self) -> int:
        """In bytes."""
        return self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)


@contextmanager
def right_copy(store: ObjectStore, key: str, catalog: Catalog, known: Known) -> Iterator[Copy]:
    """The object under `key` (segment, index, memory, journal entry or the note of the format), checked.

    A segment or a memory is held against its name, an index against the catalog's captures, a journal
    entry against its own digests and the catalog's. Raises NoRightCopy if the store has none that stands
    this, StoreUnreachable.
    """
    with ExitStack() as files:
        try:
            if key == FORMAT_KEY:
                copy = _bytes(key, note_for(store, catalog), _NOTE_TYPE)
            elif key.startswith(PREFIX):
                copy = _bytes(key, _entry(store, key, known), JOURNAL_TYPE)
            elif key.endswith(INDEX_END):
                copy = _bytes(key, _index(store, key, catalog), CDXJ_TYPE)
            elif is_memory_key(key):
                copy = _memory(store, key)
            else:
                copy = files.enter_context(_segment(store, key))
        except ObjectNotFound as error:
            raise NoRightCopy(f"{store.address} does not have it") from error
        yield copy


def place(store: ObjectStore, copy: Copy, *, over: bool) -> None:
    """Put a copy where nothing stands, or `over` what stands there.

    Raises what `ObjectStore.replace` raises.
    """
    if not over:
        try:
            store.put(copy.key, copy.data, sha256=copy.sha256, content_type=copy.content_type)
        except ObjectCollision:  # it came since we looked, or a listing was late
            over = True
    if over:
        store.replace(copy.key, copy.data, sha256=copy.sha256, content_type=copy.content_type)


def put_back(store: ObjectStore, copy: Copy) -> None:
    """Put a right copy in place of a damaged object, or of none.

    A lock on the damaged one does not prevent that: its bytes stay behind as an old version then, and what
    readers get is right. Raises StoreUnreachable.
    """
    try:
        place(store, copy, over=True)
    except ObjectLocked:
        store.delete(copy.key)
        place(store, copy, over=False)


def _bytes(key: str, data: bytes, content_type: str) -> Copy:
    return Copy(key, data, sha256_hex(data), content_type)


def _entry(store: ObjectStore, key: str, known: Known) -> bytes:
    data = store.read(key)
    entry, problems = entry_faults(data, key, known)
    if entry is None or problems:
        raise NoRightCopy(f"in {store.address}: {problems[0].what}")
    return data


def _index(store: ObjectStore, key: str, catalog: Catalog) -> bytes:
    data = store.read(key)
    if data != capture_index(tuple(segments.captures_in(catalog, segment_of(key)))):
        raise NoRightCopy(f"in {store.address}: the CDXJ differs from the captures of its segment")
    return data


def _memory(store: ObjectStore, key: str) -> Copy:
    copy = _bytes(key, store.read(key), MEMORY_TYPE)
    if copy.sha256 != digest_of(key):
        raise NoRightCopy(f"in {store.address}: sha256 {copy.sha256}, expected {digest_of(key)}")
    return copy


@contextmanager
def _segment(store: ObjectStore, key: str) -> Iterator[Copy]:
    with NamedTemporaryFile(prefix="dateline-copy-") as file:
        digest = hashlib.sha256()
        with store.open(key) as stream:
            while piece := stream.read(_CHUNK):
                digest.update(piece)
                file.write(piece)
        file.flush()
        if digest.hexdigest() != digest_in(key):
            raise NoRightCopy(f"in {store.address}: sha256 {digest.hexdigest()}, expected {digest_in(key)}")
        yield Copy(key, Path(file.name), digest.hexdigest(), WARC_TYPE)
