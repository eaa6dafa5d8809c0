"""Runs a program and measures it with all the processes it starts: wall time, CPU, memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """What one program took.

    Attributes:
        wall: seconds.
        cpu: seconds, user and system, of the process and of those it started and waited for.
        memory: MB, the greatest sum of proportional set sizes (PSS) of all its processes; 0 if not sampled.
        samples: (seconds since the start, MB) of each sample.
        output: what it printed.
    """

    wall: float
    cpu: float
    memory: float
    samples: tuple[tuple[float, float], ...]
    output: str


def measure(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    sample: bool = False,
) -> Measured:
    """Run a program to its end; raises RuntimeError, with what it said, if its status is not 0."""
    said, printed = folder / "stderr.txt", folder / "stdout.txt"
    with said.open("wb") as errors, printed.open("wb") as out:
        began = time.monotonic()
        process = subprocess.Popen(
            arguments, stdout=out, stderr=errors, env={**os.environ, **(environment or {})}
        )
        samples: list[tuple[float, float]] = []
        ended = Event()
        sampler = Thread(target=_sample, args=(process.pid, began, ended, samples), daemon=True)
        if sample:
            sampler.start()
        _, status, usage = os.wait4(process.pid, 0)  # on Linux with what its children took (getrusage(2))
        wall = time.monotonic() - began
        ended.set()
        if sample:
            sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = said.read_text(errors="replace")[-3000:]
        raise RuntimeError(f"{' '.join(arguments)} ended with status {process.returncode}\n{tail}")
    most = max((each for _, each in samples), default=0.0)
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(wall, cpu, most, tuple(samples), printed.read_text(errors="replace"))


def _sample(pid: int, began: float, ended: Event, samples: list[tuple[float, float]]) -> None:
    while not ended.wait(_SAMPLE_SECONDS):
        kib = sum(pss_of(each) for each in family_of(pid))
        if kib:
            samples.append((time.monotonic() - began, kib / 1024))


def family_of(pid: int) -> list[int]:
    """A process and all its descendants; those that ended meanwhile are left out."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def pss_of(pid: int) -> int:
    """Proportional set size in KiB; 0 of a process that is gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
