"""The kept copies of texts: read from `derived/` once the journal is replayed, by whoever is free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from archive.catalog import rebuilding
from archive.catalog.catalog import Catalog
from archive.catalog.packing import compress
from archive.digest import sha256_hex
from archive.opening import Archive
from archive.pools.pool import Pool
from archive.reader import ArchiveDamaged, dictionary_of
from archive.rows import TextRow
from archive.stores.store import ObjectNotFound
from archive.warc import WarcError, read_one

_BYTES = 4 << 20  # of a segment that are read in one request


@dataclass(frozen=True, slots=True)
class _Part:
    """Texts that lie near each other in a segment, and whether they are the last ones of it."""

    segment: str
    texts: tuple[TextRow, ...]
    last: bool


def read_texts(
    catalog: Catalog,
    pool: Pool,
    progress: Callable[[int, int], None],
    meanwhile: Iterator[None],
) -> tuple[int, Counter[str]]:
    """Read every text that the catalog has no copy of; `progress(done, total)` counts segments.

    Only where a text lies after the last entry counts: it may have been moved, and its first segment be gone.
    `meanwhile` is other work, done in steps while texts are read elsewhere, and then to its end.
    The result is how many were read, and how many could not be, by segment.
    """
    found, lost, done = 0, Counter[str](), 0
    segments = rebuilding.without_body(catalog)
    for segment, last, wanted, bodies in pool.map(_bodies, _parts(catalog, segments)):
        rebuilding.put_bodies(catalog, bodies)
        next(meanwhile, None)
        found += len(bodies)
        if len(bodies) < wanted:
            lost[segment] += wanted - len(bodies)
        if last:
            done += 1
            progress(done, len(segments))
    for _ in meanwhile:
        pass
    return found, lost


def _parts(catalog: Catalog, segments: Sequence[str]) -> Iterator[_Part]:
    for segment in segments:
        part: list[TextRow] = []
        for row in rebuilding.texts_without_body(catalog, segment):  # by offset
            if part and row.offset + row.length - part[0].offset > _BYTES:
                yield _Part(segment, tuple(part), last=False)
                part = []
            part.append(row)
        yield _Part(segment, tuple(part), last=True)


def _bodies(archive: Archive, part: _Part) -> tuple[str, bool, int, dict[str, bytes]]:
    """Segment, whether it ends here, how many texts there should be; packed, those that are whole."""
    return part.segment, part.last, len(part.texts), dict(_whole(archive, part))


def _whole(archive: Archive, part: _Part) -> Iterator[tuple[str, bytes]]:
    """The texts of a part that are what their digests say; the others are counted as lost by the caller."""
    if not part.texts:
        return
    begin = part.texts[0].offset
    end = max(row.offset + row.length for row in part.texts)
    try:
        dictionary = dictionary_of(archive.store, part.segment)
        data = archive.store.read(part.segment, begin, end - begin)
    except (ObjectNotFound, ArchiveDamaged):
        return
    for row in part.texts:
        try:
            member = data[row.offset - begin : row.offset - begin + row.length]
            block = read_one(member, dictionary).block
            if sha256_hex(block) == row.sha256:
                yield row.sha256, compress(block.decode("utf-8", "surrogatepass"))
        except (WarcError, UnicodeDecodeError):
            continue
