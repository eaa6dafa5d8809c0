"""Decides whether two pictures are one, by comparing their thumbnails block by block (pure).

A perceptual hash only says that two pictures may be: charts, gradients and logos on white share one easily.
Here the shapes in each block of one must be those in the same block of the other. Contrast and colours may
differ, and a caption or a logo over some of the blocks does no harm. Blocks without any shapes say nothing,
and where there are few others, nothing is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pipelines.duplicates.look import SIDE, Box, Grey

SAME = 0.8  # correlation of two blocks that show the same
AGREEING = 0.7  # of the blocks with shapes
SHAPED = 7  # blocks with shapes, of 16, in either picture

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_BLOCK = SIDE // 4
_FLAT = 3.0  # standard deviation in shades of grey, beside an even slope
_STEPS = (0.08, 0.04, 0.02, 0.01)
_SMALLEST = 0.4  # of each side: what a crop must leave


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two thumbnails compare.

    Attributes:
        shaped: blocks with shapes in either.
        agreeing: share of these that show the same.
        correlation: mean correlation of these.
    """

    shaped: int
    agreeing: float
    correlation: float

    @property
    def same(self) -> bool:
        """Whether it is one picture."""
        return self.shaped >= SHAPED and self.agreeing >= AGREEING


def agreement(a: Grey, b: Grey) -> Agreement:
    """How the blocks of two thumbnails compare."""
    one, other = _blocks(_blurred(a)), _blocks(_blurred(b))
    one, other = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    spread_one, spread_other = one.std(axis=1), other.std(axis=1)
    shaped = np.maximum(_relief(one), _relief(other)) >= _FLAT
    count = int(shaped.sum())
    if not count:
        return Agreement(0, 0.0, 0.0)
    scale = np.maximum(spread_one * spread_other, 1e-9)
    correlation = ((one * other).mean(axis=1) / scale)[shaped]
    return Agreement(count, float((correlation >= SAME).mean()), float(correlation.mean()))


def crop_of(whole: Grey, crop: Grey, near: Box) -> tuple[Box, Agreement]:
    """Where in a picture a crop of it lies, and how well it fits there; looked for around a box."""
    box, best = near, _correlation(cut(whole, near), crop)
    for step in _STEPS:
        improved = True
        while improved:
            improved = False
            for side in range(4):
                for change in (-step, step):
                    other = _moved(box, side, change)
                    if other is None:
                        continue
                    found = _correlation(cut(whole, other), crop)
                    if found > best + 1e-4:
                        box, best, improved = other, found, True
    return box, agreement(cut(whole, box), crop)


def cut(whole: Grey, box: Box) -> Grey:
    """A part of a thumbnail, stretched to the size of one."""
    left, top, right, bottom = box
    across, down = _sampling(left, right), _sampling(top, bottom)
    part: Grey = down @ whole @ across.T
    return part


def _sampling(begin: float, end: float) -> Grey:
    """Linear interpolation of SIDE values between two shares of a side, as a matrix."""
    places = (begin + (np.arange(SIDE) + 0.5) / SIDE * (end - begin)) * SIDE - 0.5
    places = np.clip(places, 0, SIDE - 1)
    lower = np.minimum(places.astype(int), SIDE - 2)
    share = places - lower
    matrix = np.zeros((SIDE, SIDE))
    rows = np.arange(SIDE)
    matrix[rows, lower] = 1 - share
    matrix[rows, lower + 1] += share
    return matrix


def _moved(box: Box, side: int, change: float) -> Box | None:
    sides = list(box)
    sides[side] = min(max(sides[side] + change, 0.0), 1.0)
    left, top, right, bottom = sides
    fits = right - left >= _SMALLEST and bottom - top >= _SMALLEST
    return (left, top, right, bottom) if fits and tuple(sides) != box else None


def _correlation(a: Grey, b: Grey) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale else 0.0


def _relief(blocks: Grey) -> Grey:
    """How much each block differs from an even slope: a gradient has no shapes."""
    left: Grey = (blocks - blocks @ _slopes()).std(axis=1)
    return left


@cache
def _slopes() -> Grey:
    """The projection of a block on slopes (least squares)."""
    down, across = np.mgrid[:_BLOCK, :_BLOCK].reshape(2, -1)
    basis = np.stack([down - down.mean(), across - across.mean()], axis=1)
    projection: Grey = basis @ np.linalg.pinv(basis)
    return projection


def _blurred(a: Grey) -> Grey:
    padded = np.pad(a, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    blurred: Grey = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9
    return blurred


def _blocks(a: Grey) -> Grey:
    count = SIDE // _BLOCK
    return a.reshape(count, _BLOCK, count, _BLOCK).swapaxes(1, 2).reshape(count * count, -1)
