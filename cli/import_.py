"""`dateline import`: captures made by others, from their WARC and WACZ files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.carry import clock_at
from cli.options import archive_of, settings_of
from cli.output import AsJson, console, counted, print_json
from cli.watching import Step, steps_shown

if TYPE_CHECKING:
    from config.settings import Settings
    from config.source import Source
    from pipelines.imports.progress import ImportProgress
    from pipelines.imports.run import ImportSummary

_MOST_SHOWN = 100  # refused records named for a person; --json names all


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="WARC (plain, .gz, .zst) and WACZ files.")
    ],
    clock: Annotated[str | None, typer.Option(hidden=True, metavar="MOMENT")] = None,
    as_json: AsJson = False,
) -> None:
    """Take captures made by others into the archive, as of the times at which they were made.

    Nothing is fetched. Articles are read out of the pages, and get their versions in order of time; pictures
    are those that the files, or the archive, have. Importing a file again adds nothing. A record that is
    damaged or cannot be kept is named with its offset and the reason; the command then ends with status 1,
    and the others are in.
    """
    from pipelines.imports.progress import ImportProgress
    from pipelines.imports.run import import_files

    settings = settings_of(context)
    progress = ImportProgress()
    with archive_of(settings) as archive, steps_shown(partial(_steps, progress), partial(_line, progress)):
        summary = import_files(
            files, settings, archive, _sources(settings), clock_at(clock), progress=progress
        )
    if as_json:
        print_json(summary)
    else:
        _print(summary)
    if summary.refused:
        raise typer.Exit(1)


def _sources(settings: Settings) -> list[Source]:
    """The sources, so that their captures are theirs; none where there is no folder of them."""
    from config.load_sources import load_sources

    return list(load_sources(settings.sources)) if settings.sources.exists() else []


def _print(summary: ImportSummary) -> None:
    out = console()
    new = counted(summary.captures, "new capture")
    out.print(
        f"{summary.run.id}: {new} from {counted(summary.files, 'WARC file')} in {summary.seconds:.1f} s"
    )
    if summary.known or summary.repeated:
        out.print(
            f"  {summary.known:,} in the archive already, {summary.repeated:,} more than once in the files"
        )
    if summary.passed_over:
        kinds = ", ".join(f"{number:,} {what}" for what, number in summary.passed_over.items())
        out.print(f"  passed over: {kinds}", soft_wrap=True)
    pages = ", ".join(f"{number:,} {outcome}" for outcome, number in summary.pages.items())
    out.print(f"  pages: {pages or 'none'}", soft_wrap=True)
    out.print(f"  {counted(summary.versions, 'version')} made")
    if summary.refused:
        out.print(f"{counted(len(summary.refused), 'record')} refused:")
    for one in summary.refused[:_MOST_SHOWN]:
        out.print(f"  {one.file} at {one.offset}: {one.reason}", soft_wrap=True)
    if len(summary.refused) > _MOST_SHOWN:
        out.print(f"  and {len(summary.refused) - _MOST_SHOWN:,} more, which --json names")


def _steps(progress: ImportProgress) -> tuple[Step, ...]:
    return (
        Step("reading records", progress.bytes_read, progress.bytes_total),
        Step("reading articles", progress.pages_done, progress.pages_total),
    )


def _line(progress: ImportProgress) -> str:
    done = f"{progress.pages_done:,} of {counted(progress.pages_total, 'page')} done"
    return f"import: {counted(progress.records, 'record')} read, {done}"
