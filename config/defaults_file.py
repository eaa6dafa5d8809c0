"""`defaults.yaml` beside the folder of sources: what holds for all of them, for groups, and bases to extend.

defaults: {politeness: {delay: 2s}, timing: {jitter: 20m}}
groups:
  agencies: {concurrency: 1, schedule: "0 */2 * * *"}
bases:
  blogs: {timezone: Europe/Berlin, images: {max: 5}}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from config.explain import Origin, explain, shown_at
from config.layers import Layer
from config.part import Part
from config.problems import ConfigProblems, Loc, Problem, closest, dotted
from config.source import Source, is_source_name
from config.yaml_file import YamlFile, read_yaml_file

FILE_NAME: Final = "defaults.yaml"
SECTIONS: Final = ("defaults", "groups", "bases")

WHO_IT_IS: Final = frozenset({"name", "title", "homepage", "enabled"})
"""Keys that no other source lends: they say who it is, and none is switched off because another one was."""
TRUST: Final = frozenset({"login", "network"})
"""Keys that each source says itself: a secret goes to no site, and no site is let inside, by a default."""

_CONCURRENCY = "concurrency"
_STAND_IN = {"name": "stand-in", "homepage": "https://stand-in.example/"}


class Group(Part):
    """What a group says of itself, beside what holds for its sources."""

    concurrency: int | None = Field(
        default=None, ge=1, le=1000, description="How many of its sources are crawled at once."
    )


@dataclass(frozen=True, slots=True)
class DefaultsFile:
    """What the file says, each part right by itself.

    Attributes:
        file: None if there is none, which then says nothing.
        defaults: what holds for all sources; None for nothing.
        groups, bases: by name.
        concurrency: how many sources of a group go at once, for groups that say so.
    """

    file: YamlFile | None = None
    defaults: Layer | None = None
    groups: Mapping[str, Layer] = field(default_factory=dict)
    bases: Mapping[str, Layer] = field(default_factory=dict)
    concurrency: Mapping[str, int] = field(default_factory=dict)


def defaults_path(sources: Path) -> Path:
    """Where the file of a folder of sources lies, if there is one."""
    return sources.parent / FILE_NAME


def read_defaults(path: Path) -> DefaultsFile:
    """Read the file; one that is missing says nothing.

    Raises:
        ConfigProblems: with everything that is wrong with it.
    """
    if not path.exists():
        return DefaultsFile()
    file = read_yaml_file(path)
    problems = list(_of_sections(file))
    layers = {loc: _layer(file, loc, data) for loc, data in _parts(file)}
    concurrency: dict[str, int] = {}
    for loc, layer in layers.items():
        problems += _of_layer(layer)
        if loc[0] == "groups":
            problems += _concurrency(file, loc, concurrency)
    if problems:
        raise ConfigProblems(sorted(problems, key=lambda problem: problem.line or 0))
    named = {
        section: {str(loc[1]): layer for loc, layer in layers.items() if loc[0] == section}
        for section in SECTIONS[1:]
    }
    return DefaultsFile(file, layers.get(("defaults",)), named["groups"], named["bases"], concurrency)


def defaults_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the file, for editors."""
    schema = Source.model_json_schema(ref_template="#/$defs/{model}")
    parts = schema.pop("$defs")
    own = _not_of(("defaults",)) | {"extends", "group"}
    shared = {name: part for name, part in schema["properties"].items() if name not in own}
    concurrency = Group.model_json_schema()["properties"]
    linked = {name: schema["properties"][name] for name in ("extends", "group")}
    named = {"type": "object", "propertyNames": {"pattern": "^[a-z0-9][a-z0-9-]*$"}}

    def part(properties: dict[str, Any], what: str) -> dict[str, Any]:
        return {
            "type": ["object", "null"],
            "description": what,
            "additionalProperties": False,
            "properties": properties,
        }

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Defaults",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "defaults": part(shared, "What holds for every source that does not say otherwise."),
            "groups": {
                **named,
                "additionalProperties": part(concurrency | shared, "What holds for a group's sources."),
            },
            "bases": {
                **named,
                "additionalProperties": part(linked | shared, "What a source that extends it says."),
            },
        },
        "$defs": parts,
    }


def _parts(file: YamlFile) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    """Everything in the file that is like a part of a source, with its place."""
    for section in SECTIONS:
        value = file.data.get(section)
        if section == "defaults" and isinstance(value, Mapping):
            yield (section,), value
        elif isinstance(value, Mapping):
            for name, part in value.items():
                if isinstance(part, Mapping) or part is None:
                    yield (section, name), part or {}


def _layer(file: YamlFile, loc: Loc, data: Mapping[str, Any]) -> Layer:
    what = "defaults" if loc[0] == "defaults" else f"{'group' if loc[0] == 'groups' else 'extends'} {loc[1]}"
    kept = {key: value for key, value in data.items() if not (loc[0] == "groups" and key == _CONCURRENCY)}
    return Layer(what, file, loc, kept)


def _of_sections(file: YamlFile) -> Iterator[Problem]:
    def problem(message: str, allowed: str, loc: Loc, meant: str | None = None) -> Problem:
        return Problem(
            message,
            file=file.path,
            line=file.line(loc),
            key=dotted(loc),
            value=shown_at(file.data, loc),
            allowed=allowed,
            suggestion=None if meant is None else repr(meant),
        )

    for section, value in file.data.items():
        if section not in SECTIONS:
            yield problem("is an unknown key", ", ".join(SECTIONS), (section,), closest(section, SECTIONS))
        elif value is not None and not isinstance(value, Mapping):
            yield problem("is of the wrong type", "a mapping", (section,))
        elif section != "defaults":
            for name, part in (value or {}).items():
                if not is_source_name(name):
                    yield problem("is no name", "small letters a-z, digits and -", (section, name))
                elif part is not None and not isinstance(part, Mapping):
                    yield problem("is of the wrong type", "a mapping with keys of a source", (section, name))


def _not_of(at: Loc) -> frozenset[str]:
    return WHO_IT_IS - {"enabled"} | TRUST | (frozenset() if at[0] == "bases" else {"extends", "group"})


def _of_layer(layer: Layer) -> Iterator[Problem]:
    """What is wrong with a layer by itself: it must be right beside any name and home page."""
    refused = _not_of(layer.at)
    for key in layer.data:
        if key in refused:
            yield _told(
                layer, Problem("is said by each source itself", key=key, allowed="its own file"), (key,)
            )
    data = {key: value for key, value in layer.data.items() if key not in refused}
    try:
        Source.model_validate(_STAND_IN | data)
    except ValidationError as error:
        for problem in explain(error, Source, data, _origin(layer)):
            yield _prefixed(layer, problem)


def _concurrency(file: YamlFile, loc: Loc, into: dict[str, int]) -> Iterator[Problem]:
    written = (file.data["groups"][loc[1]] or {}).get(_CONCURRENCY)
    layer = Layer("", file, loc, {_CONCURRENCY: written})
    try:
        group = Group.model_validate(layer.data)
    except ValidationError as error:
        for problem in explain(error, Group, layer.data, _origin(layer)):
            yield _prefixed(layer, problem)
        return
    if group.concurrency is not None:
        into[str(loc[1])] = group.concurrency


def _origin(layer: Layer) -> Callable[[Loc], Origin]:
    return lambda loc: Origin(file=layer.file.path, line=layer.line(loc))


def _prefixed(layer: Layer, problem: Problem) -> Problem:
    return replace(problem, key=".".join(filter(None, (dotted(layer.at), problem.key))))


def _told(layer: Layer, problem: Problem, loc: Loc) -> Problem:
    where = replace(problem, file=layer.file.path, line=layer.line(loc), value=shown_at(layer.data, loc))
    return _prefixed(layer, where)
