"""How long the steps of a run take: counted as they are done, told as rows when it ends.

Durations fall into buckets of a geometric scale: a quantile is at most a fifth too long, and never longer
than the longest, and however many there were, a few hundred numbers hold them.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

from archive.rows import PhaseRow

_RATIO = 1.2
_MICRO = 1_000_000


class Phases:
    """Durations by step. Used from any thread."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now, self._lock = now, Lock()
        self._buckets: dict[str, Counter[int]] = {}
        self._totals: Counter[str] = Counter()
        self._longest: dict[str, int] = {}

    def timed(self, name: str) -> _Timed:
        """A context: count what happens within; what fails took its time too."""
        return _Timed(self, name, self._now)

    def add(self, name: str, seconds: float) -> None:
        """Count one."""
        micros = max(0, round(seconds * _MICRO))
        with self._lock:
            self._buckets.setdefault(name, Counter())[_bucket(micros)] += 1
            self._totals[name] += micros
            self._longest[name] = max(micros, self._longest.get(name, 0))

    def rows(self, run_id: str) -> list[PhaseRow]:
        """What was counted, by name."""
        with self._lock:
            return [
                PhaseRow(
                    run_id=run_id,
                    name=name,
                    count=buckets.total(),
                    total=self._totals[name],
                    median=min(_quantile(buckets, 0.5), self._longest[name]),
                    p95=min(_quantile(buckets, 0.95), self._longest[name]),
                    longest=self._longest[name],
                )
                for name, buckets in sorted(self._buckets.items())
            ]


class _Timed:
    """One step: a class of its own, for a generator would take longer than many a step."""

    __slots__ = ("_begun", "_name", "_now", "_phases")

    def __init__(self, phases: Phases, name: str, now: Callable[[], float]) -> None:
        self._phases, self._name, self._now = phases, name, now

    def __enter__(self) -> None:
        self._begun = self._now()

    def __exit__(self, *error: object) -> None:
        self._phases.add(self._name, self._now() - self._begun)


def _bucket(micros: int) -> int:
    return 0 if micros <= 1 else math.ceil(math.log(micros, _RATIO))


def _quantile(buckets: Counter[int], share: float) -> int:
    """The upper bound of the bucket that the share of all falls into."""
    rank, seen = math.ceil(share * buckets.total()), 0
    for bucket, count in sorted(buckets.items()):
        seen += count
        if seen >= rank:
            return round(_RATIO**bucket)
    return 0
