"""`dateline crawl`: one run of the sources now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli.carry import carry, clock_at
from cli.choose import choose_sources
from cli.options import options_of, settings_of
from cli.output import AsJson, console
from cli.parts import Words, divided, division, fetch_parts
from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from archive.clock import Clock
    from archive.opening import Archive
    from config.source import Source
    from crawler.plan import RunPlan

KINDS_OF_RUN = ("manual", "scheduled", "requested", "backfill")


def crawl(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Sources; all that are enabled if none.")
    ] = None,
    *,
    night: Annotated[
        str | None, typer.Option(metavar="DATE", help="The night this run is for, such as 2026-03-21.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Go back to that day: a backfill of sitemaps and archives."),
    ] = None,
    clock: Annotated[str | None, typer.Option(hidden=True, metavar="MOMENT")] = None,
    run: Annotated[str | None, typer.Option(hidden=True, metavar="ID")] = None,
    kind: Annotated[str, typer.Option(hidden=True)] = "manual",
    part_of: Annotated[str | None, typer.Option("--part-of", hidden=True, metavar="ID")] = None,
    as_json: AsJson = False,
) -> None:
    """Crawl sources now, and account for every address that was discovered.

    A run that was interrupted is taken up again first, under its id. Ctrl-C ends cleanly: what is in flight
    is archived, and the rest waits for the next crawl. With --since the run also walks sitemaps, further
    pages of sections and archives by date back to that day; it may take days, and goes on where it was.
    """
    from config.load_sources import resolve_sources
    from crawler.warm import warm_workers

    time = clock_at(clock)
    check_date("--night", night)
    check_date("--since", since)
    if since is not None and not names:
        raise typer.BadParameter("--since goes back through the sources that you name; name one or more")
    kind = "backfill" if since is not None else kind
    if kind not in KINDS_OF_RUN:
        raise typer.BadParameter(f"kind {kind!r}; allowed: {', '.join(KINDS_OF_RUN)}")
    settings = settings_of(context)
    if part_of is not None:
        fetch_parts(settings, part_of, time)
        return
    if not divided(settings):
        warm_workers()
    resolved = resolve_sources(settings.sources)
    known = {one.source.name: one.source for one in resolved}
    chosen = choose_sources(known.values(), names or [], settings.sources)
    for source in chosen.values():
        if not source.enabled:
            note = f"Note: {source.name} is disabled; it is crawled because you named it."
            console(stderr=True).print(note)

    def plans(archive: Archive) -> Sequence[RunPlan]:
        from crawler.start import crawl_plans

        if run is not None:
            return [plan_of(archive, run, chosen, time, kind=kind, night=night)]
        return crawl_plans(archive.catalog, chosen, time, kind=kind, night=night, known=known, since=since)

    with division(settings, _words(context, clock), resolved) as elsewhere:
        carry(settings, time, plans, as_json=as_json, elsewhere=elsewhere)


def _words(context: typer.Context, clock: str | None) -> Words:
    """What the commands that crawl for this one are given."""
    options = options_of(context)
    before = [] if options.config is None else ["--config", str(options.config)]
    after = [] if clock is None else ["--clock", clock]
    return Words([*before, *(["--debug"] if options.debug else [])], after)


def plan_of(
    archive: Archive, run_id: str, sources: dict[str, Source], clock: Clock, *, kind: str, night: str | None
) -> RunPlan:
    """The run of this id: the one in the ledger, which then goes on, or a new one.

    Raises ConfigError for an id that cannot name a run, DatelineError for a run that has ended.
    """
    from archive.catalog.runs import run_by_id
    from archive.rows import RunRow
    from crawler.plan import RunPlan

    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,128}", run_id):
        raise ConfigError(f"run id {run_id!r}: allowed are letters, digits and . _ : -")
    found = run_by_id(archive.catalog, run_id)
    if found is None:
        fresh = RunRow(
            id=run_id, kind=kind, sources=tuple(sorted(sources)), started_at=clock.now(), night=night
        )
        return RunPlan(fresh, sources)
    if found.finished_at is not None:
        raise DatelineError(f"run {run_id} has ended already ({found.status}); a run is carried out once")
    return RunPlan(found, {name: sources[name] for name in found.sources if name in sources}, resumed=True)


def check_date(option: str, day: str | None) -> None:
    """Raise BadParameter unless `day` is a date, or None."""
    try:
        if day is not None and date.fromisoformat(day).isoformat() != day:
            raise ValueError("not in the form YYYY-MM-DD")  # noqa: TRY301 - one message for both
    except ValueError as error:
        raise typer.BadParameter(f"{option} {day!r} is no date such as 2026-03-21 ({error})") from None
