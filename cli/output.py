"""What commands print: one JSON document, or text for a person at a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

_PIPE_WIDTH = 160  # characters; a pipe has no width of its own, and rows should stay on one line


def print_json(value: Any) -> None:
    """Print one JSON document on stdout, as it is read: what can be iterated is taken item by item."""
    sys.stdout.writelines(json_pieces(value))
    sys.stdout.write("\n")


def json_pieces(value: Any, line: str = "\n") -> Iterator[str]:
    """The text of `json.dumps(plain(value), indent=2)` in pieces; `line` begins a line of this depth."""
    inner = f"{line}  "
    if is_dataclass(value) and not isinstance(value, (type, Iterable)):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        items = ((f"{json.dumps(str(key), ensure_ascii=False)}: ", item) for key, item in value.items())
        brackets = "{}"
    elif isinstance(value, Iterable) and not isinstance(value, (str, bytes, set, frozenset, Path)):
        items, brackets = (("", item) for item in value), "[]"
    else:
        yield json.dumps(plain(value), ensure_ascii=False, indent=2).replace("\n", line)
        return
    opening = brackets[0]
    for name, item in items:
        yield f"{opening}{inner}{name}"
        yield from json_pieces(item, inner)
        opening = ","
    yield brackets if opening == brackets[0] else f"{line}{brackets[1]}"


def plain(value: Any) -> Any:
    """`value` as JSON knows it: rows become objects, moments RFC 3339 in UTC, sets sorted lists."""
    from archive.clock import isoformat_z

    made: Any = value
    match value:
        case datetime():
            made = isoformat_z(value)
        case date() | Path() | str():  # a StrEnum becomes its bare string
            made = str(value)
        case Mapping():
            made = {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            made = [plain(item) for item in value]
        case set() | frozenset():
            made = sorted(plain(item) for item in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            made = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return made


def console(*, stderr: bool = False) -> Console:
    """A console that never guesses at markup in what it prints; pages' own words are no markup."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if stream.isatty() else _PIPE_WIDTH,
    )


def moment(value: datetime | None) -> str:
    """A moment for people, in UTC; `-` for none."""
    return "-" if value is None else f"{value:%Y-%m-%d %H:%M}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 page`, `2 pages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def reporter(what: str) -> Callable[[int, int], None]:
    """A `progress(done, total)` that writes to stderr where a person watches."""
    if not sys.stderr.isatty():
        return lambda done, total: None  # noqa: ARG005 - nobody watches

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        print(f"\r{what}: {done:,} of {total:,}", end=end, file=sys.stderr, flush=True)

    return show
