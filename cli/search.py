"""`dateline search`: what said this, and when."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article import shown_moment
from cli.open import archive_to_read
from cli.output import AsJson, console, counted, print_json
from cli.printable import printable

if TYPE_CHECKING:
    from rich.text import Text

    from archive.search.marks import Pieces
    from archive.views.search import Hit, Results


class Sort(StrEnum):
    """The order of hits."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


class Versions(StrEnum):
    """Which versions of an article are found."""

    STANDING = "standing"
    ALL = "all"
    PAST = "past"


def search(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS", help='Words, "a phrase", begin*, -not, OR, field:value.'),
    ] = None,
    *,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this source.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only captured then or later.")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only captured before; of a date, that day too.")
    ] = None,
    versions: Annotated[
        Versions, typer.Option(help="The newest of each article, all, or what was said then and is not now.")
    ] = Versions.STANDING,
    sort: Annotated[Sort, typer.Option(help="By time of capture, or the best match first.")] = Sort.NEWEST,
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many hits.")] = 20,
    cursor: Annotated[str | None, typer.Option(metavar="NEXT", help="Go on after an earlier page.")] = None,
    index: Annotated[bool, typer.Option("--index", help="First index the versions that wait.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search what articles say, and said: any script, whatever the case and the accents.

    Fields are source:, lang:, event: (new, title, text, removed and so on), has:picture, cluster:, title:,
    since: and until:. Put -- before words that begin with a dash. New versions are indexed as they are
    committed; after an upgrade --index brings in what was there before.
    """
    from archive.catalog import search_index
    from archive.rebuild.run import INDEX_AT_ONCE
    from archive.views.search import Order, Which
    from archive.views.search import search as find
    from archive.views.viewer import Viewer

    given = {"source": source, "since": since, "until": until}
    filters = {name: value for name, value in given.items() if value is not None}
    with archive_to_read(context) as archive:
        if index:
            search_index.fill(archive.catalog, at_once=INDEX_AT_ONCE)
        found = find(
            Viewer(archive.catalog),
            " ".join(_word(word) for word in words or ()),
            filters,
            order=Order(sort),
            which=Which(versions),
            limit=limit,
            cursor=cursor,
        )
    if as_json:
        print_json(_as_json(found))
    else:
        _show(found)


def _word(typed: str) -> str:
    """A word of the command line: the shell has taken the quotes from around a phrase."""
    spaced = any(sign.isspace() for sign in typed)
    return f'"{typed}"' if spaced and not any(sign in typed for sign in '":()') else typed


def _show(found: Results) -> None:
    out = console()
    for hit in found.hits:
        line = hit.line
        out.print(_styled(hit.title) or line.url, style="bold", soft_wrap=True)
        facts = [f"version {line.number}", *line.kinds, *([] if hit.now else ["not now"])]
        said = ", ".join([*facts, *(["removed since"] if hit.gone and not line.removed else [])])
        out.print(f"  {shown_moment(line.captured_at)}  {line.source}  {line.url}  {said}", soft_wrap=True)
        if hit.snippet:
            out.print("  ", _styled(hit.snippet), sep="", soft_wrap=True)
    more = f"; more with --cursor {found.next}" if found.next else ""
    out.print(f"{counted(len(found.hits), 'hit')}{more}")
    if found.pending:
        out.print(f"{counted(found.pending, 'version')} wait to be indexed: `dateline search --index`")


def _styled(pieces: Pieces) -> Text:
    from rich.text import Text

    parts = ((printable(" ".join(piece.text.split("\n"))), piece.marked) for piece in pieces)
    return Text.assemble(*((text, "bold yellow" if marked else "") for text, marked in parts))


def _as_json(found: Results) -> dict[str, Any]:
    return {"hits": [_hit_json(hit) for hit in found.hits], "next": found.next, "pending": found.pending}


def _hit_json(hit: Hit) -> dict[str, Any]:
    line = hit.line
    return {
        "url": line.url,
        "source": line.source,
        "captured_at": line.captured_at,
        "version": line.number,
        "events": line.kinds,
        "title": line.title,
        "title_marked": hit.title,
        "snippet": hit.snippet,
        "language": line.language,
        "now": hit.now,
        "removed": hit.gone,
    }
