"""`dateline verify`: every byte against its digest, or each night a part of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actor import user_name
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json, reporter
from cli.pool import Workers, pool_for, start_pool_early
from config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.opening import Archive
    from archive.repair import Mended
    from archive.stores.store import ObjectStore
    from archive.verify.findings import Report
    from archive.verify.sample import Slice


def verify(
    context: typer.Context,
    *,
    sample: Annotated[
        str | None,
        typer.Option(metavar="1/N", help="Read this share only: N nights in a row read everything."),
    ] = None,
    night: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="With --sample: whose share; today's (UTC) if not said."),
    ] = None,
    mend: Annotated[
        bool,
        typer.Option("--repair", help="Put back what is damaged or missing, then look at it again."),
    ] = False,
    of_replica: Annotated[
        bool,
        typer.Option("--replica", help="Read the replica in place of the store."),
    ] = False,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Read every object once and hold it against its digest, its index, the journal and the catalog.

    Ends with status 1 if anything is not as promised; each problem names the object, how it differs and what
    to do. With --sample only a share of the objects is read, another each night; the listing of the store and
    the references between rows of the catalog are still checked whole.

    --repair takes damaged and missing objects from `replica` (with --replica: from the store), makes indexes
    from their captures and reads kept texts again; status 0 then means that all is right now.
    """
    part = _part(sample, night)
    settings = settings_of(context)
    start_pool_early(settings, workers)
    from archive.verify.run import verify as verify_archive

    mended: tuple[Mended, ...] = ()
    with archive_to_read(context) as archive:
        store = archive.to_read(replica=of_replica)
        with pool_for(settings, archive, workers) as pool:
            report = verify_archive(
                store,
                archive.catalog,
                reporter("Verifying objects"),
                part,
                pool=pool,
                of_replica=of_replica,
            )
        if mend and report.problems:
            other = archive.store if of_replica else archive.replica
            mended, report = _repair(archive, store, other, report, part)
    if as_json:
        share = {"part": part.index + 1, "of": part.of}
        ok = not report.problems
        print_json({"store": store.address, "ok": ok, "sample": share, "repaired": mended, "report": report})
    else:
        _print(store.address, report, mended, part)
    if report.problems:
        raise typer.Exit(1)


def _repair(
    archive: Archive, store: ObjectStore, other: ObjectStore | None, report: Report, part: Slice
) -> tuple[tuple[Mended, ...], Report]:
    from archive.clock import SystemClock
    from archive.repair import repair

    done = repair(
        store,
        other,
        archive.catalog,
        report,
        journal=archive.store,
        clock=SystemClock(),
        actor=user_name(),
        progress=reporter("Repairing"),
        part=part,
    )
    return done.mended, done.report


def _print(address: str, report: Report, mended: Sequence[Mended], part: Slice) -> None:
    from archive.verify.sample import WHOLE

    looked_at = (
        f"{counted(report.segments, 'segment')}, {counted(report.records, 'record')}, "
        f"{counted(report.journal_entries, 'journal entry', 'journal entries')}"
    )
    if part != WHOLE:
        looked_at = f"part {part.index + 1} of {part.of}: {looked_at}"
    out = console()
    for one in mended:
        out.print(f"repaired: {one.what}: from {one.source}", soft_wrap=True)
    for problem in report.problems:
        out.print(str(problem), soft_wrap=True)
        out.print(f"  → {problem.advice}", soft_wrap=True)
    repaired = f"{len(mended):,} repaired, " if mended else ""
    found = counted(len(report.problems), "problem") if report.problems else "all as promised"
    out.print(f"{address}: {looked_at}: {repaired}{found}", soft_wrap=True)


def _part(sample: str | None, night: str | None) -> Slice:
    from archive.clock import SystemClock
    from archive.verify.sample import WHOLE, parts_in, slice_of_night

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
