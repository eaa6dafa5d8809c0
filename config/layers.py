"""Layers of configuration laid over each other, with the place where each value stands (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.problems import Loc
from config.yaml_file import YamlFile

_SWITCHES = frozenset({"render"})  # keys at which true or false is short for `{enabled: …}`


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of a file that says something about a source.

    Attributes:
        what: what it is to the source: `own`, `extends NAME`, `group NAME` or `defaults`.
        file: the file.
        at: where in the file it stands; () for the whole file.
        data: what it says.
    """

    what: str
    file: YamlFile
    at: Loc
    data: Mapping[str, Any]

    def line(self, loc: Loc) -> int:
        """The line of a value of this layer, or of the nearest thing around it that is written down."""
        return self.file.line((*self.at, *loc))


@dataclass(frozen=True, slots=True)
class Merged:
    """What layers say together.

    Attributes:
        data: plain data; a mapping has the keys of all layers, anything else is of the uppermost.
        layers: those that were laid, the uppermost first.
        origins: the layer of each value, by its path.
    """

    data: dict[str, Any]
    layers: tuple[Layer, ...]
    origins: dict[Loc, Layer] = field(default_factory=dict)

    def layer_of(self, loc: Loc) -> Layer:
        """Where the value at `loc` stands; the uppermost layer for what stands nowhere."""
        while loc:
            if loc in self.origins:
                return self.origins[loc]
            loc = loc[:-1]
        return self.layers[0]


def lay(layers: Sequence[Layer]) -> Merged:
    """Lay layers over each other, the uppermost first.

    A key with nothing behind it says nothing, so what lies below shows. Lists are taken whole.
    """
    merged = Merged({}, tuple(layers))
    for layer in reversed(layers):
        _over(merged.data, layer.data, (), layer, merged.origins)
    return merged


def _over(
    below: dict[str, Any], above: Mapping[str, Any], at: Loc, layer: Layer, origins: dict[Loc, Layer]
) -> None:
    for key, said in above.items():
        loc, value, lower = (*at, key), said, below.get(key)
        if key in _SWITCHES and not at:
            value, lower = _switched(said, lower)
        if value is None and key in below:
            continue
        if isinstance(value, Mapping) and isinstance(lower, dict):
            below[key] = lower
            _over(lower, value, loc, layer, origins)
            continue
        for path in [path for path in origins if path[: len(loc)] == loc]:
            del origins[path]
        origins[loc] = layer
        if isinstance(value, Mapping):
            below[key] = {}
            _over(below[key], value, loc, layer, origins)
        else:
            below[key] = value


def _switched(value: Any, lower: Any) -> tuple[Any, Any]:
    """A switch and what it lies over, both as mappings if one of them is."""
    if isinstance(value, bool) and isinstance(lower, dict):
        value = {"enabled": value}
    elif isinstance(lower, bool) and isinstance(value, Mapping):
        # Said with more words, it means on, unless it says otherwise; what lies below must not switch it off.
        value, lower = {"enabled": True, **value}, {"enabled": lower}
    return value, lower
