"""`dateline archive`: save these pages now."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.carry import carry, clock_at
from cli.options import settings_of
from cli.output import AsJson
from config.errors import ConfigError

if TYPE_CHECKING:
    from config.settings import Settings
    from config.source import Source


def archive(
    context: typer.Context,
    urls: Annotated[
        list[str], typer.Argument(metavar="URL...", help="Addresses; - reads a list, one a line.")
    ],
    clock: Annotated[str | None, typer.Option(hidden=True, metavar="MOMENT")] = None,
    as_json: AsJson = False,
) -> None:
    """Archive these pages now, each under the source that owns its site, else under `by-hand`.

    robots.txt, politeness and address rules hold as in every crawl. Ends with status 1 if a page could not
    be saved; the reason stands beside it.
    """
    from crawler.start import page_plan
    from crawler.warm import warm_workers

    time = clock_at(clock)
    settings = settings_of(context)
    plan = page_plan(_sources(settings), addresses(urls), time)
    warm_workers()
    carry(settings, time, lambda _: [plan], as_json=as_json, each_url=True)


def addresses(urls: Sequence[str]) -> list[str]:
    """The addresses asked for, in order and once each; `-` stands for the lines of standard input.

    Empty lines and those that begin with # are left out. Raises ConfigError if nothing is left.
    """
    found: dict[str, None] = {}
    for url in urls:
        lines = sys.stdin if url == "-" else [url]
        found |= {line.strip(): None for line in lines if line.strip() and not line.startswith("#")}
    if not found:
        raise ConfigError("no address was given: name some, or pipe a list into `dateline archive -`")
    return list(found)


def _sources(settings: Settings) -> dict[str, Source]:
    """The sources by name; none where there is no folder of them, because pages need none."""
    from config.load_sources import load_sources

    if not settings.sources.exists():
        return {}
    return {source.name: source for source in load_sources(settings.sources)}
