"""The headlines under which a story ran on front pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cli.article import shown_moment
from cli.output import console
from cli.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from archive.catalog.catalog import Catalog
    from archive.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Teaser:
    """A headline under which a story ran on a front page; `position` is its best, 1 for what led."""

    title: str
    page: str
    since: datetime
    position: int


def teasers_of(catalog: Catalog, timeline: Timeline) -> list[Teaser]:
    """The headlines under which an article ran on front pages, each once a page, by time."""
    from archive.catalog import fronts

    found: dict[tuple[str, str], Teaser] = {}
    for row in fronts.teasers_of(catalog, [address.url for address in timeline.addresses]):
        known = found.get((row.url, row.title)) or Teaser(row.title, row.url, row.at, row.position + 1)
        found[row.url, row.title] = replace(known, position=min(known.position, row.position + 1))
    return list(found.values())


def print_teasers(teasers: list[Teaser]) -> None:
    """Print them below an article's versions, if there are any."""
    out = console()
    if teasers:
        out.print("ran as", style="bold")
    for teaser in teasers:
        place = "led" if teaser.position == 1 else f"place {teaser.position}"
        where = f"{place} on {teaser.page} since {shown_moment(teaser.since)}"
        out.print(f"  {printable(teaser.title)}  ({where})")
