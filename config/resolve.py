"""What a source is after everything that it builds on: own file > what it extends > its group > defaults."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.defaults_file import TRUST, WHO_IT_IS, DefaultsFile, defaults_path, read_defaults
from config.explain import Origin, explain, shown_at
from config.layers import Layer, Merged, lay
from config.problems import ConfigProblems, Loc, Problem, closest
from config.source import Source
from config.yaml_file import YamlFile, read_yaml_file

_NOT_LENT = WHO_IT_IS | TRUST | {"extends"}
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")  # what JSON leaves as it is, and YAML does not


@dataclass(frozen=True, slots=True)
class ResolvedSource:
    """A source with what it was made of.

    Attributes:
        source: what it is.
        merged: what its layers say together, and where.
        most_in_group: how many sources of its group are crawled at once; None for any number.
    """

    source: Source
    merged: Merged
    most_in_group: int | None = None

    def as_one_file(self) -> str:
        """The source as a file that builds on nothing but its group's name; JSON, which is YAML too."""
        data = {key: value for key, value in self.merged.data.items() if key != "extends"}
        text = json.dumps(data, ensure_ascii=False, indent=1)
        return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


@dataclass(slots=True)
class Resolver:
    """Resolves the sources of a folder, reading each file at most once.

    Attributes:
        folder: the folder of sources.
        shared: what `defaults.yaml` beside it says.
    """

    folder: Path
    shared: DefaultsFile
    _files: dict[str, YamlFile | None] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Resolver:
        """A resolver for a folder; raises ConfigProblems if its `defaults.yaml` is wrong."""
        return cls(folder, read_defaults(defaults_path(folder)))

    def knows(self, file: YamlFile) -> None:
        """Take a file that was read already."""
        self._files[file.path.stem] = file

    def names(self) -> list[str]:
        """What a source can extend."""
        here = (path.stem for path in self.folder.glob("*.yaml") if not path.name.startswith("."))
        return sorted({*here, *self.shared.bases})

    def resolve(self, file: YamlFile) -> tuple[ResolvedSource | None, list[Problem]]:
        """The source in a file, and what is wrong with it; problems name the file and line that say it."""
        own = Layer("own", file, (), file.data)
        layers, problems = self._chain(own)
        grouped = next((layer for layer in layers if isinstance(layer.data.get("group"), str)), None)
        most = None
        if grouped is not None:
            name = grouped.data["group"]
            if name in self.shared.groups:
                layers.append(self.shared.groups[name])
                most = self.shared.concurrency.get(name)
            else:
                problems.append(_unknown(grouped, "group", "is no group", sorted(self.shared.groups)))
        if self.shared.defaults is not None:
            layers.append(self.shared.defaults)
        merged = lay(layers)

        def origin(loc: Loc) -> Origin:
            layer = merged.layer_of(loc)
            return Origin(file=layer.file.path, line=layer.line(loc))

        try:
            source = Source.model_validate(merged.data)
        except ValidationError as error:
            return None, [*problems, *explain(error, Source, merged.data, origin)]
        return (None if problems else ResolvedSource(source, merged, most)), problems

    def _chain(self, own: Layer) -> tuple[list[Layer], list[Problem]]:
        """A source's own layer and those it extends, one after the other."""
        layers, passed = [own], [own.file.path.stem]
        while isinstance(name := layers[-1].data.get("extends"), str):
            if name in passed:
                way = " → ".join([*passed[passed.index(name) :], name])
                allowed = "a chain that ends"
                return layers, [_problem(layers[-1], "extends", f"comes back to itself ({way})", allowed)]
            base = self.shared.bases.get(name) or self._lent(name)
            if base is None:
                return layers, [_unknown(layers[-1], "extends", "is no source and no base", self.names())]
            if isinstance(base, Problem):
                return layers, [
                    _problem(layers[-1], "extends", f"cannot be read ({base})", "a file that can")
                ]
            passed.append(name)
            layers.append(base)
        # What links a layer to the next is said; what lies below must not say it again.
        return [layers[0], *(_without(layer, {"extends"}) for layer in layers[1:])], []

    def _lent(self, name: str) -> Layer | Problem | None:
        """What another source lends: everything but who it is, and whom it trusts."""
        if name not in self._files:
            path = self.folder / f"{name}.yaml"
            if "/" in name or not path.is_file():
                return None
            try:
                self._files[name] = read_yaml_file(path)
            except ConfigProblems as error:
                return error.problems[0]
        file = self._files[name]
        return (
            None
            if file is None
            else _without(Layer(f"extends {name}", file, (), file.data), _NOT_LENT - {"extends"})
        )


def _without(layer: Layer, keys: set[str] | frozenset[str]) -> Layer:
    kept: Mapping[str, Any] = {key: value for key, value in layer.data.items() if key not in keys}
    return Layer(layer.what, layer.file, layer.at, kept)


def _problem(layer: Layer, key: str, what: str, allowed: str, meant: str | None = None) -> Problem:
    return Problem(
        what,
        file=layer.file.path,
        line=layer.line((key,)),
        key=".".join([*map(str, layer.at), key]),
        value=shown_at(layer.data, (key,)),
        allowed=allowed,
        suggestion=meant,
    )


def _unknown(layer: Layer, key: str, what: str, known: list[str]) -> Problem:
    name = str(layer.data[key])
    others = [one for one in known if one != layer.file.path.stem]
    allowed = ", ".join(others) or "none: defaults.yaml beside the folder of sources can name some"
    near = closest(name, others)
    return _problem(layer, key, what, allowed, None if near is None else repr(near))
