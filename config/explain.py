"""Turns what pydantic says is wrong into problems that a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from config.problems import REFUSED, Loc, Problem, closest, dotted, shown
from config.secrets import MASK, is_secret_name, mask_address, mask_proxy, mask_url

_WRONG_TYPE = "is of the wrong type"
_EXPECTED = {
    "string_type": "text (put numbers and dates in quotes)",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "path_type": "text",
    "tuple_type": "a list",
}
_LIMITS = {
    "greater_than": ("is too small", "more than {gt}"),
    "greater_than_equal": ("is too small", "{ge} or more"),
    "less_than_equal": ("is too large", "{le} or less"),
    "too_short": ("is too short", "at least {min_length}"),
    "string_too_short": ("is too short", "at least {min_length} characters"),
    "string_too_long": ("is too long", "at most {max_length} characters"),
    "too_long": ("is too long", "at most {max_length}"),
    "literal_error": ("is not one of the choices", "{expected}"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: a line of a file, or a variable; nowhere for a default."""

    file: Path | None = None
    line: int | None = None
    variable: str | None = None


def explain(
    error: ValidationError, model: type[BaseModel], data: Mapping[str, Any], origin: Callable[[Loc], Origin]
) -> Iterator[Problem]:
    """One problem for each thing pydantic found.

    Args:
        error: what validating `data` as `model` raised.
        model: the outermost model, for the keys that are allowed.
        data: what was validated, as written.
        origin: tells where the value at a path was written.
    """
    for detail in error.errors(include_url=False):
        kind, context, loc = detail["type"], detail.get("ctx", {}), detail["loc"]
        if kind == REFUSED:
            loc = (*loc, *context["at"])
            meant = context["suggestion"]
            words = _Words(context["what"], context["allowed"], None if meant is None else repr(meant))
        else:
            words = _words(kind, detail["msg"], context, loc, model, data)
        where = origin(loc)
        yield Problem(
            message=words.message,
            file=where.file,
            line=where.line,
            variable=where.variable,
            key=dotted(loc),
            value=None if kind == "missing" else shown_at(data, loc),
            allowed=words.allowed,
            suggestion=words.suggestion,
        )


@dataclass(frozen=True, slots=True)
class _Words:
    """What is wrong, what is allowed, what was probably meant."""

    message: str
    allowed: str = ""
    suggestion: str | None = None


def _words(  # noqa: PLR0917 - called once, just above
    kind: str,
    said: str,
    context: Mapping[str, Any],
    loc: Loc,
    model: type[BaseModel],
    data: Mapping[str, Any],
) -> _Words:
    """Words for the kinds of error that pydantic finds by itself."""
    words = _Words(said[:1].lower() + said[1:])
    if kind == "missing":
        words = _Words("is required", "a value for this key")
    elif kind == "extra_forbidden":
        keys = keys_at(model, loc[:-1])
        words = _Words("is an unknown key", ", ".join(keys), _key_meant(str(loc[-1]), keys, model))
    elif kind in _LIMITS:
        message, allowed = _LIMITS[kind]
        limits = {name: _whole(limit) for name, limit in context.items()}
        words = _Words(message, allowed.format(**limits))
    elif kind in _EXPECTED:
        lone = kind == "tuple_type" and isinstance(value_at(data, loc), str)
        words = _Words(_WRONG_TYPE, _EXPECTED[kind], f"[{shown_at(data, loc)[1:-1]}]" if lone else None)
    elif kind in {"model_type", "dict_type", "model_attributes_type"}:
        words = _Words(_WRONG_TYPE, f"a mapping with the keys {', '.join(keys_at(model, loc))}")
    return words


def _whole(limit: Any) -> Any:
    """A limit as people write it: 1, not 1.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the mapping at `loc` may have."""
    inner: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, str) and inner is not None:
            info = inner.model_fields.get(part)
            inner = _model_in(info.annotation) if info else None
    return list(inner.model_fields) if inner is not None else []


def all_keys(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every key of `model` that holds a value, depth first; lists are not entered."""
    for name, info in model.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from all_keys(inner, (*prefix, name))
        else:
            yield (*prefix, name)


def _key_meant(word: str, keys: list[str], model: type[BaseModel]) -> str | None:
    """A key of this very name elsewhere, else one of this mapping that is spelled alike."""
    elsewhere = [".".join(path) for path in all_keys(model) if path[-1] == word]
    meant = elsewhere[0] if elsewhere else closest(word, keys)
    return None if meant is None else repr(meant)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((inner for inner in found if inner is not None), None)


def value_at(data: Any, loc: Loc) -> Any:
    """What stands at `loc` in plain data; None if nothing does."""
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def shown_at(data: Mapping[str, Any], loc: Loc) -> str:
    """What stands at `loc`, as a message may show it: never with a secret."""
    return safely_shown(loc, value_at(data, loc))


def safely_shown(loc: Loc, value: Any) -> str:
    """`value` as a message may show it where it stands at `loc`."""
    names = [part for part in loc if isinstance(part, str)]
    if any(map(is_secret_name, names)):
        return MASK
    if not isinstance(value, str):
        return shown(value)
    if names and "proxy" in names[-1]:
        return shown(mask_proxy(value))
    return shown(mask_address(value) if names and names[-1] == "catalog" else mask_url(value))
