"""`dateline export`: versions as JSON Lines or Parquet, captures as WARC or WACZ."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cli import moments
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import counted, reporter
from cli.pool import Workers, pool_for
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.catalog.export_reads import Selection
    from archive.opening import Archive

_STDOUT = "-"
_REPORT_EVERY = 100  # versions


class Format(StrEnum):
    """What an export can be."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    WACZ = "wacz"
    WARC = "warc"


_FILES = {Format.PARQUET: "export.parquet", Format.WACZ: "export.wacz", Format.WARC: "export.warc.gz"}


def export(
    context: typer.Context,
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - is stdout (for jsonl).")],
    *,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="jsonl: a line a version. parquet: a row a version. wacz: pages to look at, and their "
            "text. warc: one WARC 1.1 file, .warc.gz.",
        ),
    ] = Format.JSONL,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only versions of this source.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only versions captured then or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only versions captured before; a date is included.")
    ] = None,
    index: Annotated[
        bool,
        typer.Option(
            "--index",
            help="With parquet: a row for each capture of the archive, into the folder OUT, a file a month.",
        ),
    ] = False,
    workers: Workers = None,
) -> None:
    """Write versions of articles to a file, oldest first; the file appears when it is whole.

    TIME is a date or a moment such as 2026-03-21T18:30, in UTC unless it names a zone. A JSON line has the
    article, its events and where its capture lies, a Parquet row the same; the WARC file has the captures of
    the versions and of their pictures as they were archived; the WACZ file has those with an index and the
    text of each page, for ReplayWeb.page.

    --format parquet --index brings a folder up to date that DuckDB and its like query: where each capture
    lies, in Common Crawl's columns, and what became of it. Months in which nothing changed are left alone.
    """
    from archive.catalog.export_reads import Selection, count_versions

    first = None if since is None else moments.start(since, "--since")
    chosen = Selection(source, first, None if until is None else moments.end(until, "--until"))
    if index:
        if form is not Format.PARQUET or source is not None or out == _STDOUT:
            raise ConfigError(
                "--index goes with --format parquet and a folder, and has the captures of all sources: "
                "leave --source out, and name a folder such as index"
            )
        _index(context, Path(out), chosen, workers)
        return
    if workers is not None:
        raise ConfigError("--workers goes with --index: a file of versions is written by one process")
    if form in _FILES and out == _STDOUT:
        raise ConfigError(f"--format {form} writes a file: name it in place of -, such as {_FILES[form]}")
    with archive_to_read(context) as archive:
        total = count_versions(archive.catalog, chosen)
        show = reporter("exported")
        written = _WRITERS[form](archive, out, chosen, lambda done: show(done, max(done, total)))
    print(f"{written} in {'stdout' if out == _STDOUT else out}", file=sys.stderr)


def _index(context: typer.Context, out: Path, chosen: Selection, workers: int | None) -> None:
    from archive.catalog.cdx_reads import count_captures
    from archive.export.index import export_index

    with archive_to_read(context) as archive:
        total, show = count_captures(archive.catalog), reporter("indexed")
        with pool_for(settings_of(context), archive, workers) as pool:
            done = export_index(
                archive,
                out,
                since=chosen.since,
                until=chosen.until,
                progress=lambda done: show(done, max(done, total)),
                pool=pool,
            )
    if done.current:
        print(f"nothing was archived since; {out} is up to date", file=sys.stderr)
        return
    gone = f", {counted(done.removed, 'month')} gone" if done.removed else ""
    found = f"{counted(done.captures, 'capture')} in {counted(done.months, 'month')}"
    print(f"{found}: {done.written:,} written{gone}, {done.size:,} bytes in {out}", file=sys.stderr)


def _export_jsonl(archive: Archive, out: str, chosen: Selection, progress: Callable[[int], None]) -> str:
    from archive.export.json_lines import encode_line, export_lines

    done = removed = 0
    with _stream(out) as stream:
        for line in export_lines(archive, chosen):
            stream.write(encode_line(line))
            done += 1
            removed += line["outcome"] == "removed"
            if done % _REPORT_EVERY == 0:
                progress(done)
    progress(done)
    return f"{counted(done, 'version')} ({counted(removed, 'tombstone')})"


def _export_warc(archive: Archive, out: str, chosen: Selection, progress: Callable[[int], None]) -> str:
    from archive.clock import SystemClock
    from archive.export.warc import export_warc

    done = export_warc(archive, Path(out), chosen, clock=SystemClock(), progress=progress)
    return f"{counted(done.versions, 'version')}: {counted(done.records, 'record')}, {done.size:,} bytes"


def _export_wacz(archive: Archive, out: str, chosen: Selection, progress: Callable[[int], None]) -> str:
    from archive.clock import SystemClock
    from archive.export.wacz import export_wacz

    done = export_wacz(archive, Path(out), chosen, clock=SystemClock(), progress=progress)
    return (
        f"{counted(done.versions, 'version')}: {counted(done.pages, 'page')}, "
        f"{counted(done.records, 'record')}, {done.size:,} bytes"
    )


def _export_parquet(archive: Archive, out: str, chosen: Selection, progress: Callable[[int], None]) -> str:
    from archive.export.parquet import export_parquet

    done = export_parquet(archive, Path(out), chosen, progress=progress)
    return f"{counted(done.versions, 'version')} ({counted(done.removed, 'tombstone')}), {done.size:,} bytes"


_WRITERS = {
    Format.JSONL: _export_jsonl,
    Format.PARQUET: _export_parquet,
    Format.WACZ: _export_wacz,
    Format.WARC: _export_warc,
}


@contextmanager
def _stream(out: str) -> Iterator[BinaryIO]:
    from archive.whole_file import whole_file

    if out == _STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(Path(out)) as stream:
        yield stream
