"""A YAML file as plain data, with the line of every key and item; hostile files are refused.

Only what configuration needs is let in: mappings, lists, text, numbers, true and false. Tags, merge keys,
duplicate keys, documents after the first, and files that are too large, too deep or grow by aliases are not.
The nodes that ruamel.yaml composes are read here without its constructors, so nothing in a file can make
an object, and each problem has its line.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent, Event
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from config.problems import ConfigProblems, Loc, Problem, dotted, shown

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_VALUES = 10_000  # after aliases are followed
_LONGEST_NUMBER = 300  # more digits than any float has; Python refuses to read far longer ones

_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"[-+]?0(?:x[0-9a-f]+|o[0-7]+|b[01]+)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?")

_TAG = "tag:yaml.org,2002:"
_KINDS = ("a mapping of keys to values", "text, numbers, true, false, lists and mappings; no tags")


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file says.

    Attributes:
        path: the file.
        data: its top-level mapping, in plain dicts, lists, str, int, float, bool and None; dates stay text.
        lines: line (from 1) of every key and list item, by its path of keys and indexes.
    """

    path: Path
    data: dict[str, Any]
    lines: dict[Loc, int]

    def line(self, loc: Loc) -> int:
        """Line of `loc`, or of the nearest thing around it that is written down."""
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]


def read_yaml_file(path: Path) -> YamlFile:
    """Read `path`.

    Raises:
        ConfigProblems: it cannot be read, or is not the plain YAML described above.
    """
    text = _text(path)
    try:
        yaml = YAML(typ="safe", pure=True)
        # Where its composer looks for a parser: to have it parse again would take as long again.
        events = _Events(_bounded(path, yaml.parse(text)))
        yaml._parser = events  # type: ignore[attr-defined]  # noqa: SLF001 - no public name
        root = yaml.composer.get_single_node()
    except MarkedYAMLError as error:
        raise _syntax(path, error) from None
    except YAMLError as error:  # ReaderError: it has a position in place of a mark
        line = text.count("\n", 0, getattr(error, "position", 0) or 0) + 1
        reason = f"is no YAML: {getattr(error, 'reason', None) or 'it cannot be read'}"
        raise ConfigProblems([Problem(reason, file=path, line=line)]) from None
    if root is None:
        raise ConfigProblems([Problem("the file is empty", file=path, line=1, allowed=_KINDS[0])])
    if not isinstance(root, MappingNode):
        problem = Problem("the file is no mapping", file=path, line=_line(root), allowed=_KINDS[0])
        raise ConfigProblems([problem])
    reading = _Reading(path)
    data = reading.mapping(root, ())
    if reading.problems:
        raise ConfigProblems(reading.problems)
    return YamlFile(path, data, {**reading.lines, (): 1})


def _text(path: Path) -> str:
    def problem(message: str, line: int | None = None, allowed: str = "") -> ConfigProblems:
        return ConfigProblems([Problem(message, file=path, line=line, allowed=allowed)])

    try:
        if not path.is_file():
            raise problem("is no file" if path.exists() else "does not exist", allowed="a readable YAML file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise problem(f"cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise problem("the file is too large", allowed=f"at most {MAX_BYTES // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise problem(f"is not UTF-8 (byte {data[error.start]:#04x})", line, "text in UTF-8") from None


class _Events:
    """What a file says, in order, as the composer asks a parser for it."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = deque(events)

    def check_event(self, *kinds: type[Event]) -> bool:
        return bool(self._events) and (not kinds or isinstance(self._events[0], kinds))

    def peek_event(self) -> Event:
        return self._events[0]

    def get_event(self) -> Event:
        return self._events.popleft()


def _bounded(path: Path, events: Iterable[Event]) -> Iterator[Event]:
    """Stop at deep nesting and endless lists before the composer, which recurses and is slow, sees them."""
    depth = nodes = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        nodes += 1
        if depth > MAX_DEPTH:
            message, allowed = "is nested too deep", f"at most {MAX_DEPTH} levels"
        elif nodes > 3 * MAX_VALUES:  # a key, a value and brackets around it
            message, allowed = "holds too many values", f"at most {MAX_VALUES} values"
        else:
            yield event
            continue
        line = event.start_mark.line + 1
        raise ConfigProblems([Problem(message, file=path, line=line, allowed=allowed)])


def _syntax(path: Path, error: MarkedYAMLError) -> ConfigProblems:
    mark = error.problem_mark or error.context_mark
    context = f" {error.context}" if error.context else ""
    message = f"is no YAML:{context}: {error.problem}" if context else f"is no YAML: {error.problem}"
    return ConfigProblems([Problem(message, file=path, line=mark.line + 1 if mark else None)])


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


@dataclass(slots=True)
class _Reading:
    """Turns nodes into plain data, remembering lines and collecting problems."""

    path: Path
    lines: dict[Loc, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    values: int = 0

    def mapping(self, node: MappingNode, loc: Loc) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag == _TAG + "merge":
                self._problem(key_node, loc, "merge keys (<<) are not read", "each key written out")
            elif not isinstance(key_node, ScalarNode) or key_node.tag != _TAG + "str":
                self._problem(key_node, loc, "a key is not text", "keys that are plain words")
            elif key in data:
                message = f"the key stands here twice (first on line {self.lines[*loc, key]})"
                self._problem(key_node, (*loc, key), message, "each key once")
            else:
                self.lines[*loc, key] = _line(key_node)
                data[key] = self.value(value_node, (*loc, key))
        return data

    def value(self, node: Any, loc: Loc) -> Any:
        self.values += 1
        if self.values == MAX_VALUES or len(loc) > MAX_DEPTH:
            self._problem(
                node, loc[:1], "holds too many values, aliases followed", f"at most {MAX_VALUES} values"
            )
        if self.values >= MAX_VALUES or len(loc) > MAX_DEPTH:
            return None
        if isinstance(node, MappingNode) and node.tag == _TAG + "map":
            return self.mapping(node, loc)
        if isinstance(node, SequenceNode) and node.tag == _TAG + "seq":
            for index, item in enumerate(node.value):
                self.lines[*loc, index] = _line(item)
            return [self.value(item, (*loc, index)) for index, item in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            kind = str(node.tag).removeprefix(_TAG)
            if kind in {"str", "timestamp", "int", "float", "bool", "null"}:
                return _scalar(kind, node.value)
        tag = str(node.tag).replace(_TAG, "!!")
        self._problem(node, loc, f"has the tag {shown(tag)}", _KINDS[1])
        return None

    def _problem(self, node: Any, loc: Loc, message: str, allowed: str) -> None:
        self.problems.append(
            Problem(message, file=self.path, line=_line(node), key=dotted(loc), allowed=allowed)
        )


def _scalar(kind: str, text: str) -> str | float | bool | None:
    """The value of a plain scalar (YAML 1.2 core schema). Odd numbers stay text, for the model to refuse."""
    number = text.replace("_", "").lower()
    value: str | float | bool | None = text
    if kind == "null":
        value = None
    elif kind == "bool" and text.lower() in {"true", "false"}:
        value = text.lower() == "true"
    elif kind == "int" and len(number) <= _LONGEST_NUMBER:
        if _DECIMAL.fullmatch(number):
            value = int(number)
        elif _OTHER_BASE.fullmatch(number):
            value = int(number, 0)
    elif kind == "float" and _FLOAT.fullmatch(number):
        value = float(number)
    return value
