"""`dateline sources`: what is watched, and whether its files are right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import plain_typer
from cli.choose import source_file
from cli.golden import golden
from cli.memory import memory
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json
from cli.sources_add import add
from cli.sources_preview import preview
from cli.sources_recall import recall
from cli.sources_show import show
from config.errors import DatelineError

if TYPE_CHECKING:
    from cli.golden_check import GoldenResult
    from config.problems import Problem
    from config.source import Source

sources = plain_typer(no_args_is_help=True, help="List, check and describe the sources: what is watched.")
sources.command()(memory)

sources.command()(add)
sources.command()(golden)
sources.command()(preview)
sources.command()(recall)


sources.command()(show)


@sources.command("list")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List every source with its schedule, and whether it is enabled."""
    from config.load_sources import load_sources
    from crawler.ownership import Ownership

    settings = settings_of(context)
    found = load_sources(settings.sources)
    if as_json:
        described = [_described(source) for source in found]
        print_json({"folder": settings.sources, "sources": described, "owned_by": Ownership(found).shared()})
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
    for name, owner in Ownership(found).shared().items():
        console().print(f"{name}: pages that {owner} claims too, whose host it shares, are {owner}'s")


def _described(source: Source) -> object:
    return source.model_dump(mode="json")


@sources.command()
def check(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One source; all of them if empty.")] = None,
    as_json: AsJson = False,
) -> None:
    """Validate the source files, and read their golden cases: every problem at once, with file and line.

    Ends with status 2 if a file is wrong, 1 if a golden case is read otherwise than expected.
    """
    from cli.golden_check import GoldenResult, run_golden
    from config.load_sources import SourceErrors, load_source_file, load_sources
    from config.problems import ConfigProblems

    folder = settings_of(context).sources
    problems: tuple[Problem, ...] = ()
    checked: tuple[Source, ...] = ()
    try:
        checked = load_sources(folder) if name is None else (load_source_file(source_file(folder, name)),)
    except SourceErrors as error:
        if not as_json:
            raise
        problems = error.problems
    problems = (*problems, *_unrendered(folder, checked))
    golden_result = GoldenResult()
    try:
        golden_result = run_golden(folder, checked)
    except ConfigProblems as error:
        problems = (*problems, *error.problems)
    if problems and not as_json:
        raise SourceErrors(problems)
    if as_json:
        print_json(
            {
                "ok": not problems and not golden_result.failed,
                "sources": [source.name for source in checked],
                "problems": _told(problems),
                "golden": {"cases": golden_result.cases, "failed": _told(golden_result.failed)},
                "warnings": _told(golden_result.warnings),
            }
        )
    else:
        enabled = sum(source.enabled for source in checked)
        print(f"{counted(len(checked), 'source')} in {folder}, {enabled} enabled: all files are right.")
        _print_golden(golden_result)
    if problems or golden_result.failed:
        raise typer.Exit(SourceErrors.exit_status if problems else 1)


def _told(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [{"text": str(problem), "problem": problem} for problem in problems]


def _print_golden(result: GoldenResult) -> None:
    for problem in result.failed:
        print(problem)
    for warning in result.warnings:
        print(f"Note: {warning}")
    if result.failed:
        failed = len({problem.file for problem in result.failed})
        print(f"{failed} of {counted(result.cases, 'golden case')} read otherwise than expected.")
    elif result.cases:
        print(result)


def _unrendered(folder: Path, checked: tuple[Source, ...]) -> list[Problem]:
    """Sources that are to be rendered where nothing can."""
    from config.problems import Problem
    from crawler.render.chromium import missing_for_rendering

    asking = [source for source in checked if source.render.enabled]
    missing = missing_for_rendering() if asking else None
    if missing is None:
        return []
    return [
        Problem(missing, file=folder / f"{source.name}.yaml", key="render", value="true", allowed="false")
        for source in asking
    ]


@sources.command()
def schema(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there; standard output if empty.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="That of `defaults.yaml` instead.")] = False,
    as_json: AsJson = False,  # noqa: ARG001 - a schema is JSON with and without
) -> None:
    """Write the JSON Schema of a source file, or of `defaults.yaml`, for an editor's completion."""
    from config.defaults_file import defaults_schema
    from config.load_sources import source_schema

    described = defaults_schema() if defaults else source_schema()
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DatelineError(f"cannot write the schema to {out}: {error.strerror}") from error
