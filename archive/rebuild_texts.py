"""The kept copies of texts: read from `derived/` once the journal is replayed, each segment once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from tempfile import TemporaryFile

from archive.catalog import rebuilding
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex
from archive.rows import TextRow
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.warc import WarcError, read_one
from archive.zstd_frames import BadFrame, dictionary_at_start

_CHUNK = 1 << 20
_BYTES = 8 << 20  # of text a transaction


def read_texts(
    store: ObjectStore, catalog: Catalog, progress: Callable[[int, int], None]
) -> tuple[int, Counter[str]]:
    """Read every text that the catalog has no copy of; `progress(done, total)` counts segments.

    Only where a text lies after the last entry counts: it may have been moved, and its first segment be gone.
    The result is how many were read, and how many could not be, by segment.
    """
    found, lost = 0, Counter[str]()
    keys = rebuilding.without_body(catalog)
    for done, segment in enumerate(keys, 1):
        wanted = rebuilding.texts_without_body(catalog, segment)
        read = 0
        for texts in _batches(_texts_of(store, segment, wanted)):
            rebuilding.put_bodies(catalog, texts)
            read += len(texts)
        found += read
        if read < len(wanted):
            lost[segment] = len(wanted) - read
        progress(done, len(keys))
    return found, lost


def _texts_of(store: ObjectStore, segment: str, wanted: list[TextRow]) -> Iterator[tuple[str, str]]:
    """The texts of a segment that are what their digests say."""
    with TemporaryFile() as copy:
        try:
            with store.open(segment) as stream:
                while piece := stream.read(_CHUNK):
                    copy.write(piece)
        except ObjectNotFound:
            return
        try:
            dictionary = dictionary_at_start(copy)
        except BadFrame:
            return  # nothing in it can be read; counted as lost by the caller
        for row in wanted:
            copy.seek(row.offset)
            try:
                block = read_one(copy.read(row.length), dictionary).block
                if sha256_hex(block) == row.sha256:
                    yield row.sha256, block.decode("utf-8", "surrogatepass")
            except (WarcError, UnicodeDecodeError):
                continue  # counted as lost by the caller


def _batches(texts: Iterator[tuple[str, str]]) -> Iterator[dict[str, str]]:
    batch: dict[str, str] = {}
    size = 0
    for digest, text in texts:
        batch[digest] = text
        size += len(text)
        if size >= _BYTES:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch
