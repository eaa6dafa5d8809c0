"""`dateline cite`: one capture as a citation that anyone can check."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from cli import moments
from cli.article import NoArticle, find_article, typed_url, version_at
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, print_json
from cli.printable import printable
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.citation.check import Verdict
    from archive.opening import Archive
    from archive.rows import CaptureRow, VersionRow

_MAX_BYTES = 2 << 30


def cite(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="An address that was captured; none with --check.")
    ] = None,
    *,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="As it stood then; now if left out.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The .wacz file to write; else named after the address."),
    ] = None,
    check: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check this citation instead; needs no archive.")
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --check: root certificate of the authority, in PEM form."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a capture with all that proves it into one WACZ file, or check such a file.

    In it are the exchange as it came over the wire with the article's pictures, title and text, and the part
    of the journal that names them, up to the next time stamp (`dateline stamp`). --check says in plain words
    what a citation proves and what not; its status is 1 if anything in the file was altered.
    """
    if check is not None:
        if url is not None or at is not None or out is not None:
            raise ConfigError("--check takes a file alone, with --ca perhaps: leave URL, --at and --out out")
        _check(check, ca, as_json=as_json)
        return
    if url is None or ca is not None:
        raise ConfigError("name the address to cite, or a file with --check; --ca goes with --check")
    _cite(context, url, None if at is None else moments.latest(at, "--at"), out, as_json=as_json)


def _cite(
    context: typer.Context, url: str, moment: datetime | None, out: Path | None, *, as_json: bool
) -> None:
    from archive.citation.cite import cite as make_citation
    from archive.clock import SystemClock
    from archive.whole_file import whole_file
    from web.origins import Origins

    web = settings_of(context).web
    with archive_to_read(context) as archive:
        capture, version = _chosen(archive, url, moment)
        memento = Origins.of(web).memento(capture.url, capture.at)
        data, about = make_citation(archive, capture, version, memento, SystemClock())
    path = out if out is not None else Path(_name(capture))
    with whole_file(path) as stream:
        stream.write(data)
    sha256 = hashlib.sha256(data).hexdigest()
    if as_json:
        print_json({"file": path, "sha256": sha256, "bytes": len(data), "citation": about})
        return
    title = f"“{printable(about.title)}”, " if about.title else ""
    console().print(f"{title}{about.url}, captured {about.at:%Y-%m-%d %H:%M:%S} UTC.", soft_wrap=True)
    console().print(f"Archived at {about.memento}", soft_wrap=True)
    stamped = (
        f"stamped {about.stamped.at:%Y-%m-%d %H:%M:%S} UTC"
        if about.stamped
        else "not stamped: `dateline stamp` first makes it say since when it was there"
    )
    console().print(f"{path}: {len(data):,} bytes, sha256 {sha256}, {stamped}", soft_wrap=True)


def _chosen(archive: Archive, url: str, moment: datetime | None) -> tuple[CaptureRow, VersionRow | None]:
    from archive.catalog.lookup import capture_by_id
    from archive.citation.cite import capture_to_cite
    from archive.reader import ArchiveDamaged

    try:
        version = version_at(find_article(archive.catalog, url), moment)
    except NoArticle:
        capture = capture_to_cite(archive, typed_url(url), moment)
        if capture is None:
            raise
        return capture, None
    found = capture_by_id(archive.catalog, version.capture_id)
    if found is None:
        raise ArchiveDamaged(f"the catalog has no capture {version.capture_id}; run `dateline verify`")
    return found, version


def _name(capture: CaptureRow) -> str:
    host = re.sub(r"[^a-z0-9.-]", "-", urlsplit(capture.url).hostname or "page")
    return f"{host}-{capture.at:%Y%m%d%H%M%S}-{capture.id[:8]}.wacz"


def _check(file: Path, ca_file: Path | None, *, as_json: bool) -> None:
    from archive.citation.check import check_citation

    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{file} is over 2 GiB, and no citation of ours")
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror or error}") from error
    verdict = check_citation(data, ca_file)
    if as_json:
        print_json({"file": file, "ok": not verdict.problems, "verdict": verdict})
    else:
        _print(file, verdict)
    if verdict.problems:
        raise typer.Exit(1)


def _print(file: Path, verdict: Verdict) -> None:
    out = console()
    if verdict.problems:
        out.print(f"{file} proves nothing:", soft_wrap=True)
    for problem in verdict.problems:
        out.print(f"- {printable(problem)}", soft_wrap=True)
    for title, sentences in (("Proven:", verdict.proven), ("Not proven:", verdict.not_proven)):
        if sentences:
            out.print(title)
        for sentence in sentences:
            out.print(f"- {printable(sentence)}", soft_wrap=True)
