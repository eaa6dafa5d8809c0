"""Rounds of look-ups, each contender in turn, and what came of them."""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Times = list[int]  # nanoseconds
Contender = Callable[[int, int], Times]  # carries out the queries from one number up to another


@dataclass
class Results:
    """p50, p99 and mean of each contender in each round, in microseconds."""

    p50: dict[str, list[float]] = field(default_factory=dict)
    p99: dict[str, list[float]] = field(default_factory=dict)
    mean: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, took: Times) -> None:
        ordered = sorted(took)
        self.p50.setdefault(name, []).append(ordered[len(ordered) // 2] / 1000)
        self.p99.setdefault(name, []).append(ordered[len(ordered) * 99 // 100] / 1000)
        self.mean.setdefault(name, []).append(statistics.fmean(took) / 1000)

    def medians(self, name: str) -> list[float]:
        return [statistics.median(figures[name]) for figures in (self.p50, self.p99, self.mean)]

    def ratios(self, above: str, below: str) -> list[float]:
        """Medians of the ratios within each round: what slows the machine slows both."""
        return [
            statistics.median(a / b for a, b in zip(figures[above], figures[below], strict=True))
            for figures in (self.p50, self.p99, self.mean)
        ]


def timed(query: Callable[[Any], object], asked: Sequence[Any]) -> Contender:
    """A contender of this process."""

    def carry_out(first: int, last: int) -> Times:
        took = []
        for one in asked[first:last]:
            began = time.perf_counter_ns()
            query(one)
            took.append(time.perf_counter_ns() - began)
        return took

    return carry_out


def interleaved(contenders: Mapping[str, Contender], rounds: int, size: int) -> Results:
    """Every contender once a round, on the round's own queries, in another order each round.

    A round before the first warms up and does not count. The garbage collector waits until a round's end.
    """
    results, names = Results(), list(contenders)
    for number in range(rounds + 1):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            gc.collect()
            gc.disable()
            try:
                took = contenders[name](number * size, (number + 1) * size)
            finally:
                gc.enable()
            if number:
                results.add(name, took)
    return results


@dataclass
class Pywb:
    """A process of the foreign readers' environment, with pywb's library in it."""

    process: subprocess.Popen[str]
    answers: dict[int, str | None] = field(default_factory=dict)  # 14 digits, by number of the query

    def __call__(self, first: int, last: int) -> Times:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("pywb was started without pipes")
        print(first, last, file=self.process.stdin, flush=True)
        said = json.loads(self.process.stdout.readline())
        self.answers.update(enumerate(said["answers"], first))
        return list(said["took"])


@contextmanager
def pywb(python: Path, index: Path, queries: Path) -> Iterator[Pywb]:
    """Starts pywb over a CDXJ; `queries` is a file of `[url, 14 digits]`, one a line."""
    program = Path(__file__).with_name("lookup_pywb.py")
    process = subprocess.Popen(
        [python, program, index, queries], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Pywb(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait()
