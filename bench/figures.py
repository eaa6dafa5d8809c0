"""What a benchmark has measured, for `bench/suite.py` to gather: a JSON line a figure."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

GATHERED_IN = "BENCH_FIGURES"  # names the file; without it nobody gathers


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, by its name `benchmark/what`.

    Attributes:
        ours: in `unit`. theirs: the peer's or the limit's, in the same unit and the same run.
        beside: who or what that is.
        ratio: what the two come to, as the benchmark defines it; the median of its rounds.
        lowest, highest: of the ratio, else of ours, over the rounds.
    """

    name: str
    ours: float
    unit: str = ""
    beside: str = ""
    theirs: float | None = None
    ratio: float | None = None
    lowest: float | None = None
    highest: float | None = None

    @property
    def held(self) -> float:
        """What a floor is about: the ratio, if there is one."""
        return self.ours if self.ratio is None else self.ratio


def note(
    name: str,
    ours: float,
    *,
    unit: str = "",
    beside: str = "",
    theirs: float | None = None,
    ratio: float | None = None,
    spread: Sequence[float] = (),
) -> None:
    """Tell a figure to whoever gathers; `spread` are the values of all rounds."""
    if (place := os.environ.get(GATHERED_IN)) is None:
        return
    lowest, highest = (min(spread), max(spread)) if spread else (None, None)
    figure = Figure(name, float(ours), unit, beside, theirs, ratio, lowest, highest)
    with Path(place).open("a", encoding="utf-8") as gathered:
        gathered.write(json.dumps(asdict(figure)) + "\n")


def gathered(place: Path) -> list[Figure]:
    """All figures of a file, in the order in which they were told."""
    if not place.is_file():
        return []
    return [Figure(**json.loads(line)) for line in place.read_text(encoding="utf-8").splitlines()]
