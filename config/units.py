"""Sizes and durations as people write them: `256MiB`, `5s`, `500ms`, `2m`, `1h`, or plain numbers."""

from __future__ import annotations

import math
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema

from config.problems import refuse

SIZES = "bytes as a whole number, or with a unit: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB (such as 256MiB)"
DURATIONS = "seconds as a number, or with a unit: ms, s, m, h, d (such as 500ms, 5s, 2m, 1h)"

LOOKS = "a whole number, or a share from 1% to 100% (such as 200, 50% or 0.5)"

WINDOWS = "ever, or whole days from 1d to 36500d (such as 30d)"
MOST_PLACES = 10_000
PLACES = "auto, or a whole number from 1 to 10000 (such as 64)"
DAYS = "never, or whole days from 1d to 36500d (such as 90d)"

_MOST_DAYS = 36_500
_SIZE_UNITS = {
    "b": 1,
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", start=1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", start=1)},
}
_DURATION_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SHARE = re.compile(r"\s*(?P<number>\d{1,9})\s*(?P<percent>%)?\s*", re.ASCII)
_QUANTITY = re.compile(r"\s*(?P<number>\d{1,18}(?:\.\d{1,18})?)\s*(?P<unit>[A-Za-z]*)\s*", re.ASCII)


def parse_size(value: object) -> int:
    """Bytes in `value`: a whole number, or text such as `256MiB` (IEC 80000-13) or `20 MB`.

    Raises:
        ValueError: it is no size, is negative, or is not a whole number of bytes.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        size = float(value)
    else:
        size = _parse(value, _SIZE_UNITS, "b", "size", SIZES)
    if not (size >= 0 and math.isfinite(size)) or size != int(size):
        raise refuse("is no whole number of bytes", allowed=SIZES)
    return int(size)


def parse_duration(value: object) -> float:
    """Seconds in `value`: a number, or text such as `500ms`, `5s`, `2m`, `1h`, `1d`.

    Raises:
        ValueError: it is no duration, or is negative or endless.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    else:
        seconds = _parse(value, _DURATION_UNITS, "s", "duration", DURATIONS)
    if not (seconds >= 0 and math.isfinite(seconds)):
        raise refuse("is no duration", allowed=DURATIONS)
    return seconds


def parse_days(value: object) -> int | None:
    """Days in `value`: a whole number, text such as `90d`, or `never` (None).

    Raises:
        ValueError: it is neither, or not a whole number of days from 1 on.
    """
    if value is None or value == "never":
        return None
    bare = isinstance(value, int) and not isinstance(value, bool)
    seconds = parse_duration(value) * (_DURATION_UNITS["d"] if bare else 1)
    days, rest = divmod(seconds, _DURATION_UNITS["d"])
    if not 1 <= days <= _MOST_DAYS or rest:
        raise refuse("is no whole number of days", allowed=DAYS)
    return int(days)


def parse_looks(value: object) -> int | float:
    """Looks in `value`: a whole number (int), or text such as `50%` (a fraction as float, above 0 to 1).

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, float) and 0 < value <= 1:
        return value
    match = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if match is not None and match["percent"] is None:
        return int(match["number"])
    if match is None or not 1 <= int(match["number"]) <= 100:  # noqa: PLR2004 - percent
        raise refuse("is no number of looks", allowed=LOOKS)
    return int(match["number"]) / 100


def parse_window(value: object) -> int | None:
    """Days in `value`: a whole number, text such as `30d`, or `ever` (None).

    Raises:
        ValueError: it is neither, or not a whole number of days from 1 on.
    """
    if value is None or value == "ever":
        return None
    try:
        days = parse_days(value)
    except ValueError:
        days = None
    if days is None:
        raise refuse("is no window of time", allowed=WINDOWS)
    return days


def parse_places(value: object) -> int | Literal["auto"]:
    """Places in `value`: a whole number, or `auto`.

    Raises:
        ValueError: it is neither, or not from 1 to 10,000.
    """
    if value == "auto":
        return "auto"
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    if not 1 <= number <= MOST_PLACES:
        raise refuse("is no number of places", allowed=PLACES)
    return number


def _parse(
    value: object, units: dict[str, float] | dict[str, int], bare: str, what: str, allowed: str
) -> float:
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise refuse(f"is no {what}", allowed=allowed)
    unit = match["unit"].lower() or bare
    if unit not in units:
        raise refuse(f"has the unknown unit {match['unit']!r}", allowed=allowed)
    number = float(match["number"])
    # Milliseconds divide: 0.001 is no binary fraction, and 500ms must be 0.5 exactly.
    return number / 1000 if unit == "ms" else number * units[unit]


_LOOKS_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            {"type": "string", "pattern": r"^([1-9][0-9]?|100) ?%$"},
        ]
    }
)
_DAYS_SCHEMA = WithJsonSchema({"anyOf": [{"const": "never"}, {"type": "string", "pattern": r"^[0-9]+ ?d$"}]})


def _number_or(pattern: str, number: str) -> WithJsonSchema:
    choices = [{"type": number, "minimum": 0}, {"type": "string", "pattern": pattern}]
    return WithJsonSchema({"anyOf": choices})


Bytes = Annotated[int, BeforeValidator(parse_size), _number_or(r"^[0-9.]+ ?([KMGTkmgt]i?)?[Bb]?$", "integer")]
Seconds = Annotated[float, BeforeValidator(parse_duration), _number_or(r"^[0-9.]+ ?(ms|s|m|h|d)?$", "number")]
KeepDays = Annotated[int | None, BeforeValidator(parse_days), _DAYS_SCHEMA]
LookBudget = Annotated[int | float, BeforeValidator(parse_looks), _LOOKS_SCHEMA]
Places = Annotated[
    int | Literal["auto"],
    BeforeValidator(parse_places),
    WithJsonSchema({"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1, "maximum": MOST_PLACES}]}),
]
WindowDays = Annotated[
    int | None,
    BeforeValidator(parse_window),
    WithJsonSchema({"anyOf": [{"const": "ever"}, {"type": "string", "pattern": r"^[0-9]+ ?d$"}]}),
]
