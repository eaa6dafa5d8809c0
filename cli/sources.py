"""`dateline sources`: what is watched, and whether its files are right."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import plain_typer
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json
from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from config.problems import Problem
    from config.source import Source

sources = plain_typer(no_args_is_help=True, help="List, check and describe the sources: what is watched.")


@sources.command("list")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List every source with its schedule, and whether it is enabled."""
    from config.load_sources import load_sources

    settings = settings_of(context)
    found = load_sources(settings.sources)
    if as_json:
        print_json({"folder": settings.sources, "sources": [_described(source) for source in found]})
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, caption=f"{counted(len(found), 'source')} in {settings.sources}")
    for name in ("source", "title", "enabled", "schedule", "zone", "homepage"):
        table.add_column(name)
    for source in found:
        enabled = "yes" if source.enabled else "no"
        table.add_row(
            source.name, source.title, enabled, source.schedule, source.timezone, str(source.homepage)
        )
    console().print(table)


def _described(source: Source) -> object:
    return source.model_dump(mode="json")


@sources.command()
def check(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One source; all of them if empty.")] = None,
    as_json: AsJson = False,
) -> None:
    """Validate the source files: file, line, key, value and what is allowed, for every problem at once."""
    from config.load_sources import SourceErrors, load_source_file, load_sources

    folder = settings_of(context).sources
    problems: tuple[Problem, ...] = ()
    checked: tuple[Source, ...] = ()
    try:
        checked = load_sources(folder) if name is None else (load_source_file(_file_of(folder, name)),)
    except SourceErrors as error:
        if not as_json:
            raise
        problems = error.problems
    if as_json:
        print_json(
            {
                "ok": not problems,
                "sources": [source.name for source in checked],
                "problems": [{"text": str(problem), "problem": problem} for problem in problems],
            }
        )
    else:
        enabled = sum(source.enabled for source in checked)
        print(f"{counted(len(checked), 'source')} in {folder}, {enabled} enabled: all files are right.")
    if problems:
        raise typer.Exit(SourceErrors.exit_status)


def _file_of(folder: Path, name: str) -> Path:
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"no source is named {name!r}{meant} (files in {folder}: {', '.join(names) or 'none'})"
        )
    return folder / f"{name}.yaml"


@sources.command()
def schema(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there; standard output if empty.")
    ] = None,
    as_json: AsJson = False,  # noqa: ARG001 - a schema is JSON with and without
) -> None:
    """Write the JSON Schema of a source file, for an editor's completion."""
    from config.load_sources import source_schema

    text = json.dumps(source_schema(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DatelineError(f"cannot write the schema to {out}: {error.strerror}") from error
