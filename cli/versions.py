"""`dateline versions`: every version of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article import NoArticle, Unknown, find_article, removal_note, shown_moment
from cli.copies import copy_note
from cli.open import archive_to_read
from cli.output import AsJson, console, counted, print_json
from cli.printable import printable
from cli.teasers import print_teasers, teasers_of

if TYPE_CHECKING:
    from rich.table import Table

    from archive.catalog.catalog import Catalog
    from archive.catalog.clusters import Cluster
    from archive.rows import VersionRow
    from archive.timeline import Timeline


def versions(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Any address that the article has had.")],
    as_json: AsJson = False,
) -> None:
    """List every version of an article: its number, when it was captured, what changed, its title.

    Of an address without an article, it says how a run last ended there, and why (exit status 1).
    """
    from archive.catalog.clusters import clusters_of

    with archive_to_read(context) as archive:
        try:
            timeline = find_article(archive.catalog, url)
        except NoArticle as error:
            if as_json:
                print_json(_unknown_json(error.unknown))
            raise
        teasers = teasers_of(archive.catalog, timeline)
        if as_json:
            print_json(_timeline_json(archive.catalog, timeline) | {"teasers": teasers})
            return
        cluster = clusters_of(archive.catalog, [timeline.article.id]).get(timeline.article.id)
    _print_timeline(timeline, cluster)
    print_teasers(teasers)


def _print_timeline(timeline: Timeline, cluster: Cluster | None) -> None:
    out, newest = console(), timeline.newest
    out.print(printable(newest.title or "(no title)"), style="bold")
    out.print(f"{timeline.article.url}  ({timeline.article.source})")
    for address in timeline.addresses:
        if address.url != timeline.article.url:
            out.print(f"also at {address.url} since {shown_moment(address.since)}")
    if newest.removed:
        out.print(removal_note(newest), style="red")
    if cluster is not None:
        out.print(copy_note(cluster, timeline.article.id), soft_wrap=True)
    out.print()
    out.print(_table(timeline))


def _table(timeline: Timeline) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("version", justify="right")
    table.add_column("captured", no_wrap=True)
    table.add_column("events")
    table.add_column("title")
    for version in timeline.versions:
        table.add_row(
            str(version.number),
            shown_moment(version.captured_at),
            _what_happened(timeline, version),
            printable(version.title or ""),
            style="red" if version.removed else None,
        )
    return table


def _what_happened(timeline: Timeline, version: VersionRow) -> str:
    """The kinds of events; of a text, how much of it changed; what was not said, and what came back."""
    kinds = dict.fromkeys(event.kind for event in timeline.events.get(version.number, ()))
    told = [f"{kind}{_extent(version)}" if kind == "text" else kind for kind in kinds]
    if version.silent:
        told.append("silent")
    if version.returns_to is not None:
        told.append(f"as version {version.returns_to}")
    return ", ".join(told) or "first seen"


def _extent(version: VersionRow) -> str:
    if version.edit is None:
        return ""
    moved = f", {counted(version.sentences_moved, 'sentence')} moved" if version.sentences_moved else ""
    return f" ({version.edit}, +{version.words_added} -{version.words_removed} words{moved})"


def _timeline_json(catalog: Catalog, timeline: Timeline) -> dict[str, Any]:
    """The article, and its versions as an export has them, without their texts."""
    from archive.export.json_lines import lines_of

    lines = lines_of(catalog, timeline.versions)
    return {
        "url": timeline.article.url,
        "source": timeline.article.source,
        "article": timeline.article.id,
        "removed": timeline.newest.removed,
        "addresses": [{"url": address.url, "since": address.since} for address in timeline.addresses],
        "versions": [{name: line[name] for name in line if name != "text"} for line in lines],
    }


def _unknown_json(unknown: Unknown) -> dict[str, Any]:
    return {
        "url": unknown.url,
        "article": None,
        "versions": [],
        "last_outcome": unknown.last_outcome,
        "captures": unknown.captures,
        "did_you_mean": unknown.meant,
    }
