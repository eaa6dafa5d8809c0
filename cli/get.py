"""`dateline get`: an article as it stood at a time, in one of five forms."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import moments
from cli.article import find_article, removal_note, version_at
from cli.open import archive_to_read
from cli.printable import printable
from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.rows import CaptureRow, VersionRow

_STDOUT = "-"


class Form(StrEnum):
    """What of an article can be had."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    WARC = "warc"
    IMAGES = "images"


def get(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Any address that the article has had.")],
    *,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="As it stood then; now if left out.")] = None,
    form: Annotated[
        Form, typer.Option("--as", help="text, its export line, the page, its WARC record, or the pictures.")
    ] = Form.TEXT,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A file, or for images a folder; else stdout.")
    ] = None,
) -> None:
    """Give back the version of an article that stood at a time.

    TIME is a date (the end of that day) or a moment such as 2026-03-21T18:30, in UTC unless it names a zone.
    html is the page as it was archived, without its content coding and in its own character encoding; warc
    is the record as it is stored. Of a removed article it gives the last version with content.
    """
    moment = None if at is None else moments.latest(at, "--at")
    with archive_to_read(context) as archive:
        timeline = find_article(archive.catalog, url)
        version = version_at(timeline, moment)
        standing = timeline.at(moment)
        if standing is not None and standing.removed:
            _note(f"{removal_note(standing)}; this is version {version.number}")
        if form is Form.IMAGES:
            _save_pictures(archive, version, out)
            return
        data = _read(archive, version, form)
    _give(data, out, binary=form is Form.WARC)


def _read(archive: Archive, version: VersionRow, form: Form) -> bytes:
    if form is Form.HTML:
        return _page(archive, version)
    if form is Form.WARC:
        return _members(archive, _capture(archive, version))
    from archive.export import lines_of

    line = lines_of(archive.catalog, [version])[0]
    if form is Form.JSON:
        return (json.dumps(line, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
    return (
        "\n\n".join(part for part in (line["title"], line["text"]) if part).encode("utf-8", "replace") + b"\n"
    )


def _page(archive: Archive, version: VersionRow) -> bytes:
    from cli.payload import read_decoded
    from pipelines.page import MAX_DECODED

    capture = _capture(archive, version)
    if capture.truncated:
        _note(f"the page was cut when it was fetched ({capture.truncated})")
    return read_decoded(archive, capture, MAX_DECODED)


def _members(archive: Archive, capture: CaptureRow) -> bytes:
    """The capture's record; before a revisit, the record that it stands on."""
    from archive.members import originals, read_member, record_place

    original = originals(archive.catalog, [capture]).get(capture.id)
    rows = [capture] if original is None else [original, capture]
    return b"".join(read_member(archive.store, record_place(row)) for row in rows)


def _capture(archive: Archive, version: VersionRow) -> CaptureRow:
    from archive.catalog.lookup import capture_by_id

    capture = capture_by_id(archive.catalog, version.capture_id)
    if capture is None:
        raise DatelineError(
            f"version {version.number} of {version.url}: the catalog has no capture {version.capture_id}; "
            "run `dateline verify`"
        )
    return capture


def _save_pictures(archive: Archive, version: VersionRow, out: Path | None) -> None:
    from cli.pictures import folder_name, save_pictures

    folder = out if out is not None else Path(folder_name(version.title, version.number))
    for line in save_pictures(archive, version, folder):
        print(printable(line))


def _give(data: bytes, out: Path | None, *, binary: bool) -> None:
    from archive.whole_file import whole_file

    if out is not None and str(out) != _STDOUT:
        with whole_file(out) as stream:
            stream.write(data)
        _note(f"{len(data):,} bytes in {out}")
        return
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if binary:
        raise ConfigError("a WARC record is no text for a terminal: name a file with --out, or use a pipe")
    print(printable(data.decode("utf-8", "replace")), end="")


def _note(text: str) -> None:
    print(f"Note: {text}", file=sys.stderr)
