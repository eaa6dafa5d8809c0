"""Reads sources from their files, and says everything that is wrong with them at once."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.explain import Origin, explain
from config.problems import ConfigProblems, Loc, Problem
from config.source import Source, is_source_name
from config.yaml_file import YamlFile, read_yaml_file


class SourceErrors(ConfigProblems):
    """One or more source files are wrong; `problems` has each, sorted by file and line."""


def load_sources(folder: Path) -> tuple[Source, ...]:
    """All sources in `folder/*.yaml`, sorted by name.

    Raises:
        SourceErrors: with every problem of every file; a folder that is missing is one.
    """
    sources, problems = read_sources(folder)
    if problems:
        raise SourceErrors(problems)
    return sources


def read_sources(folder: Path) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """The sources that are right, sorted by name, and what is wrong with the other files of the folder.

    Raises:
        SourceErrors: the folder cannot be read.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        what = f"the folder of sources cannot be read: {error.strerror or error}"
        raise SourceErrors([Problem(what, file=folder, allowed="a folder of YAML files")]) from None
    problems: list[Problem] = []
    read: list[tuple[YamlFile, Source | None]] = []
    for path in paths:
        if path.suffix == ".yml":
            meant = repr(f"{path.stem}.yaml")
            problems.append(
                Problem("is not read", file=path, allowed="file names that end in .yaml", suggestion=meant)
            )
        elif path.suffix == ".yaml":
            try:
                file = read_yaml_file(path)
            except ConfigProblems as error:
                problems += error.problems
            else:
                source, found = _source(file)
                problems += found
                read.append((file, source))
    problems += _names([file for file, _ in read])
    wrong = {problem.file for problem in problems}
    right = (source for file, source in read if source is not None and file.path not in wrong)
    return tuple(sorted(right, key=lambda source: source.name)), tuple(_sorted(problems))


def load_source_file(path: Path) -> Source:
    """The source in one file.

    Raises:
        SourceErrors: with every problem of the file.
    """
    try:
        file = read_yaml_file(path)
    except ConfigProblems as error:
        raise SourceErrors(error.problems) from None
    source, problems = _source(file)
    problems += _names([file])
    if source is None or problems:
        raise SourceErrors(_sorted(problems))
    return source


def source_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a source file, for editors."""
    schema = Source.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _source(file: YamlFile) -> tuple[Source | None, list[Problem]]:
    def origin(loc: Loc) -> Origin:
        return Origin(file=file.path, line=file.line(loc))

    try:
        return Source.model_validate(file.data), []
    except ValidationError as error:
        return None, list(explain(error, Source, file.data, origin))


def _names(files: list[YamlFile]) -> list[Problem]:
    """Problems of names among files: two with one name, and a name that is not its file's."""
    problems = []
    named = [(file.data["name"], file) for file in files if is_source_name(file.data.get("name"))]
    by_name = sorted(named, key=lambda pair: (pair[0], pair[1].path))
    for name, group in groupby(by_name, key=lambda pair: pair[0]):
        alike = [file for _, file in group]
        for file in alike:
            line = file.line(("name",))
            others = [f"{other.path}:{other.line(('name',))}" for other in alike if other is not file]
            if others:
                what = f"is also the name of the source in {', '.join(others)}"
                allowed = "a name of its own for each source"
            elif file.path.stem != name:
                what, allowed = f"differs from the file's name {file.path.name!r}", "the same name for both"
            else:
                continue
            problems.append(
                Problem(
                    what,
                    file=file.path,
                    line=line,
                    key="name",
                    value=repr(name),
                    allowed=allowed,
                    suggestion=repr(file.path.stem) if file.path.stem != name else None,
                )
            )
    return problems


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (str(problem.file), problem.line or 0))
