"""`dateline get`: an article as it stood at a time, in one of five forms."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import moments
from cli.article import find_standing, removal_note, shown_moment
from cli.open import archive_to_read
from cli.printable import printable
from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from archive.catalog.standing import Standing
    from archive.opening import Archive
    from archive.rows import CaptureRow

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
        version = find_standing(archive.catalog, url, moment, text=form is Form.TEXT)
        if version.removal is not None:
            _note(f"{removal_note(version.removal)}; this is version {version.number}")
        if form is Form.IMAGES:
            _save_pictures(archive, version, out)
            return
        if version.stands_for is not None and moment is not None and form in {Form.HTML, Form.WARC}:
            _tell_of_later_look(archive, version, version.stands_for)
        data = read_as(archive, version, form)
    _give(data, out, binary=form is Form.WARC)


def read_as(archive: Archive, version: Standing, form: Form) -> bytes:
    """Text is in the catalog's answer already; html needs one range request, warc a second for a revisit."""
    if form is Form.TEXT:
        parts = (part for part in (version.title, version.text) if part)
        return "\n\n".join(parts).encode("utf-8", "replace") + b"\n"
    if form is Form.JSON:
        return _line(archive, version)
    capture = _capture(version)
    if form is Form.WARC:
        return _members(archive, capture)
    return _page(archive, capture)


def _tell_of_later_look(archive: Archive, version: Standing, dropped: str) -> None:
    """Say that this capture stands for a later one, whose bytes were let go."""
    from archive.catalog.keep_reads import dropped_by_id

    row = dropped_by_id(archive.catalog, dropped)
    if row is not None and version.capture is not None:
        _note(
            f"the page was fetched again at {shown_moment(row.at)} and showed no change; the bytes of that "
            f"were let go on {row.dropped_at:%Y-%m-%d} (policy.keep of {row.source}), and the capture of "
            f"{shown_moment(version.capture.at)}, which is given here, stands for it"
        )


def _line(archive: Archive, version: Standing) -> bytes:
    from archive.catalog.versions import version_numbered
    from archive.export.json_lines import lines_of

    row = version_numbered(archive.catalog, version.article_id, version.number)
    if row is None:
        raise DatelineError(f"{version.url}: the catalog changed while it was read; ask again")
    [line] = lines_of(archive.catalog, [row])
    return (json.dumps(line, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _page(archive: Archive, capture: CaptureRow) -> bytes:
    from cli.payload import read_decoded
    from pipelines.page import MAX_DECODED

    if capture.truncated:
        _note(f"the page was cut when it was fetched ({capture.truncated})")
    return read_decoded(archive, capture, MAX_DECODED)


def _members(archive: Archive, capture: CaptureRow) -> bytes:
    """The capture's record; before a revisit, the record that it stands on."""
    from archive.members import payload_place, read_member, record_place

    places = dict.fromkeys((payload_place(capture), record_place(capture)))
    return b"".join(read_member(archive.store, place) for place in places)


def _capture(version: Standing) -> CaptureRow:
    if version.capture is None:
        raise DatelineError(
            f"version {version.number} of {version.url}: the catalog has no capture {version.capture_id}; "
            "run `dateline verify`"
        )
    return version.capture


def _save_pictures(archive: Archive, version: Standing, out: Path | None) -> None:
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
