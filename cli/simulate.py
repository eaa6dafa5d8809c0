"""`dateline simulate`: dry runs of the scheduler over traces; nothing is fetched and nothing archived."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import plain_typer
from cli.open import archive_to_read
from cli.output import AsJson, console, counted, print_json
from cli.simulate_plan import simulate_plan
from config.errors import ConfigError

if TYPE_CHECKING:
    from crawler.simulate.compare import Compared
    from crawler.simulate.replay import Cadence
    from crawler.simulate.trace import TracedPage

simulate = plain_typer(
    no_args_is_help=True, help="Dry runs of the schedule: what each way of looking again would have caught."
)


simulate.command("plan")(simulate_plan)


class PolicyName(StrEnum):
    """As in `crawler.simulate.compare.POLICIES`."""

    LEARNED = "learned"
    PRIOR = "prior"
    POLLER = "poller"
    ADAPTIVE = "adaptive"
    DAILY = "daily"
    CLAIRVOYANT = "clairvoyant"


@simulate.command()
def revisits(  # noqa: PLR0917 - options of a command, given by name
    context: typer.Context,
    trace: Annotated[
        Path | None,
        typer.Option("--trace", help="The trace to replay, as `dateline simulate trace` writes it."),
    ] = None,
    from_archive: Annotated[
        bool, typer.Option("--from-archive", help="Replay what this archive has seen of its own sources.")
    ] = False,
    policy: Annotated[
        list[PolicyName] | None, typer.Option("--policy", help="A policy; may be repeated. All if empty.")
    ] = None,
    every: Annotated[
        str,
        typer.Option(
            "--every",
            help="How often each source runs: 15m, 1h, 6h or 1d (02:00 UTC, or between a trace's looks).",
        ),
    ] = "15m",
    budget: Annotated[
        int | None, typer.Option("--budget", min=0, help="Looks a run and source of our own policies.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay a trace through the scheduler's own code, and through other policies."""
    from crawler.simulate.compare import POLICIES, compare
    from crawler.simulate.replay import apart

    cadence = _cadence(every)
    pages = _pages(context, trace, from_archive=from_archive)
    if not pages:
        raise ConfigError("the trace has no page: nothing to replay")
    names = [str(name) for name in policy] if policy else list(POLICIES)
    compared = compare(pages, apart(cadence, pages), policies=names, budget=budget)
    if as_json:
        print_json({
            "pages": len(pages),
            "sources": len({page.source for page in pages}),
            "every_minutes": cadence.every / timedelta(minutes=1),
            "budget": budget,
            "policies": [_line(each) for each in compared],
        })  # fmt: skip
        return
    _print(pages, every, compared)


@simulate.command()
def trace(  # noqa: PLR0917 - options of a command, given by name
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="Where to write the trace.")],
    from_archive: Annotated[
        bool, typer.Option("--from-archive", help="Write what this archive has seen of its own sources.")
    ] = False,
    pages: Annotated[
        int, typer.Option("--pages", min=1, help="How many pages a synthetic trace has.")
    ] = 3000,
    outlets: Annotated[int, typer.Option("--outlets", min=1, help="Of how many sources.")] = 6,
    days: Annotated[float, typer.Option("--days", min=0.1, help="Over how many days they appear.")] = 30.0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same trace.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Write a trace: synthetic, with the published rates of change, or of this archive's own history."""
    from crawler.simulate.synthetic import Recipe, shares, synthetic_trace
    from crawler.simulate.trace import write_trace

    if from_archive:
        made = _pages(context, None, from_archive=True)
    else:
        made = synthetic_trace(Recipe(pages=pages, outlets=outlets, days=days, seed=seed))
    try:
        written = write_trace(out, made)
    except OSError as error:
        raise ConfigError(f"--out {out} cannot be written: {error.strerror or error}") from error
    found = shares(made) if made else {}
    if as_json:
        print_json({"out": out, "pages": written, "shares": found})
        return
    out_console = console()
    out_console.print(f"{counted(written, 'page')} in {out}")
    for name, share in found.items():
        out_console.print(f"  {name.replace('_', ' '):<28}{share:8.3f}")


def _pages(context: typer.Context, trace_file: Path | None, *, from_archive: bool) -> list[TracedPage]:
    from crawler.simulate.history import traced
    from crawler.simulate.trace import read_trace

    if from_archive == (trace_file is not None):
        raise typer.BadParameter("name one trace: --trace FILE or --from-archive")
    if trace_file is not None:
        return read_trace(trace_file)
    with archive_to_read(context) as archive:
        return traced(archive.catalog)


def _cadence(every: str) -> Cadence:
    from config.units import parse_duration
    from crawler.simulate.replay import NIGHTLY, Cadence

    try:
        step = timedelta(seconds=parse_duration(every))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--every") from None
    day = NIGHTLY.every
    if not timedelta(minutes=1) <= step <= day or day % step:
        raise typer.BadParameter("is no part of a day; such as 15m, 1h, 6h or 1d", param_hint="--every")
    return NIGHTLY if step == day else Cadence(step)


def _line(compared: Compared) -> dict[str, object]:
    result = compared.result
    return {
        "policy": compared.policy,
        "revisions": result.revisions,
        "caught": result.caught,
        "share": round(result.share, 4),
        "requests": result.requests,
        "requests_a_page": round(result.requests / result.pages, 3),
        "caught_a_request": round(result.yield_, 5),
    }


def _print(pages: list[TracedPage], every: str, compared: list[Compared]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from crawler.simulate.compare import POLICIES

    out = console()
    sources = len({page.source for page in pages})
    out.print(f"{counted(len(pages), 'page')} of {counted(sources, 'source')}, each crawled every {every}")
    table = Table(box=SIMPLE_HEAD)
    table.add_column("policy", no_wrap=True)
    for name in ("caught", "of revisions", "requests", "a page", "caught a request"):
        table.add_column(name, justify="right")
    for each in compared:
        result = each.result
        table.add_row(
            each.policy,
            f"{result.caught:,}",
            f"{result.share:.1%}",
            f"{result.requests:,}",
            f"{result.requests / result.pages:.2f}",
            f"{result.yield_:.4f}",
        )
    out.print(table)
    for each in compared:
        out.print(f"{each.policy}: {POLICIES[each.policy]}")
