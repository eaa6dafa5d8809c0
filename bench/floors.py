"""What the figures of the benchmarks must not fall below: `floors.toml`, and what a change of it may do.

A floor that is lowered, or taken out, needs a reason in the same commit: its `why` has to say something new,
or `gone` has to name it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

from bench.figures import Figure

FLOORS = Path(__file__).with_name("floors.toml")
GONE = "gone"  # a table: the names of floors that were taken out, each with the reason


@dataclass(frozen=True, slots=True)
class Floor:
    """The least, or the most, that a figure may be."""

    at_least: float = -inf
    at_most: float = inf
    why: str = ""

    def holds(self, value: float) -> bool:
        return self.at_least <= value <= self.at_most

    @property
    def shown(self) -> str:
        """For a table: `≥ 0.95`."""
        parts = []
        if self.at_least > -inf:
            parts.append(f"≥ {self.at_least:g}")
        if self.at_most < inf:
            parts.append(f"≤ {self.at_most:g}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Floors:
    """All floors by the name of their figure; `gone` has those that were taken out, and why."""

    floors: Mapping[str, Floor]
    gone: Mapping[str, str]


def read_floors(text: str) -> Floors:
    """Floors from TOML; raises ValueError that names the entry which is none."""
    tables = tomllib.loads(text)
    gone = tables.pop(GONE, {})
    floors = {}
    for name, table in tables.items():
        unknown = set(table) - {"at_least", "at_most", "why"}
        if unknown or not table.get("why") or not {"at_least", "at_most"} & set(table):
            raise ValueError(f"floors.toml, {name!r}: a floor has at_least or at_most, and why")
        floors[name] = Floor(**table)
    return Floors(floors, gone)


def fallen(figures: Iterable[Figure], floors: Mapping[str, Floor]) -> Iterator[str]:
    """What fell under its floor, in words."""
    for figure in figures:
        floor = floors.get(figure.name)
        if floor is not None and not floor.holds(figure.held):
            yield f"{figure.name} is {figure.held:.4g}, and must be {floor.shown}"


def lowered_in_silence(before: Floors, after: Floors) -> Iterator[str]:
    """Floors that a change lowers or takes out without a word, each in words."""
    for name, old in before.floors.items():
        new = after.floors.get(name)
        if new is None:
            if not after.gone.get(name):
                yield f"{name!r} is gone: say why under [{GONE}]"
        elif (new.at_least < old.at_least or new.at_most > old.at_most) and new.why == old.why:
            yield f"{name!r} went from {old.shown} to {new.shown}: say why"
