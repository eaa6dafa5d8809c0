"""`dateline searches`: the saved searches, and what each found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, moment, print_json
from cli.printable import printable
from config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.views.saved import Find, Saved, SavedFinds


def searches(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="What this one found; a row for each if none.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many finds.")] = 20,
    cursor: Annotated[str | None, typer.Option(metavar="NEXT", help="Go on after an earlier page.")] = None,
    as_json: AsJson = False,
) -> None:
    """The searches that the settings declare under `searches`, and what was found since they are watched.

    They look after each run and at each tick of the schedule; each version is found, and told, once.
    """
    from archive.views.saved import saved_finds, saved_searches
    from archive.views.viewer import Viewer

    declared = settings_of(context).searches
    if name is not None and name not in {each.name for each in declared}:
        known = ", ".join(each.name for each in declared) or "none; declare one under `searches`"
        raise ConfigError(f"no search {name!r} is declared; allowed: {known}")
    with archive_to_read(context) as archive:
        viewer = Viewer(archive.catalog)
        every = saved_searches(viewer, declared) if name is None else []
        found = saved_finds(viewer, declared, name, limit=limit, cursor=cursor) if name else None
    if found is not None:
        if as_json:
            print_json({"search": _as_data(found.search), "finds": found.finds, "next": found.next})
        else:
            _print_finds(found)
    elif as_json:
        print_json({"searches": [_as_data(each) for each in every]})
    else:
        _print(every)


def _as_data(saved: Saved) -> dict[str, object]:
    return {
        "name": saved.name,
        "query": saved.query,
        "filters": saved.filters,
        "since": saved.since,
        "checked_at": saved.checked_at,
        "finds": saved.finds,
        "newest": saved.newest,
    }


def asked(saved: Saved) -> str:
    """What a search asks for, on one line."""
    return " ".join([saved.query, *(f"{name}:{value}" for name, value in saved.filters.items())]).strip()


def _print(every: Sequence[Saved]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    out = console()
    if not every:
        out.print("No search is saved: declare one under `searches` in the settings.")
        return
    table = Table(box=SIMPLE_HEAD)
    for title in ("name", "found"):
        table.add_column(title, no_wrap=True, justify="right" if title == "found" else "left")
    for title in ("newest (UTC)", "looked until (UTC)"):
        table.add_column(title, no_wrap=True)
    table.add_column("asks for")
    for each in every:
        newest = each.newest.at if each.newest else None
        table.add_row(
            each.name, f"{each.finds:,}", moment(newest), moment(each.checked_at), printable(asked(each))
        )
    out.print(table)


def _print_finds(found: SavedFinds) -> None:
    out = console()
    for find in found.finds:
        out.print(printable(said(find)), soft_wrap=True)
    more = f"; more with --cursor {found.next}" if found.next else ""
    out.print(f"{counted(len(found.finds), 'find')} of {found.search.finds:,}{more}")


def said(find: Find) -> str:
    """A find on one line."""
    line = find.article
    what = "removed" if line.removed else "new" if line.number == 1 else ", ".join(line.kinds) or "edited"
    return f"{moment(line.captured_at)}  {line.source}  {line.title or '-'}  ({what})  {line.url}"
