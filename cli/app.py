"""The `dateline` command as typer sees it: a group that imports a command's module when it is called."""

from __future__ import annotations

import difflib
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from cli.commands import COMMANDS, Command, command_named
from cli.options import Options

EPILOG = "`dateline COMMAND --help` tells more about a command."


class LazyGroup(TyperGroup):
    """The commands of the table. `Any` stands where typer passes objects of its vendored click."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        return [command.name for command in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - click's signature
        command = command_named(cmd_name)
        return None if command is None else load_command(command)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if command_named(args[0]) is None:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"there is no command {args[0]!r}{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - click's signature
        """Write the overview from the table alone."""
        width = max(len(command.name) for command in COMMANDS)
        for panel, commands in groupby(COMMANDS, key=lambda command: command.panel):
            with formatter.section(panel):
                formatter.write_dl([(command.name.ljust(width), command.help) for command in commands])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ARG002 - click's signature
        """Complete names without importing their modules."""
        from typer._click.shell_completion import CompletionItem  # typer has no public name for it

        return [
            CompletionItem(command.name, help=command.help)
            for command in COMMANDS
            if command.name.startswith(incomplete)
        ]


def load_command(command: Command) -> Any:
    """Import a command's module and make click's command of it."""
    module, _, attribute = command.target.partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        alone = plain_typer()
        alone.command(command.name)(found)
        found = alone
    made: Any = get_command(found)
    made.name = command.name
    return made


def plain_typer(**settings: Any) -> typer.Typer:
    """A `typer.Typer` as all of ours are: plain help, which needs no rich, and errors left to `main`."""
    return typer.Typer(
        add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **settings
    )


def make_app() -> Any:
    """The whole command."""
    app = plain_typer(cls=LazyGroup, no_args_is_help=True, epilog=EPILOG)
    app.callback()(dateline)
    return get_command(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from config.version import dateline_version

        print(f"dateline {dateline_version()}")
        raise typer.Exit


def dateline(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="The settings; else DATELINE_CONFIG, else dateline.yaml if it is here."
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and debug messages.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does it all
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Watch news sites, keep every version of every article, and give any of them back."""
    context.obj = Options(config, debug)
