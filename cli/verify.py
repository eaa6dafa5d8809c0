"""`dateline verify`: every byte against its digest, or each night a part of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli.open import archive_to_read
from cli.output import AsJson, console, counted, print_json, reporter
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.sample import Slice


def verify(
    context: typer.Context,
    sample: Annotated[
        str | None,
        typer.Option(metavar="1/N", help="Read this share only: N nights in a row read everything."),
    ] = None,
    night: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="With --sample: whose share; today's (UTC) if not said."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read every object once and hold it against its digest, its index, the journal and the catalog.

    Ends with status 1 if anything is not as promised; each problem names the object and how it differs.
    With --sample only a share of the objects is read, another each night; the listing of the store and the
    references between rows of the catalog are still checked whole.
    """
    from archive.sample import WHOLE
    from archive.verify import verify as verify_archive

    part = _part(sample, night)
    with archive_to_read(context) as archive:
        report = verify_archive(archive.store, archive.catalog, reporter("Verifying objects"), part)
        address = archive.store.address
    looked_at = (
        f"{counted(report.segments, 'segment')}, {counted(report.records, 'record')}, "
        f"{counted(report.journal_entries, 'journal entry', 'journal entries')}"
    )
    if part is not WHOLE:
        looked_at = f"part {part.index + 1} of {part.of}: {looked_at}"
    if as_json:
        share = {"part": part.index + 1, "of": part.of}
        print_json({"store": address, "ok": not report.problems, "sample": share, "report": report})
    else:
        out = console()
        for problem in report.problems:
            out.print(str(problem), soft_wrap=True)
        found = counted(len(report.problems), "problem") if report.problems else "all as promised"
        out.print(f"{address}: {looked_at}: {found}", soft_wrap=True)
    if report.problems:
        raise typer.Exit(1)


def _part(sample: str | None, night: str | None) -> Slice:
    from archive.clock import SystemClock
    from archive.sample import WHOLE, parts_in, slice_of_night

    if sample is None:
        if night is not None:
            raise ConfigError("--night says whose share to read: name the share too, such as --sample 1/30")
        return WHOLE
    parts = parts_in(sample)
    return slice_of_night(SystemClock().now().date() if night is None else _date(night), parts)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--night {text!r} is no date; allowed is a date such as 2026-03-21") from None
