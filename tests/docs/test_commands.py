"""Every `dateline …` that the documentation shows is a command that exists, with options that it has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

from cli.app import make_app
from cli.commands import command_named
from tests.docs.markdown import Page, all_pages, codes_in

# In shell: `dateline` where a command stands, perhaps with a folder, a variable or other commands before.
_CALL = re.compile(r"(?:^|[|;&(`]|bin/|\w=\S* )\s*dateline(?= |$)(?P<rest>[^|;&>#`]*)")
_TARGET = re.compile(r"make (?P<name>[a-z][a-z-]*)")


def calls_in(page: Page) -> Iterator[str]:
    """What stands behind `dateline` in shell blocks, unit files and inline code."""
    for block in page.blocks:
        if block.kind in {"sh", "ini"}:
            for line in block.text.splitlines():
                if not line.lstrip().startswith(("#", "[")):
                    yield from (found["rest"].strip() for found in _CALL.finditer(line))
        elif block.kind == "text":
            inline = (code for code in codes_in(block.text) if code.startswith("dateline "))
            yield from (code.removeprefix("dateline ") for code in inline)
    for code in page.code:
        if code == "dateline" or code.startswith("dateline "):
            yield code.removeprefix("dateline").strip()
    yield from _continued(page)


def _continued(page: Page) -> Iterator[str]:
    """`dateline runs` · `status`: in a table's first cell, the codes after a command are its siblings."""
    for cells in page.table_rows():
        first, *others = codes_in(cells[0]) or ("",)
        words = first.split()
        if words[:1] != ["dateline"]:
            continue
        for other in others:
            if other.startswith("dateline"):
                continue
            yield other if command_named(other) else " ".join([*words[1:-1], other])


CALLS = sorted({(page.name, call) for page in all_pages() for call in calls_in(page)})


def fault_of(call: str) -> str | None:
    """What is wrong with the words after `dateline`; None if the command would take them."""
    command, arguments = make_app(), 0
    words = shlex.split(call)
    while words:
        word = words.pop(0)
        name, equals, _ = word.partition("=")
        if name.startswith("--"):
            param = _option(command, name)
            if param is None:
                return f"{command.name} has no option {name}"
            if not (param.is_flag or equals):
                value = words.pop(0) if words else None
                fault = _value_fault(param, value)
                if fault is not None:
                    return f"{name}: {fault}"
        elif hasattr(command, "list_commands"):
            found = command.get_command(None, word)
            if found is None:
                return f"there is no command {word!r}"
            command = found
        elif word != "...":
            arguments += 1
    most = [param.nargs for param in command.params if param.param_type_name == "argument"]
    if -1 not in most and arguments > sum(most):
        return f"{command.name} takes {sum(most)} arguments, not {arguments}"
    return None


def _option(command: Any, name: str) -> Any:
    """A command's option; None if it has none of that name, or hides it."""
    if name == "--help":
        return next(param for param in make_app().params if "--version" in param.opts)  # a flag like it
    for param in command.params:
        if param.param_type_name == "option" and name in (*param.opts, *param.secondary_opts):
            return None if param.hidden else param
    return None


def _value_fault(param: Any, value: str | None) -> str | None:
    if value is None:
        return "has no value"
    kind = param.type_descriptor.annotation
    if not (isinstance(kind, type) and issubclass(kind, Enum)):
        return None
    choices = [str(member.value) for member in kind]
    return None if value.isupper() or value in choices else f"{value!r} is none of {choices}"


@pytest.mark.parametrize(("page", "call"), CALLS, ids=[f"{page}: {call}" for page, call in CALLS])
def test_a_command_in_the_documentation_exists(page: str, call: str) -> None:
    assert fault_of(call) is None, f"{page}: dateline {call}"


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("crawll", "there is no command 'crawll'"),
        ("sources polish NAME", "there is no command 'polish'"),
        ("crawl --nite DATE", "crawl has no option --nite"),
        ("crawl --clock MOMENT", "crawl has no option --clock"),
        ("get URL --as pdf", "--as: 'pdf' is none of ['text', 'json', 'html', 'warc', 'images']"),
        ("get URL --at", "--at: has no value"),
        ("verify twice", "verify takes 0 arguments, not 1"),
        ("--config FILE crawl NAME ... --night=2026-03-20 --json", None),
        ("sources schema --out FILE", None),
        ("serve --help", None),
    ],
)
def test_what_counts_as_a_fault(call: str, fault: str | None) -> None:
    assert fault_of(call) == fault


def test_the_readme_and_the_guides_show_commands() -> None:
    """Guards the reading of the pages: one that finds nothing would find nothing wrong."""
    shown = {page: [call for name, call in CALLS if name == page] for page, _ in CALLS}
    assert {"demo", "crawl the-guardian", "rebuild", "status"} <= set(shown["README.md"])
    assert "--config /etc/dateline/dateline.yaml serve" in shown["docs/operating.md"]
    assert "sources check example-times" in shown["docs/adding_a_source.md"]


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_targets_of_make_exist(page: Page) -> None:
    makefile = Page("Makefile").text
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    lines = [line for block in page.blocks if block.kind == "sh" for line in block.text.splitlines()]
    commands = [line.partition("#")[0] for line in lines]
    shown = {found["name"] for text in (*commands, *page.code) if (found := _TARGET.match(text))}
    assert shown <= targets
    if page.name == "README.md":
        assert {"demo", "test", "setup"} <= shown
