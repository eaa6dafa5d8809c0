"""Small charts as coordinates: what a template draws as SVG without any style of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.views.today import SourceNight

HEIGHT = 48
STEP, GAP = 10, 2
_KINDS = ("read", "edited", "new", "stopped", "failed")  # bottom to top


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of one column."""

    kind: str
    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One run: its parts, and what a reader hears of it."""

    x: int
    said: str
    run: str
    parts: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns within a box of `width` by `height`."""

    width: int
    height: int
    columns: tuple[Column, ...]


def bars(nights: Sequence[SourceNight], least: int = 14) -> Chart:
    """What each run brought, stacked: pages read again, edited, new, quarantined, failed; oldest at the left.

    Heights are square roots of shares of the largest run, so that a few failures can be seen.
    """
    most = max((sum(_counts(night).values()) for night in nights), default=0)
    empty = max(0, least - len(nights)) * STEP
    columns = [_column(night, empty + at * STEP, most) for at, night in enumerate(nights)]
    return Chart(max(least, len(nights)) * STEP, HEIGHT, tuple(columns))


def _column(night: SourceNight, x: int, most: int) -> Column:
    counts = _counts(night)
    total = sum(counts.values())
    full = HEIGHT * (total / most) ** 0.5 if most else 0.0
    parts, y = [], float(HEIGHT)
    # Within a column, parts share its height by the roots of their counts.
    weights = {kind: counts[kind] ** 0.5 for kind in _KINDS if counts[kind]}
    for kind, weight in weights.items():
        height = round(full * weight / sum(weights.values()), 1)
        y = round(y - height, 1)
        parts.append(Bar(kind, x, max(y, 0.0), STEP - GAP, height))
    said = ", ".join(f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind]) or "nothing"
    return Column(x, f"{night.started_at:%Y-%m-%d}: {said}", night.run, tuple(parts))


def _counts(night: SourceNight) -> dict[str, int]:
    outcomes = night.outcomes
    return {
        "read": outcomes.get("unchanged", 0) + outcomes.get("not_modified", 0),
        "edited": night.edited,
        "new": night.new,
        "stopped": outcomes.get("quarantined", 0),
        "failed": outcomes.get("failed", 0) + outcomes.get("gone", 0),
    }
