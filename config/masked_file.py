"""A settings file without its secrets, and with them again; its comments stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, MutableSequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from config.secrets import MASK, is_secret_name, mask_address, mask_proxy, mask_url


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One value of a document, and where it is: `holder[key]`, by way of `path`."""

    holder: Any
    key: Any
    path: tuple[str, ...]
    value: Any


def without_secrets(text: str) -> str:
    """The file with `***` for each password, token and user of a proxy, in comments too where they show.

    Args:
        text: a file that `load_settings` takes.
    """
    yaml = _yaml()
    data = yaml.load(text)
    for leaf in list(_leaves(data, ())):
        hidden = _masked(leaf)
        if hidden != leaf.value:
            leaf.holder[leaf.key] = hidden
    written = _text(yaml, data) if data else text
    # What looks like a secret in a comment goes too, unless that would change a value that is none.
    careful = mask_url(written)
    return careful if _yaml().load(careful) == _yaml().load(written) else written


def values_in(text: str) -> dict[str, Any]:
    """What a file says, by key (`network.proxy`); the items of a list have numbers for names."""
    return {".".join(leaf.path): leaf.value for leaf in _leaves(_yaml().load(text), ())}


def left_out(text: str) -> dict[str, str]:
    """The values of such a file in which something is masked, by key."""
    return {key: str(value) for key, value in values_in(text).items() if MASK in str(value)}


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The file with other values, by key (`network.proxy`); a key of the top level may be new."""
    yaml = _yaml()
    data = yaml.load(text) or {}
    places = {".".join(leaf.path): leaf for leaf in _leaves(data, ())}
    for key, value in values.items():
        if key in places:
            places[key].holder[places[key].key] = value
        else:
            data[key] = value
    return _text(yaml, data)


def _masked(leaf: _Leaf) -> Any:
    if leaf.value is None or any(map(is_secret_name, leaf.path)):
        return leaf.value and MASK
    if not isinstance(leaf.value, str):
        return leaf.value
    match leaf.path[-1]:
        case "catalog":
            return mask_address(leaf.value)
        case "proxy":
            return mask_proxy(leaf.value)
    return mask_url(leaf.value)


def _leaves(node: Any, path: tuple[str, ...]) -> Iterator[_Leaf]:
    """Every value of a document that holds no others."""
    if isinstance(node, MutableMapping):
        items = list(node.items())
    elif isinstance(node, MutableSequence):
        items = list(enumerate(node))
    else:
        return
    for key, value in items:
        below = (*path, str(key))
        if isinstance(value, MutableMapping | MutableSequence):
            yield from _leaves(value, below)
        else:
            yield _Leaf(node, key, below, value)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1 << 16
    return yaml


def _text(yaml: YAML, data: Any) -> str:
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()
