"""The archive as one WARC file that stands alone, its records copied as they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from archive.catalog import export_reads, takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import EVERYTHING, Selection
from archive.clock import Clock, isoformat_z
from archive.digest import url_key
from archive.members import originals, payload_place, read_member, record_place, warcinfo_place
from archive.opening import Archive
from archive.reader import ArchiveDamaged
from archive.rewrite.records import as_response
from archive.rows import CaptureRow, PictureRow, VersionRow
from archive.segment import CONFORMS_TO
from archive.stores.store import ObjectStore
from archive.warc import encode_warcinfo, read_one
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
    chosen: Selection = EVERYTHING,
    *,
    clock: Clock,
    progress: Callable[[int], None] = lambda _: None,
) -> WarcExport:
    """Write `out` (WARC 1.1, one gzip member a record) with the captures of versions and of their pictures.

    Records come in the order of `export_lines`, each once and byte for byte as stored; before a revisit
    stands the response that it refers to, and before the first record of a segment that segment's
    warcinfo, which its records name. `progress` is told the number of versions done.

    Raises ArchiveDamaged if a record cannot be read back, StoreUnreachable, ConfigError for an `out` that
    cannot be written; what was at `out` is then still there.
    """
    versions = 0
    with whole_file(out) as stream:
        copy = RecordCopy(archive.store, stream)
        copy.write(encode_warcinfo(clock.now(), about(chosen)).data)
        for page in export_reads.pages_of_versions(archive.catalog, chosen):
            for capture in captures_of_versions(archive.catalog, page):
                copy.add(capture)
            versions += len(page)
            progress(versions)
        return WarcExport(versions, copy.records, copy.size)


def captures_of_versions(catalog: Catalog, versions: list[VersionRow]) -> Iterator[CaptureRow]:
    """Captures of versions, their further pages and pictures, revisits after what they stand on; some repeat.

    Those of addresses that were taken down are left out. What stands on such a capture is a response here,
    whose payload lies there.

    Raises ArchiveDamaged if the catalog has no such capture.
    """
    pictures = export_reads.pictures_of_versions(catalog, [(row.article_id, row.number) for row in versions])
    of_pictures = _captures_of_pictures(catalog, [row for rows in pictures.values() for row in rows])
    ids = [key for version in versions for key in (version.capture_id, *version.parts)]
    pages = export_reads.captures_by_id(catalog, ids)
    stand_on = originals(catalog, [*pages.values(), *of_pictures.values()])
    every = (*pages.values(), *of_pictures.values(), *stand_on.values())
    down = takedowns.among(catalog, [capture.url_key for capture in every])
    for version in versions:
        page = pages.get(version.capture_id)
        if page is None:
            raise ArchiveDamaged(
                f"version {version.number} of {version.url}: the catalog has no capture "
                f"{version.capture_id}; run `dateline verify`"
            )
        shown = pictures.get((version.article_id, version.number), [])
        parts = (pages[key] for key in version.parts if key in pages)
        for capture in (page, *parts, *(of_pictures[row] for row in shown if row in of_pictures)):
            if capture.url_key in down:
                continue
            original = stand_on.get(capture.id)
            if original is not None and original.url_key in down:
                yield replace(capture, kind="response", refers_to_url=None, refers_to_at=None)
                continue
            if original is not None:
                yield original
            yield capture


def _captures_of_pictures(catalog: Catalog, pictures: list[PictureRow]) -> dict[PictureRow, CaptureRow]:
    """For each archived picture the capture of its own address, so that the page can be replayed with it.

    The bytes may have been seen first elsewhere, and a picture may have come from a smaller variant's
    address: then it is the capture that first showed the bytes.
    """
    archived = [row for row in pictures if row.sha256]
    images = export_reads.images_by_sha256(catalog, [row.sha256 or "" for row in archived])
    first = export_reads.captures_by_id(catalog, [image.capture_id for image in images.values()])
    keys = {row: url_key(row.url) for row in archived}
    at_address = export_reads.captures_by_address(catalog, list(keys.values()))
    found: dict[PictureRow, CaptureRow] = {}
    for row in archived:
        image = images.get(row.sha256 or "")
        seen = first.get(image.capture_id) if image else None
        if seen is not None:
            own = (c for c in at_address.get(keys[row], []) if c.payload_sha256 == seen.payload_sha256)
            found[row] = next(own, seen)
    return found


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take all of `data`."""


class RecordCopy:
    """Copies records to a stream, each once, after their segment's warcinfo; `size` counts bytes."""

    def __init__(self, store: ObjectStore, stream: Sink) -> None:
        self._store, self._stream = store, stream
        self._segments: set[str] = set()
        self._captures: set[str] = set()
        self.records = self.size = 0

    def add(self, capture: CaptureRow) -> tuple[int, int] | None:
        """Copy a capture's record; its new offset and length, or None if it is there already."""
        if capture.id in self._captures:
            return None
        self._captures.add(capture.id)
        if capture.segment not in self._segments:
            self._segments.add(capture.segment)
            self.write(read_member(self._store, warcinfo_place(self._store, capture.segment)))
        return self.write(self._member(capture))

    def _member(self, capture: CaptureRow) -> bytes:
        member = read_member(self._store, record_place(capture))
        if capture.kind == "response" and payload_place(capture) != record_place(capture):
            return as_response(self._store, capture)(read_one(member)).data
        return member

    def write(self, member: bytes) -> tuple[int, int]:
        """Write one gzip member; its offset and length."""
        offset = self.size
        self._stream.write(member)
        self.records += 1
        self.size += len(member)
        return offset, len(member)


def about(chosen: Selection) -> dict[str, str]:
    """The fields of an export's own warcinfo: which versions it holds."""
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
