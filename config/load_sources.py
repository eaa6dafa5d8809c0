"""Reads sources from their files, and says everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from config.problems import ConfigProblems, Problem
from config.resolve import ResolvedSource, Resolver
from config.source import Source, is_source_name
from config.yaml_file import YamlFile, read_yaml_file


class SourceErrors(ConfigProblems):
    """One or more source files are wrong; `problems` has each, sorted by file and line."""


def load_sources(folder: Path) -> tuple[Source, ...]:
    """All sources in `folder/*.yaml`, sorted by name, with what `defaults.yaml` beside the folder says.

    Raises:
        SourceErrors: with every problem of every file; a folder that is missing is one.
    """
    return tuple(one.source for one in resolve_sources(folder))


def resolve_sources(folder: Path) -> tuple[ResolvedSource, ...]:
    """The same, each with where its values come from; raises SourceErrors too."""
    resolved, problems = read_sources(folder)
    if problems:
        raise SourceErrors(problems)
    return resolved


def read_sources(
    folder: Path, read_file: Callable[[Path], YamlFile] = read_yaml_file
) -> tuple[tuple[ResolvedSource, ...], tuple[Problem, ...]]:
    """The sources that are right, sorted by name, and what is wrong with the other files.

    A file is not right if what it builds on is not. If `defaults.yaml` is wrong, none is. Whoever asks again
    and again gives the `read` of its `KnownFiles`.

    Raises:
        SourceErrors: the folder cannot be read.
    """
    files, problems = _read_files(folder, read_file)
    try:
        resolver: Resolver | None = Resolver.of(folder)
    except ConfigProblems as error:
        resolver = None
        problems += error.problems
    read: list[tuple[YamlFile, ResolvedSource | None]] = []
    if resolver is not None:
        for file in files:
            resolver.knows(file)
        for file in files:
            resolved, found = resolver.resolve(file)
            read.append((file, resolved))
            problems += found
        problems += _names(files) + _bases(files, resolver)
    problems = list(dict.fromkeys(problems))  # what two sources build on is told once
    wrong = {problem.file for problem in problems}
    right = (one for file, one in read if one is not None and file.path not in wrong)
    return tuple(sorted(right, key=lambda one: one.source.name)), tuple(_sorted(problems))


def _read_files(folder: Path, read_file: Callable[[Path], YamlFile]) -> tuple[list[YamlFile], list[Problem]]:
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        what = f"the folder of sources cannot be read: {error.strerror or error}"
        raise SourceErrors([Problem(what, file=folder, allowed="a folder of YAML files")]) from None
    files: list[YamlFile] = []
    problems: list[Problem] = []
    for path in paths:
        if path.suffix == ".yml":
            meant = repr(f"{path.stem}.yaml")
            problems.append(
                Problem("is not read", file=path, allowed="file names that end in .yaml", suggestion=meant)
            )
        elif path.suffix == ".yaml":
            try:
                files.append(read_file(path))
            except ConfigProblems as error:
                problems += error.problems
    return files, problems


def load_source_file(path: Path) -> Source:
    """The source in one file, with what it builds on.

    Raises:
        SourceErrors: with every problem of the file.
    """
    return resolve_source_file(path).source


def resolve_source_file(path: Path) -> ResolvedSource:
    """The source in one file, and where each of its values stands.

    Raises:
        SourceErrors: with every problem of the file, and of what it builds on.
    """
    try:
        file = read_yaml_file(path)
        resolver = Resolver.of(path.parent)
    except ConfigProblems as error:
        raise SourceErrors(error.problems) from None
    resolver.knows(file)
    resolved, problems = resolver.resolve(file)
    problems += _names([file]) + _bases([file], resolver)
    if resolved is None or problems:
        raise SourceErrors(_sorted(problems))
    return resolved


def source_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a source file, for editors."""
    schema = Source.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _bases(files: list[YamlFile], resolver: Resolver) -> list[Problem]:
    """Problems of sources that are called like a base: what extends the name could mean either."""
    return [
        Problem(
            f"is also the name of a base ({base.file.path}:{base.line(())})",
            file=file.path,
            line=file.line(("name",)),
            key="name",
            value=repr(file.path.stem),
            allowed="a name of its own",
        )
        for file in files
        if (base := resolver.shared.bases.get(file.path.stem)) is not None
    ]


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
