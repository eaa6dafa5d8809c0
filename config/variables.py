"""The environment's part of the settings: variables `DATELINE_*`, nested with `__`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource

from config.explain import all_keys, safely_shown
from config.problems import Loc, Problem, closest

PREFIX = "DATELINE_"
CONFIG_VARIABLE = "DATELINE_CONFIG"

OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, "DATELINE_CORPUS", "DATELINE_SHARED", "DATELINE_TEST_FULL"})
"""Variables that are no settings: which file to read, where tests find pages, how much they run."""


@dataclass(frozen=True, slots=True)
class Variables:
    """What the environment says: nested data, and the variable behind each value, by its path."""

    data: dict[str, Any]
    names: dict[Loc, str]


def read_variables(settings: type[BaseSettings]) -> tuple[Variables, list[Problem]]:
    """The variables that set a key of `settings`, and a problem for each other one that starts like them.

    An empty variable is as if it were not set.
    """
    known = {PREFIX + "__".join(path).upper(): path for path in all_keys(settings)}
    given = {
        name.upper(): name for name, value in os.environ.items() if value and name.upper().startswith(PREFIX)
    }
    problems = [
        _unknown(given[name], os.environ[given[name]], known)
        for name in sorted(given.keys() - known.keys() - OTHER_VARIABLES)
    ]
    source = EnvSettingsSource(settings)
    source.env_vars = {name: value for name, value in source.env_vars.items() if name.upper() in known}
    names: dict[Loc, str] = {known[name]: given[name] for name in given.keys() & known.keys()}
    return Variables(source(), names), problems


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with what `above` says in its place, mapping by mapping.

    A value of `below` that should be a mapping and is not stays, so that it is reported and not hidden.
    """
    merged = dict(below)
    for key, value in above.items():
        lower = merged.get(key)
        if isinstance(value, Mapping) and isinstance(lower, Mapping):
            merged[key] = merge(lower, value)
        elif not isinstance(value, Mapping) or lower is None:
            merged[key] = value
    return merged


def _unknown(name: str, value: str, known: Mapping[str, tuple[str, ...]]) -> Problem:
    in_group = [one for one in known if one.startswith(name.upper() + "__")]
    section = name.upper().partition("__")[0]
    near = in_group or [one for one in known if one.startswith(section + "__")]
    return Problem(
        "names a group of settings, not one" if in_group else "is an unknown variable",
        variable=name,
        key=name[len(PREFIX) :].lower().replace("__", "."),
        value=safely_shown((name.lower(),), value),
        allowed=", ".join(near or known),
        suggestion=None if in_group else closest(name, list(known)),
    )
