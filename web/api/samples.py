"""Examples for the API's document, made from the types of its answers: none can be out of date."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_AT = datetime(2026, 3, 21, 18, 30, tzinfo=UTC)
_URL = "https://www.example-times.org/world/bridge-opens"
_WORDS = {
    "url": _URL,
    "link": _URL,
    "picture_url": "https://www.example-times.org/pictures/bridge.jpg",
    "source": "example-times",
    "title": "The old bridge opens again",
    "text": "The old bridge opens again",
    "summary": "After three years of work, people cross it on foot.",
    "snippet": "people cross it on foot",
    "language": "en",
    "article_id": "6f1ed002ab5595859014ebf0951522d9",
    "cluster": "6f1ed002ab5595859014ebf0951522d9",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "kind": "title",
    "edit": "minor",
    "grade": "minor",
    "night": "2026-03-21",
    "run_id": "20260321T020000Z-9b1c",
    "run": "20260321T020000Z-9b1c",
    "outcome": "archived",
    "status": "done",
    "standing": "article",
    "extractor": "dateline-1",
    "mime": "image/jpeg",
    "caption": "The bridge at noon",
}


def sample(kind: Any, name: str = "") -> Any:
    """A value of a type; `name` is that of the field that it is for."""
    origin = get_origin(kind)
    if origin is not None:
        return _composed(origin, get_args(kind), name)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{part.name: sample(hints[part.name], part.name) for part in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    plain = {datetime: _AT, date: _AT.date(), bool: False, int: 1, float: 0.5, str: _WORDS.get(name, name)}
    return plain[kind]


def _composed(origin: Any, parts: tuple[Any, ...], name: str) -> Any:
    if origin in {Union, types.UnionType}:
        return sample(next(part for part in parts if part is not type(None)), name)
    if origin is Literal:
        return parts[0]
    if origin is tuple and parts[1:] != (...,):
        return tuple(sample(part, name) for part in parts)
    if origin in {tuple, list}:
        return origin([sample(parts[0], _one_of(name))])
    if origin in {dict, Mapping}:
        return {_WORDS["outcome"]: sample(parts[1], name)}
    raise TypeError(f"field {name}: no sample of {origin}")


def _one_of(name: str) -> str:
    """`urls` are several of `url`."""
    return name.removesuffix("s")
