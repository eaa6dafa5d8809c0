"""What one page, look, picture and run cost, as measured: the numbers that the capacity model goes by.

They lie in `constants.json` beside this file; `python -m bench.constants --write` measures them again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("constants.json")


@dataclass(frozen=True, slots=True)
class Constant:
    """One measured number.

    Attributes:
        value: the number.
        unit: ms, bytes, MB, KB, objects or share.
        measured_by: the command, or where it was published.
        measured_on: the day, as in ISO 8601.
    """

    value: float
    unit: str
    measured_by: str
    measured_on: str


def read_constants(file: Path = FILE) -> dict[str, Constant]:
    """All of them by name, such as `known.main_cpu`; empty where none were measured yet."""
    if not file.exists():
        return {}
    return {name: Constant(**each) for name, each in json.loads(file.read_text()).items()}


def write_constants(constants: Mapping[str, Constant], file: Path = FILE) -> None:
    """Keep them, four digits each: more would be noise."""
    rounded = {
        name: asdict(each) | {"value": float(f"{each.value:.4g}")} for name, each in sorted(constants.items())
    }
    file.write_text(json.dumps(rounded, indent=2) + "\n")


@cache
def measured() -> Mapping[str, float]:
    """Their values by name."""
    return {name: each.value for name, each in read_constants().items()}
