"""Tells a person what a demo's three nights brought, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cli.demo_facts import Copy, Edited, Facts, Removed, changed_paragraphs
from cli.output import console, counted
from cli.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

    from archive.wording.word_diff import Kind

_STYLES: dict[Kind, str] = {"same": "", "added": "bold green", "removed": "red strike"}
_MARKS: dict[Kind, tuple[str, str]] = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_KINDS = ("archived", "unchanged", "not_modified", "skipped", "failed", "quarantined", "gone")
_SEGMENTS_SHOWN, _TITLES_SHOWN = 6, 2


def print_night(number: int, account: dict[str, Any]) -> None:
    """One night: how many addresses ended how and why, and each new, edited or removed article."""
    out = console()
    _heading(out, f"Night {number} · {account['night']}")
    out.print(_sums(account))
    fresh: dict[str, list[str]] = {}
    for change in account["changes"]:
        title = printable(change["title"] or "(no title)")
        if change["number"] == 1:
            fresh.setdefault(change["source"], []).append(title)
            continue
        events = change["events"]
        out.print(f"  version {change['number']}  ", end="")
        out.print(f"{', '.join(events):<14}", style="red" if "removed" in events else "yellow", end="")
        out.print(f" {title}", soft_wrap=True)
    for source, titles in sorted(fresh.items()):
        shown = "; ".join(titles[:_TITLES_SHOWN])
        more = f" and {len(titles) - _TITLES_SHOWN} more" if len(titles) > _TITLES_SHOWN else ""
        out.print(f"  new at {source}: {shown}{more}", soft_wrap=True)


def _sums(account: dict[str, Any]) -> str:
    parts = []
    for kind in _KINDS:
        reasons: dict[str, int] = {}
        for outcomes in account["outcomes"].values():
            for reason, number in outcomes.get(kind, {}).items():
                reasons[reason] = reasons.get(reason, 0) + number
        if reasons:
            why = ", ".join(sorted(filter(None, reasons)))
            parts.append(f"{sum(reasons.values())} {kind.replace('_', ' ')}" + (f" ({why})" if why else ""))
    return f"  {counted(account['discovered'], 'address', 'addresses')}: {', '.join(parts)}"


def print_facts(facts: Facts, folder: str) -> None:
    """The edited article with its diff, the removed one, the wire copy, the pictures, the WARC files."""
    out = console()
    if facts.edited is not None:
        _print_edited(out, facts.edited)
    if facts.removed is not None:
        _print_removed(out, facts.removed)
    if facts.copy is not None:
        _print_copy(out, facts.copy)
    _heading(out, "Pictures")
    size = facts.picture_bytes / 1024
    out.print(
        f"  {counted(facts.pictures, 'picture')} archived ({size:,.0f} KiB), each once, shown in "
        f"{counted(facts.shown, 'place')} of all versions."
    )
    _heading(out, "On disk: WARC 1.1, which other tools open too")
    for key in facts.segments[:_SEGMENTS_SHOWN]:
        out.print(f"  {folder}/{key}", soft_wrap=True)
    if len(facts.segments) > _SEGMENTS_SHOWN:
        out.print(f"  and {len(facts.segments) - _SEGMENTS_SHOWN} more")


def print_commands(commands: Sequence[tuple[str, str]]) -> None:
    """(what it shows, command) to try next."""
    out = console()
    _heading(out, "Try next")
    for what, command in commands:
        out.print(f"  # {what}", style="dim")
        out.print(f"  {command}", soft_wrap=True)
    out.print()


def _heading(out: Console, text: str) -> None:
    out.print()
    out.print(text, style="bold cyan")


def _print_edited(out: Console, edited: Edited) -> None:
    _heading(out, "An article that was edited")
    out.print(f"  {edited.url}", soft_wrap=True)
    for step in edited.steps:
        what = ", ".join(step.events) or "first seen"
        title = printable(step.title or "(no title)")
        out.print(
            f"  version {step.number}  {step.captured_at:%Y-%m-%d %H:%M} UTC  {what:<14}  {title}",
            soft_wrap=True,
        )
    for step in edited.steps:
        if step.changes:
            out.print(f"\n  What changed in version {step.number}:")
        for part, pieces in step.changes.items():
            for paragraph in changed_paragraphs(pieces):
                _print_words(out, part, paragraph)


def _print_words(out: Console, part: str, words: Sequence[tuple[Kind, str]]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    line = Text()
    line.append(f"{part}: ", style="dim")
    coloured = out.is_terminal and not out.no_color
    for kind, text in words:
        opening, closing = ("", "") if coloured else _MARKS[kind]
        line.append(f"{opening}{printable(text)}{closing}", style=_STYLES[kind])
    if out.is_terminal:
        out.print(Padding(line, (0, 2, 0, 4)))
    else:
        out.print(Text("    ") + line, soft_wrap=True)


def _print_removed(out: Console, removed: Removed) -> None:
    _heading(out, "An article that was removed")
    out.print(f"  {removed.url}", soft_wrap=True)
    out.print(
        f"  {printable(removed.title or '(no title)')}: last seen {removed.last_seen_at:%Y-%m-%d %H:%M}, "
        f"missing since {removed.first_missing_at:%Y-%m-%d %H:%M} UTC ({removed.how}); its tombstone is a "
        "version, and all that it said can still be read.",
        soft_wrap=True,
    )


def _print_copy(out: Console, copy: Copy) -> None:
    _heading(out, "The same words on two sites")
    out.print(f"  {printable(copy.title or '(no title)')}", soft_wrap=True)
    out.print(f"  first seen   {copy.first_source}  {copy.first_url}", soft_wrap=True)
    out.print(f"  a copy       {copy.copy_source}  {copy.copy_url}", soft_wrap=True)
