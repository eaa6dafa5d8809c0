"""`dateline clusters`: stories that ran more than once."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import moments
from cli.open import archive_to_read
from cli.output import AsJson, console, counted, print_json


def clusters(
    context: typer.Context,
    *,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only with an article first captured then or later.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only with an article of this source.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List stories that ran more than once, exactly or nearly: who had each first, and who followed.

    The newest come first. An article is in a cluster with all that a chain of copies connects it with; how
    alike two articles are is measured on runs of five words. Articles are compared at the end of each run;
    `dateline link` does it now.
    """
    from archive.catalog.clusters import newest_clusters
    from cli.copies import cluster_json, member_line

    moment = None if since is None else moments.start(since, "--since")
    with archive_to_read(context) as archive:
        found = newest_clusters(archive.catalog, since=moment, source=source, limit=limit)
    if as_json:
        print_json({"clusters": [cluster_json(cluster) for cluster in found]})
        return
    out = console()
    for cluster in found:
        agency = f", agency: {cluster.agency}" if cluster.agency else ""
        out.print(f"{counted(len(cluster.members), 'article')}{agency}", style="bold")
        for member in cluster.members:
            out.print(f"  {member_line(member)}", soft_wrap=True)
        out.print()
    if not found:
        out.print("No story ran more than once.")
