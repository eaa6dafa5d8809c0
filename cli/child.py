"""How `dateline` starts itself as a child process, and how a person would type the same."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).parent.parent  # of our packages


def child_arguments(arguments: Sequence[str]) -> list[str]:
    """The program and arguments of a child; `-P` keeps a `config` or `cli` of the current folder out."""
    return [sys.executable, "-P", "-m", "cli", *arguments]


def child_environment(*, without: str = "") -> dict[str, str]:
    """The environment of a child, which finds our packages where this process has them.

    Variables that begin with `without` are left out.
    """
    kept = {name: value for name, value in os.environ.items() if not without or not name.startswith(without)}
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}


def typed(arguments: Sequence[str]) -> str:
    """A command as a person would type it here, quoted for a POSIX shell."""
    return shlex.join([*_program(), *arguments])


def _program() -> list[str]:
    """`dateline` if the shell finds ours, else our script beside the interpreter, else the module."""
    script = Path(sys.executable).with_name("dateline")
    found = shutil.which("dateline")
    if found is not None and Path(found).resolve() == script.resolve():
        return ["dateline"]
    if script.exists():
        return [_short(script)]
    return [_short(Path(sys.executable)), "-m", "cli"]


def _short(path: Path) -> str:
    """A path as seen from the current folder, if it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
