"""docs/python.md names every verb with its parameters, and every error; its example runs."""

from __future__ import annotations

import inspect
import re

import dateline
from tests.docs.markdown import Page, codes_in

PAGE = Page("docs/python.md")
_VERB = re.compile(r"(\w+)\((.*)\)")


def test_every_verb_stands_there_with_its_parameters() -> None:
    told = {}
    for cell, _ in PAGE.table("verb", "gives"):
        found = _VERB.fullmatch(codes_in(cell)[0])
        assert found is not None, cell
        told[found[1]] = [name.strip() for name in found[2].split(",") if name.strip()]
    true = {}
    for name, verb in inspect.getmembers(dateline.Archive, inspect.isfunction):
        if not name.startswith("_"):
            parameters = list(inspect.signature(verb).parameters.values())[1:]
            true[name] = [f"{p.name}{'=' * (p.kind is p.KEYWORD_ONLY)}" for p in parameters]
    assert told == true


def test_every_error_stands_there() -> None:
    told = {codes_in(cell)[0] for cell, _ in PAGE.table("error", "means")}
    kinds = {name for name in dateline.__all__ if inspect.isclass(getattr(dateline, name))}
    errors = {name for name in kinds if issubclass(getattr(dateline, name), dateline.ArchiveError)}
    assert told == errors - {"ArchiveError"}


def test_what_the_example_calls_is_there() -> None:
    [block] = [block for block in PAGE.blocks if block.kind == "python"]
    code = compile(block.text, "docs/python.md", "exec")
    called = {name for name in code.co_names if hasattr(dateline.Archive, name)}
    assert called == {"search", "article", "compare", "close"}
    assert {name for name in code.co_names if hasattr(dateline, name)} >= {"open_archive", "connect"}
