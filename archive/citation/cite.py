"""One capture as a citation: a WACZ file with all that is needed to look at it, and to check it by hand."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from archive.catalog import lookup, runs, versions
from archive.cdxj import cdxj_file
from archive.citation.citation import Citation
from archive.citation.evidence import FOLDER, Evidence, Stamp
from archive.citation.package import INDEX, PAGES, WARC, Package
from archive.citation.readme import readme
from archive.clock import Clock, isoformat_z
from archive.export.warc import RecordCopy, captures_of_versions
from archive.members import member_after, originals, record_place
from archive.open_batch import index_line
from archive.opening import Archive
from archive.rows import CaptureRow, VersionRow
from archive.segment import CONFORMS_TO
from archive.stamps.authority import read_token
from archive.stores.store import ObjectStore
from archive.wacz import page_line, pages_header
from archive.warc import encode_warcinfo, read_one
from config.version import dateline_version

FORMAT = 1
_REQUEST_BYTES = 256 << 10


def cite(
    archive: Archive, capture: CaptureRow, version: VersionRow | None, memento: str, clock: Clock
) -> tuple[bytes, Citation]:
    """The package of a capture, with the version that it shows where it is an article's.

    Raises NoEvidence, ArchiveDamaged, and what store and catalog raise.
    """
    captures = list(_captures(archive, capture, version))
    evidence = Evidence(archive.store, archive.catalog)
    for each in captures:
        evidence.add_capture(each, _begun(archive, each))
    if version is not None:
        evidence.add_version(version, _begun(archive, capture))
    stamp = evidence.stamp()
    warc, index = _records(archive.store, captures, clock.now())
    about = Citation(
        capture.url,
        capture.at,
        capture.id,
        capture.payload_sha256,
        version.title if version else None,
        version.number if version else None,
        memento,
        stamp.key if stamp else None,
        read_token(stamp.token, stamp.data) if stamp else None,
    )
    parts = {WARC: warc, INDEX: index, PAGES: _page(archive, capture, version)}
    parts[f"{FOLDER}README.txt"] = readme(about).encode()
    parts[f"{FOLDER}citation.json"] = _json(about, stamp)
    parts |= dict(evidence.parts(stamp))
    described = {
        "title": f"{version.title or capture.url}" if version else capture.url,
        "description": f"{capture.url} as captured at {isoformat_z(capture.at)}, with evidence",
        "software": f"dateline/{dateline_version()}",
    }
    return Package(parts, clock.now().replace(microsecond=0), described).encode(), about


def _captures(archive: Archive, capture: CaptureRow, version: VersionRow | None) -> Iterator[CaptureRow]:
    """Each once, an original before what stands on it."""
    if version is not None:
        every = list(captures_of_versions(archive.catalog, [version]))
    else:
        every = [*originals(archive.catalog, [capture]).values(), capture]
    yield from {each.id: each for each in every}.values()


def _begun(archive: Archive, capture: CaptureRow) -> datetime:
    """From when on the journal can name a capture: not before its run, which matters for imports."""
    run = runs.run_by_id(archive.catalog, capture.run_id)
    return max(capture.at, run.started_at) if run else capture.at


def _records(store: ObjectStore, captures: list[CaptureRow], now: datetime) -> tuple[bytes, bytes]:
    stream, lines = io.BytesIO(), []
    copy = RecordCopy(store, stream)
    info = {
        "software": f"dateline/{dateline_version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "description": "one capture and what belongs to it, copied from a Dateline archive",
    }
    copy.write(encode_warcinfo(now, info).data)
    for capture in captures:
        place = copy.add(capture)
        if place is None:
            continue
        if capture.status != HTTPStatus.NOT_MODIFIED:
            offset, length = place
            name = WARC.rpartition("/")[2]
            lines.append(index_line(replace(capture, segment=name, offset=offset, length=length)))
        if (request := _request_of(store, capture)) is not None:
            copy.write(request)
    return stream.getvalue(), cdxj_file(lines)


def _request_of(store: ObjectStore, capture: CaptureRow) -> bytes | None:
    """The request record of a capture, which stands behind it if it was kept."""
    member = member_after(store, record_place(capture), _REQUEST_BYTES)
    if member is None:
        return None  # the segment's last record, or one that is too long for a request
    record = read_one(member)
    mine = record.headers.get("WARC-Concurrent-To", "").replace("-", "").endswith(f"{capture.id}>")
    return member if record.kind == "request" and mine else None


def _page(archive: Archive, capture: CaptureRow, version: VersionRow | None) -> bytes:
    """A 304 cannot be replayed alone: the page is then the capture that brought the bytes."""
    not_modified = capture.status == HTTPStatus.NOT_MODIFIED
    shown = originals(archive.catalog, [capture])[capture.id] if not_modified else capture
    digest = version.text_sha256 if version else None
    text = versions.text_by_sha256(archive.catalog, digest) if digest else None
    title = version.title if version else None
    line = page_line(
        identity=capture.id, url=shown.url, at=shown.at, title=title or shown.url, text=text or ""
    )
    return pages_header() + line


def _json(about: Citation, stamp: Stamp | None) -> bytes:
    said = {
        "dateline_citation": FORMAT,
        "url": about.url,
        "at": isoformat_z(about.at),
        "capture": about.capture,
        "payload_sha256": about.sha256,
        "version": about.version,
        "memento": about.memento,
        "statement": stamp.key if stamp else None,
    }
    return (json.dumps(said, indent=2) + "\n").encode()


def capture_to_cite(archive: Archive, url: str, moment: datetime | None) -> CaptureRow | None:
    """The whole capture of an address that is closest to a moment (None: the newest), with any status."""
    every = lookup.captures_of(archive.catalog, url)
    before = [row for row in every if moment is None or row.at <= moment]
    return before[-1] if before else (every[0] if every else None)
