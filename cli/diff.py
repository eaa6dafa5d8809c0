"""`dateline diff`: what changed between two versions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.wording.word_diff import Kind, phrases, word_diff
from cli.article import find_article, shown_moment
from cli.open import archive_to_read
from cli.output import AsJson, console, print_json
from cli.printable import printable

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from archive.rows import VersionRow
    from archive.timeline import Timeline

_STYLES: dict[Kind, str] = {"same": "", "added": "bold green", "removed": "red strike"}
# Where there is no colour, the marks of wdiff(1) say the same.
_MARKS: dict[Kind, tuple[str, str]] = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as compared: parts by name; `text` and `pictures` have a paragraph for each item."""

    number: int
    captured_at: str
    parts: dict[str, tuple[str, ...]]


def diff(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Any address that the article has had.")],
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[V1 V2]", help="Numbers of two versions.")
    ] = None,
    *,
    plain: Annotated[bool, typer.Option("--plain", help="A unified diff of paragraphs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two versions, word by word: headline, byline, date, text and pictures.

    Without numbers these are the newest version and the one before. Words between [- and -] went,
    words between {+ and +} came.
    """
    with archive_to_read(context) as archive:
        timeline = find_article(archive.catalog, url)
        pair = _chosen(timeline, numbers or [])
        if pair is None:
            _print_single(timeline, as_json=as_json)
            return
        before, after = (_shown(archive.catalog, version) for version in pair)
    if as_json:
        print_json(_as_json(timeline, before, after))
    elif plain:
        for line in _unified(timeline.article.url, before, after):
            print(printable(line))
    else:
        _print_words(timeline, before, after)


def _chosen(timeline: Timeline, numbers: list[int]) -> tuple[VersionRow, VersionRow] | None:
    """The two versions to compare; None if the article has only one. Raises BadParameter."""
    match numbers, timeline.contents:
        case [], [*_, before, after]:
            return before, after
        case [], _:
            return None
        case [first, second], _:
            return _content(timeline, first), _content(timeline, second)
    raise typer.BadParameter("give two numbers, V1 and V2, or none for the last two versions")


def _content(timeline: Timeline, number: int) -> VersionRow:
    version = timeline.numbered(number)
    if version is not None and not version.removed:
        return version
    allowed = ", ".join(str(row.number) for row in timeline.contents)
    what = "says that the article was removed" if version else "does not exist"
    raise typer.BadParameter(
        f"version {number} of {timeline.article.url} {what}; versions with content: {allowed}"
    )


def _print_single(timeline: Timeline, *, as_json: bool) -> None:
    if as_json:
        print_json({"url": timeline.article.url, "before": None, "after": None, "changes": []})
        return
    only = timeline.contents[-1]
    print(
        f"{timeline.article.url} has one version with content, of {shown_moment(only.captured_at)}: "
        "there is nothing to compare."
    )


def _shown(catalog: Catalog, version: VersionRow) -> Shown:
    from archive.catalog import versions

    text = versions.text_by_sha256(catalog, version.text_sha256) if version.text_sha256 else None
    pictures = versions.pictures_of(catalog, version.article_id, version.number)
    parts = {
        "url": (version.url,),
        "title": (version.title or "",),
        "byline": (", ".join(version.byline),),
        "published": (shown_moment(version.published_at),),
        "text": tuple((text or "").split("\n\n")),
        "asides": version.asides,
        "pictures": tuple(_picture(row.url, row.caption, row.credit) for row in pictures),
    }
    return Shown(version.number, shown_moment(version.captured_at), parts)


def _picture(url: str, caption: str | None, credit: str | None) -> str:
    said = " · ".join(part for part in (caption, credit) if part)
    return f"{said} ({url})" if said else url


def _words(before: Shown, after: Shown, part: str) -> list[tuple[Kind, str]]:
    """What changed in a part, paragraphs apart by an empty line."""
    return phrases(word_diff("\n\n".join(before.parts[part]), "\n\n".join(after.parts[part])))


def _print_words(timeline: Timeline, before: Shown, after: Shown) -> None:
    from rich.text import Text

    out = console()
    out.print(f"{timeline.article.url}", style="bold")
    out.print(
        f"version {before.number} of {before.captured_at} → version {after.number} of {after.captured_at}"
    )
    if before.parts == after.parts:
        out.print("\nThe two say the same.")
        return
    for part in before.parts:
        if before.parts[part] == after.parts[part]:
            continue
        line = Text()
        for kind, words in _words(before, after, part):
            opening, closing = ("", "") if out.is_terminal and not out.no_color else _MARKS[kind]
            line.append(f"{opening}{printable(words)}{closing}", style=_STYLES[kind])
        out.print(f"\n{part}", style="dim")
        out.print(line, soft_wrap=not out.is_terminal)


def _unified(url: str, before: Shown, after: Shown) -> Iterator[str]:
    return difflib.unified_diff(
        list(_lines(before)),
        list(_lines(after)),
        f"{url} version {before.number}",
        f"{url} version {after.number}",
        before.captured_at,
        after.captured_at,
        lineterm="",
    )


def _lines(version: Shown) -> Iterator[str]:
    for part, items in version.parts.items():
        yield from items if part == "text" else (f"{part}: {item}" for item in items)


def _measured(before: Shown, after: Shown) -> dict[str, Any] | None:
    """How much the text changed between the two; None if it did not."""
    from archive.wording.edit import measure

    one, other = ("\n\n".join(shown.parts["text"]) for shown in (before, after))
    if one == other:
        return None
    edit = measure(one, other)
    return {
        "grade": str(edit.grade),
        "words_added": edit.words_added,
        "words_removed": edit.words_removed,
        "sentences_moved": edit.moved,
    }


def _as_json(timeline: Timeline, before: Shown, after: Shown) -> dict[str, Any]:
    """Both versions, and each part that changed with its words."""
    return {
        "url": timeline.article.url,
        "before": {"version": before.number, "captured_at": before.captured_at},
        "after": {"version": after.number, "captured_at": after.captured_at},
        "edit": _measured(before, after),
        "changes": [
            {
                "part": part,
                "before": list(before.parts[part]),
                "after": list(after.parts[part]),
                "words": [{"kind": kind, "text": words} for kind, words in _words(before, after, part)],
            }
            for part in before.parts
            if before.parts[part] != after.parts[part]
        ],
    }
