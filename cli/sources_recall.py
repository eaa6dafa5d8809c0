"""`dateline sources recall`: what a run missed of what the site lists, and what it found beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.open import archive_to_read
from cli.output import AsJson, console, counted, print_json
from cli.printable import printable
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.catalog.recall import Named, Recall


def recall(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source.")],
    run_id: Annotated[
        str | None, typer.Option("--run", metavar="RUN_ID", help="A run's id; the source's newest if empty.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a run missed of what the source's sitemap (or feed) lists, and what it found that is not there."""
    from archive.catalog.changes import newest_runs_of
    from archive.catalog.recall import recall_of
    from cli.runs import find_run

    with archive_to_read(context) as archive:
        if run_id is None:
            newest = newest_runs_of(archive.catalog, name)
            if not newest:
                raise ConfigError(
                    f"no run has had a source {name!r}; `dateline sources list` names the sources"
                )
            run = newest[0]
        else:
            run = find_run(archive.catalog, run_id)
            if name not in run.sources:
                had = ", ".join(run.sources)
                raise ConfigError(f"run {run.id} did not have a source {name!r}; it had {had}")
        found = recall_of(archive.catalog, run.id, name)
    if as_json:
        print_json({"recall": found, "share": found.share})
    else:
        _print(found)


def _print(found: Recall) -> None:
    out = console()
    if found.measure is None:
        out.print(
            f"Run {found.run_id} read neither sitemap nor feed of {found.source}: nothing to measure by."
        )
        return
    share = f" ({found.share:.1%})" if found.share is not None else ""
    out.print(
        f"{found.source}, run {found.run_id}: reached {found.reached:,} of "
        f"{counted(found.listed, 'address', 'addresses')} that its {found.measure} lists{share}, "
        f"and {found.beyond:,} that it does not list."
    )
    for reason, number in found.missed.items():
        out.print(printable(f"  missed: {number:,} {reason}"))
    _print_urls("missed", found.missed_urls)
    _print_urls("not listed", found.beyond_urls)
    for note in found.left_out:
        out.print(printable(f"  left out: {note}"), soft_wrap=True)


def _print_urls(what: str, urls: tuple[Named, ...]) -> None:
    for one in urls:
        line = f"  {what}: {one.url} ({one.outcome}; named by {', '.join(one.by)})"
        console().print(printable(line), soft_wrap=True)
