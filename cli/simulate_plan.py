"""`dateline simulate plan`: nights of many sources through the real schedule, beside the capacity model."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import AsJson, console, print_json
from cli.plan import PER_SOURCE, Articles, Delay, Largest, Night, Sources, described, read_seconds
from config.errors import ConfigError

if TYPE_CHECKING:
    from crawler.capacity.night import Machine
    from crawler.capacity.simulated.compare import Compared
    from crawler.capacity.simulated.nights import Simulated
    from crawler.capacity.workload import Workload

MOST_NIGHTS = 60
NOT_AS_MODELLED = 1


def simulate_plan(  # noqa: PLR0917 - options of a command, given by name
    sources: Sources,
    articles_per_day: Articles = None,
    largest: Largest = 1500.0,
    delay: Delay = "1s",
    night: Night = "6h",
    nights: Annotated[int, typer.Option("--nights", help="How many nights, 1 to 60.")] = 7,
    parts: Annotated[
        int | None, typer.Option("--parts", help="Crawl processes of one run; as the plan says if empty.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same nights.")] = 1,
    scratch: Annotated[
        Path | None, typer.Option("--scratch", help="Where catalog and journal lie meanwhile.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Nights of invented sources through the real schedule, leases and rules, beside the capacity model."""
    from crawler.capacity.constants import measured
    from crawler.capacity.night import Machine
    from crawler.capacity.plan import MOST_PARTS, plan_of
    from crawler.capacity.simulated.compare import compare
    from crawler.capacity.workload import Workload

    for name, value, most in (("--nights", nights, MOST_NIGHTS), ("--parts", parts or 1, MOST_PARTS)):
        if not 1 <= value <= most:
            raise ConfigError(f"{name} {value}: allowed are 1 to {most:,}")
    workload = Workload(
        sources=sources,
        articles_per_day=PER_SOURCE * sources if articles_per_day is None else articles_per_day,
        largest=largest,
        delay=read_seconds(delay, "--delay"),
        night=read_seconds(night, "--night") / 3600,
        nights=nights,
    )
    machine = Machine()
    parts = parts or plan_of(workload, measured(), machine).parts
    found = _pass_nights(workload, machine, parts, seed, scratch, silent=as_json)
    lines = compare(found, workload, measured(), machine, parts)
    if as_json:
        print_json({
            "workload": asdict(workload),
            "parts": parts,
            "compared": [{**asdict(line), "ratio": line.ratio, "holds": line.holds} for line in lines],
            "simulated": asdict(found),
        })  # fmt: skip
    else:
        _print(workload, parts, found, lines)
    if not all(line.holds for line in lines):
        raise typer.Exit(NOT_AS_MODELLED)


def _pass_nights(
    workload: Workload, machine: Machine, parts: int, seed: int, scratch: Path | None, *, silent: bool
) -> Simulated:
    """The simulation, in a folder of its own; tells on stderr what is over unless it is silent."""
    from crawler.capacity.constants import measured
    from crawler.capacity.simulated.nights import Nights
    from crawler.capacity.simulated.world import make_world

    with TemporaryDirectory(dir=scratch) as folder:
        nights = Nights(
            make_world(workload, seed),
            workload,
            machine,
            parts=parts,
            by=measured(),
            folder=Path(folder),
            seed=seed,
            tell=lambda said: None if silent else print(said, file=sys.stderr),
        )
        return nights.run(workload.nights)


def _print(workload: Workload, parts: int, found: Simulated, lines: list[Compared]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    out = console()
    out.print(f"{described(workload)}; {len(found.nights)} nights, {parts} crawl processes a run")
    table = Table(box=SIMPLE_HEAD)
    for name, justify in (
        ("all nights", "left"),
        ("model", "right"),
        ("simulated", "right"),
        ("ratio", "right"),
    ):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type] # one of its literals
    for line in lines:
        unit = f", {line.unit}" if line.unit else ""
        table.add_row(
            f"{line.name}{unit}",
            f"{line.model:,.4g}" if line.model < 1000 else f"{line.model:,.0f}",  # noqa: PLR2004 - four digits
            f"{line.simulated:,.4g}" if line.simulated < 1000 else f"{line.simulated:,.0f}",  # noqa: PLR2004
            f"{line.ratio:.2f}" + ("" if line.holds else "  apart"),
        )
    out.print(table)
    slots = ", ".join(f"{count:,} {status}" for status, count in sorted(found.statuses.items()))
    late = max(night.late for night in found.nights.values()) / 60
    out.print(f"slots: {slots}; the latest began {late:.0f} min after its time")
    out.print(
        f"leases of {found.leases:,} hosts and parts, {found.refused:,} refused; "
        f"{found.in_flight:,} pages in flight at the most, {found.rows:,} rows in one window"
    )
    out.print(
        f"{found.ticks:,} ticks of the schedule, {1000 * found.decide_seconds:.0f} ms of CPU each; "
        f"{found.followed:,} articles followed; {found.cpu:,.0f} s of CPU in all"
    )
