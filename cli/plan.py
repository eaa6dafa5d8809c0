"""`dateline plan`: how large a machine, a store and a catalog so many sources need."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli.output import AsJson, console, print_json
from config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.capacity.night import Machine
    from crawler.capacity.plan import Plan
    from crawler.capacity.workload import Workload

T = TypeVar("T")

MOST_WORKERS = 1024  # as `crawl.workers`
PER_SOURCE = 50.0  # articles a day, where nobody says how many


class KeepName(StrEnum):
    """As in `crawler.capacity.workload.Keep`."""

    ALL = "all"
    CHANGED = "changed"
    CHANGED_DAILY = "changed+daily"


class SpreadName(StrEnum):
    """As in `crawler.capacity.workload.Spread`."""

    WORLD = "world"
    ONE_ZONE = "one-zone"


Sources = Annotated[int, typer.Option("--sources", help="How many sources.")]
Articles = Annotated[
    float | None,
    typer.Option("--articles-per-day", help="New articles a day of all of them; 50 a source if empty."),
]
Largest = Annotated[float, typer.Option("--largest", help="Articles a day of the largest source, at most.")]
RunsADay = Annotated[float, typer.Option("--runs-a-day", help="How often each is crawled.")]
Listed = Annotated[
    float, typer.Option("--listed", help="Known addresses that a source's feeds and front page name.")
]
Documents = Annotated[
    float, typer.Option("--documents", help="Feeds, sitemaps, sections and robots.txt of a source.")
]
Pictures = Annotated[float, typer.Option("--pictures", help="Pictures of an article.")]
PageSize = Annotated[str, typer.Option("--page-size", help="Of a page, packed, such as 45KB.")]
PictureSize = Annotated[str, typer.Option("--picture-size", help="Of a picture.")]
Delay = Annotated[str, typer.Option("--delay", help="Between two requests to one host, such as 1s.")]
Night = Annotated[str, typer.Option("--night", help="Within which a source shall be done, such as 6h.")]
Failures = Annotated[float, typer.Option("--failures", help="Share of requests tried again.")]
NotModified = Annotated[
    float, typer.Option("--not-modified", help="Share of unchanged pages answered with 304.")
]
Identical = Annotated[
    float, typer.Option("--identical", help="Share of the other unchanged ones of the same bytes.")
]
Keep = Annotated[KeepName, typer.Option("--keep", help="What of unchanged captures stays.")]
Zstd = Annotated[bool, typer.Option("--zstd", help="Compacted to zstd with dictionaries.")]
Replica = Annotated[bool, typer.Option("--replica", help="With a copy in a second store.")]
Spread = Annotated[SpreadName, typer.Option("--spread", help="Over the zones of the world, or all in one.")]
OnNight = Annotated[int, typer.Option("--nights", help="On which night of the archive's life.")]
Window = Annotated[str, typer.Option("--window", help="As crawl.window, of each process: auto, or a number.")]
Readers = Annotated[int, typer.Option("--workers", help="As crawl.workers, of each process.")]


def plan(  # noqa: PLR0917 - options of a command, given by name
    sources: Sources,
    articles_per_day: Articles = None,
    largest: Largest = 1500.0,
    runs_a_day: RunsADay = 1.0,
    listed: Listed = 100.0,
    documents: Documents = 8.0,
    pictures: Pictures = 3.0,
    page_size: PageSize = "45KB",
    picture_size: PictureSize = "120KB",
    delay: Delay = "1s",
    night: Night = "6h",
    failures: Failures = 0.02,
    not_modified: NotModified = 0.05,
    identical: Identical = 0.05,
    keep: Keep = KeepName.ALL,
    zstd: Zstd = False,
    replica: Replica = False,
    spread: Spread = SpreadName.WORLD,
    nights: OnNight = 60,
    window: Window = "auto",
    workers: Readers = 2,
    as_json: AsJson = False,
) -> None:
    """Cores, memory, bandwidth, storage and requests for so many sources, from measured constants."""
    from crawler.capacity.constants import measured
    from crawler.capacity.lines import as_document
    from crawler.capacity.plan import plan_of
    from crawler.capacity.workload import Keep, Spread, Workload

    workload = Workload(
        sources=sources,
        articles_per_day=PER_SOURCE * sources if articles_per_day is None else articles_per_day,
        largest=largest,
        runs_a_day=runs_a_day,
        listed=listed,
        documents=documents,
        pictures=pictures,
        page_bytes=_size(page_size, "--page-size"),
        picture_bytes=_size(picture_size, "--picture-size"),
        delay=read_seconds(delay, "--delay"),
        night=read_seconds(night, "--night") / 3600,
        failures=failures,
        not_modified=not_modified,
        identical=identical,
        keep=Keep(keep.value),
        zstd=zstd,
        replica=replica,
        spread=Spread(spread.value),
        nights=nights,
    )
    made = plan_of(workload, measured(), _machine(window, workers))
    if as_json:
        print_json(as_document(made))
    else:
        _print(made)


def _machine(window: str, workers: int) -> Machine:
    """What a process is given; raises typer.BadParameter or ConfigError for what no setting may be."""
    from config.units import parse_places
    from crawler.capacity.night import Machine

    if not 1 <= workers <= MOST_WORKERS:
        raise ConfigError(f"--workers {workers}: allowed are 1 to {MOST_WORKERS:,}")
    return Machine(window=_read(parse_places, window, "--window"), workers=workers)


def _print(plan: Plan) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from crawler.capacity.lines import sections_of

    out = console()
    out.print(described(plan.workload))
    for heading, lines in sections_of(plan):
        table = Table(box=SIMPLE_HEAD, show_header=True)
        table.add_column(heading, min_width=50, no_wrap=True)
        table.add_column("", justify="right", min_width=24, no_wrap=True)
        for what, much in lines:
            table.add_row(what, much)
        out.print(table)


def described(workload: Workload) -> str:
    """The workload in a sentence."""
    return (
        f"{workload.sources:,} sources with {workload.articles_per_day:,.0f} new articles a day "
        f"({workload.mean:,.1f} each in the mean), {workload.delay:g} s between two requests to a host, "
        f"a night of {workload.night:g} h"
    )


def read_seconds(text: str, option: str) -> float:
    """Seconds of an option such as `1s`; raises typer.BadParameter."""
    from config.units import parse_duration

    return _read(parse_duration, text, option)


def _size(text: str, option: str) -> float:
    from config.units import parse_size

    return float(_read(parse_size, text, option))


def _read(parse: Callable[[object], T], text: str, option: str) -> T:
    from pydantic_core import PydanticCustomError

    try:
        return parse(text)
    except PydanticCustomError as error:  # what units refuse with
        allowed = (error.context or {}).get("allowed")
        raise typer.BadParameter(
            f"{text!r} {error.message()}; allowed: {allowed}", param_hint=option
        ) from None
