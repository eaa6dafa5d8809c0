"""Of what we ship, no function is over 60 lines and no module over 350: each can be read at a glance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("archive", "cli", "config", "crawler", "dateline", "pipelines", "web")
MOST_IN_FUNCTION, MOST_IN_MODULE = 60, 350
AS_WRITTEN = ROOT / "archive" / "catalog" / "migrations"  # what has run is not changed any more


def modules() -> Iterator[Path]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if AS_WRITTEN not in path.parents:
                yield path


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each with its lines, decorators left out; none of a module that is no longer than one may be."""
    text = path.read_text(encoding="utf-8")
    if text.count("\n") <= MOST_IN_FUNCTION:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{name}"
        for path in modules()
        for name, lines in functions(path)
        if lines > MOST_IN_FUNCTION
    }
    assert long == set()


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_bytes().count(b"\n") for path in modules()}
    assert {name for name, count in lines.items() if count > MOST_IN_MODULE} == set()
