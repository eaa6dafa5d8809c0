"""`dateline sources show`: what a source is after all it builds on, and where each value stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.choose import source_file
from cli.options import settings_of
from cli.output import AsJson, console, print_json
from config.explain import all_keys, value_at

if TYPE_CHECKING:
    from config.problems import Loc
    from config.resolve import ResolvedSource


@dataclass(frozen=True, slots=True)
class Value:
    """One key of a source: what holds, and who says so (`own`, `extends NAME`, `group NAME`, `defaults`).

    `said_by`, `file` and `line` are None for what nobody says: then Dateline's own default holds.
    """

    key: str
    value: Any
    said_by: str | None = None
    file: Path | None = None
    line: int | None = None


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source.")],
    *,
    every: Annotated[bool, typer.Option("--all", help="Also what nobody says, with its default.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a source is with all it builds on: what it extends, its group, `defaults.yaml`.

    Each value stands beside the file and line that say it. The source's own file wins, then what it extends,
    then its group, then the defaults.
    """
    from config.load_sources import resolve_source_file

    resolved = resolve_source_file(source_file(settings_of(context).sources, name))
    values = list(values_of(resolved))
    shown = values if every else [value for value in values if value.said_by is not None]
    if as_json:
        print_json({"source": resolved.source.model_dump(mode="json"), "values": shown})
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for column in ("key", "value", "said by", "where"):
        table.add_column(column, overflow="fold")
    for value in shown:
        where = "" if value.file is None else f"{value.file}:{value.line}"
        text = value.value if isinstance(value.value, str) else json.dumps(value.value, ensure_ascii=False)
        table.add_row(value.key, text, value.said_by or "nobody: the default", where)
    console().print(table)


def values_of(resolved: ResolvedSource) -> Iterator[Value]:
    """Every key of a source that holds a value, in the order in which the model names them."""
    plain = resolved.source.model_dump(mode="json")
    for loc in all_keys(type(resolved.source)):
        key, value = ".".join(loc), value_at(plain, loc)
        said = _said_at(resolved, loc)
        if said is None:
            yield Value(key, value)
        else:
            layer = resolved.merged.layer_of(said)
            yield Value(key, value, layer.what, layer.file.path, layer.line(said))


def _said_at(resolved: ResolvedSource, loc: Loc) -> Loc | None:
    """Where the value of a key is written: at the key, or around it (`render: true`); None if nowhere."""
    for end in range(len(loc), 0, -1):
        written = value_at(resolved.merged.data, loc[:end])
        if loc[:end] in resolved.merged.origins and written is not None:
            return loc[:end] if end == len(loc) or not isinstance(written, dict) else None
    return None
