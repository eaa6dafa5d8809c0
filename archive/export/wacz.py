"""The archive as one WACZ file: the records of the WARC export, an index, and pages with their text."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from archive.catalog import export_reads
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import EVERYTHING, Selection
from archive.clock import Clock
from archive.export.warc import RecordCopy, about, captures_of_versions
from archive.members import originals
from archive.open_batch import index_line
from archive.opening import Archive
from archive.rows import VersionRow
from archive.sorted_lines import SortedLines
from archive.wacz import PartStream, WaczWriter, page_line, pages_header
from archive.warc import encode_warcinfo
from archive.whole_file import whole_file
from config.version import dateline_version

_WARC = "data.warc.gz"


@dataclass(frozen=True, slots=True)
class WaczExport:
    """What was written; `size` in bytes."""

    versions: int
    pages: int
    records: int
    size: int


def export_wacz(
    archive: Archive,
    out: Path,
    chosen: Selection = EVERYTHING,
    *,
    clock: Clock,
    progress: Callable[[int], None] = lambda _: None,
) -> WaczExport:
    """Write `out` (WACZ 1.1.1) with the records that `export_warc` would write, and a page for each version.

    A tombstone is no page: what its capture shows is an error message. Pages have the clean text, which
    readers search. `progress` is told the number of versions done; what it raises is what `export_warc`
    raises.
    """
    now = clock.now()
    versions = count = 0
    with (
        whole_file(out) as stream,
        TemporaryFile(dir=out.parent) as pages,
        SortedLines(out.parent) as index,
        WaczWriter(stream, now) as package,
    ):
        pages.write(pages_header())
        with package.part(f"archive/{_WARC}", stored=True) as warc:
            copy = RecordCopy(archive.store, warc)
            copy.write(encode_warcinfo(now, about(chosen)).data)
            for some in export_reads.pages_of_versions(archive.catalog, chosen):
                _copy_and_index(archive.catalog, some, copy, index)
                for line in _pages(archive.catalog, some):
                    pages.write(line)
                    count += 1
                versions += len(some)
                progress(versions)
        with package.part("indexes/index.cdxj", stored=False) as member:
            member.writelines(index)
        with package.part("pages/pages.jsonl", stored=False) as member:
            _copy_from_start(pages, member)
        package.finish(_about_package(chosen))
        return WaczExport(versions, count, copy.records, stream.tell())


def _copy_and_index(
    catalog: Catalog, versions: list[VersionRow], copy: RecordCopy, index: SortedLines
) -> None:
    for capture in captures_of_versions(catalog, versions):
        place = copy.add(capture)
        if place is not None and capture.status != HTTPStatus.NOT_MODIFIED:
            offset, length = place
            index.add(index_line(replace(capture, segment=_WARC, offset=offset, length=length)))


def _pages(catalog: Catalog, versions: list[VersionRow]) -> Iterator[bytes]:
    shown = [version for version in versions if not version.removed]
    captures = export_reads.captures_by_id(catalog, [version.capture_id for version in shown])
    # A 304 cannot be replayed alone: the page is then the capture that brought the bytes.
    unmodified = [row for row in captures.values() if row.status == HTTPStatus.NOT_MODIFIED]
    captures |= originals(catalog, unmodified)
    digests = list({version.text_sha256 for version in shown if version.text_sha256})
    texts = export_reads.texts_by_sha256(catalog, digests)
    for version in shown:
        capture = captures[version.capture_id]
        yield page_line(
            identity=f"{version.article_id}-{version.number}",
            url=capture.url,
            at=capture.at,
            title=version.title or capture.url,
            text=texts.get(version.text_sha256 or "", ""),
        )


def _copy_from_start(source: IO[bytes], target: PartStream) -> None:
    source.seek(0)
    shutil.copyfileobj(source, target)


def _about_package(chosen: Selection) -> dict[str, str]:
    fields = about(chosen)
    limits = "".join(f", {name} {fields[name]}" for name in ("source", "since", "until") if name in fields)
    return {
        "title": f"Dateline{limits}",
        "description": fields["description"],
        "software": f"dateline/{dateline_version()}",
    }
