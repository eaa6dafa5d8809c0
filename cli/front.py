"""`dateline front`: what a source's home page led with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli import moments
from cli.article import shown_moment
from cli.open import archive_to_read
from cli.output import AsJson, console, print_json
from cli.printable import printable
from config.errors import DatelineError

if TYPE_CHECKING:
    from datetime import datetime

    from archive.catalog.catalog import Catalog
    from archive.rows import CaptureRow, FrontRow


@dataclass(frozen=True, slots=True)
class Front:
    """A front page at a moment: its list, since when it stood, and the capture that last showed it."""

    url: str
    rows: tuple[FrontRow, ...]
    last_look: CaptureRow | None


def front(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A source, or the address of one of its pages.")
    ],
    *,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="As it stood then; now if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the headlines of a front page in order, as they stood at a time; the first is what led.

    TIME is a date (the end of that day) or a moment such as 2026-03-21T18:30, in UTC unless it names a zone.
    Of a source it is the home page; its section pages are asked for by address.
    """
    moment = None if at is None else moments.latest(at, "--at")
    with archive_to_read(context) as archive:
        found = find_front(archive.catalog, name, moment)
    if as_json:
        print_json(_as_json(found))
    else:
        _print(found)


def find_front(catalog: Catalog, name: str, at: datetime | None) -> Front:
    """The front page of a source (the shortest address that has one), or of an address.

    Raises DatelineError, saying which there are, if there is none.
    """
    from archive.catalog import fronts

    named = (
        [name] if "://" in name else sorted(fronts.fronts_of(catalog, name), key=lambda url: (len(url), url))
    )
    for url in named:
        if rows := fronts.front_at(catalog, url, at):
            return Front(url, tuple(rows), fronts.last_look(catalog, url, at))
    when = f" up to {shown_moment(at)}" if at else ""
    advice = "`dateline sources list` names the sources, and each run keeps their front pages"
    if named and "://" not in name:
        advice = f"there are later ones of {', '.join(named)}"
    raise DatelineError(f"no front page of {name} is in this archive{when}; {advice}")


def _print(found: Front) -> None:
    out = console()
    out.print(found.url, style="bold")
    seen = f", last seen so {shown_moment(found.last_look.at)}" if found.last_look else ""
    out.print(f"since {shown_moment(found.rows[0].at)}{seen}\n")
    for row in found.rows:
        out.print(
            f"{row.position + 1:3}  {printable(row.title)}", style="bold" if row.position == 0 else None
        )
        out.print(f"     {row.link}", style="dim", soft_wrap=True)


def _as_json(found: Front) -> dict[str, object]:
    return {
        "url": found.url,
        "source": found.rows[0].source,
        "since": found.rows[0].at,
        "last_seen": found.last_look.at if found.last_look else None,
        "capture": found.rows[0].capture_id,
        "headlines": [
            {"position": row.position, "title": row.title, "link": row.link, "picture": row.picture}
            for row in found.rows
        ],
    }
