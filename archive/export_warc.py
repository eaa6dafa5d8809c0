"""The archive as one WARC file that stands alone, its records copied as they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.catalog import export_reads
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import Selection
from archive.clock import Clock, isoformat_z
from archive.members import originals, read_member, record_place, warcinfo_place
from archive.opening import Archive
from archive.place import Place
from archive.reader import ArchiveDamaged
from archive.rows import CaptureRow, VersionRow
from archive.segment import CONFORMS_TO
from archive.stores.store import ObjectStore
from archive.warc import encode_warcinfo
from archive.whole_file import whole_file
from config.version import dateline_version


@dataclass(frozen=True, slots=True)
class WarcExport:
    """What was written; `size` in bytes."""

    versions: int
    records: int
    size: int


def export_warc(
    archive: Archive,
    out: Path,
    *,
    clock: Clock,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> WarcExport:
    """Write `out` (WARC 1.1, one gzip member a record) with the captures of versions and of their pictures.

    Records come in the order of `export_lines`, each once and byte for byte as stored; before a revisit
    stands the response that it refers to, and before the first record of a segment that segment's
    warcinfo, which its records name. `progress` is told the number of versions done.

    Raises ArchiveDamaged if a record cannot be read back, StoreUnreachable, ConfigError for an `out` that
    cannot be written; what was at `out` is then still there.
    """
    chosen = Selection(source, since, until)
    versions = 0
    with whole_file(out) as stream:
        copy = _Copy(archive.store, stream)
        copy.write(encode_warcinfo(clock.now(), _about(chosen)).data)
        for page in export_reads.pages_of_versions(archive.catalog, chosen):
            for capture in captures_of_versions(archive.catalog, page):
                copy.add(capture)
            versions += len(page)
            progress(versions)
        return WarcExport(versions, copy.records, copy.size)


def captures_of_versions(catalog: Catalog, versions: list[VersionRow]) -> Iterator[CaptureRow]:
    """Captures of versions and of their pictures, revisits after the capture they stand on; some repeat.

    Raises ArchiveDamaged if the catalog has no such capture.
    """
    keys = [(version.article_id, version.number) for version in versions]
    pictures = export_reads.pictures_of_versions(catalog, keys)
    digests = [row.sha256 for rows in pictures.values() for row in rows if row.sha256]
    images = export_reads.images_by_sha256(catalog, digests)
    ids = [version.capture_id for version in versions] + [image.capture_id for image in images.values()]
    captures = export_reads.captures_by_id(catalog, ids)
    stand_on = originals(catalog, captures.values())
    for version, key in zip(versions, keys, strict=True):
        of_pictures = (images[row.sha256].capture_id for row in pictures.get(key, []) if row.sha256 in images)
        for capture_id in (version.capture_id, *of_pictures):
            if capture_id not in captures:
                raise ArchiveDamaged(
                    f"version {version.number} of {version.url}: the catalog has no capture {capture_id}; "
                    "run `dateline verify`"
                )
            if capture_id in stand_on:
                yield stand_on[capture_id]
            yield captures[capture_id]


class _Copy:
    """Copies records to a stream, each once, after their segment's warcinfo."""

    def __init__(self, store: ObjectStore, stream: BinaryIO) -> None:
        self._store, self._stream = store, stream
        self._segments: set[str] = set()
        self._captures: set[str] = set()
        self.records = self.size = 0

    def add(self, capture: CaptureRow) -> None:
        if capture.segment not in self._segments:
            self._segments.add(capture.segment)
            self._add_place(warcinfo_place(self._store, capture.segment))
        if capture.id not in self._captures:
            self._captures.add(capture.id)
            self._add_place(record_place(capture))

    def write(self, member: bytes) -> None:
        self._stream.write(member)
        self.records += 1
        self.size += len(member)

    def _add_place(self, place: Place) -> None:
        self.write(read_member(self._store, place))


def _about(chosen: Selection) -> dict[str, str]:
    """The fields of the export's own warcinfo: which versions it holds."""
    fields = {
        "software": f"dateline/{dateline_version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "description": "captures of article versions and their pictures, copied from a Dateline archive",
    }
    if chosen.source:
        fields["source"] = chosen.source
    if chosen.since:
        fields["since"] = isoformat_z(chosen.since)
    if chosen.until:
        fields["until"] = isoformat_z(chosen.until)
    return fields
