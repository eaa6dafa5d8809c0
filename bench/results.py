"""`RESULTS.md`: the machine, and every figure beside its peer or limit; `RESULTS.json` is for programs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.figures import Figure
from bench.floors import Floor

HERE = Path(__file__).parent
RESULTS, DATA = HERE / "RESULTS.md", HERE / "RESULTS.json"
_PACKAGES = ("scrapy", "trafilatura", "fastwarc", "lxml", "SQLAlchemy", "aiohttp")

_HEAD = """# Results of the benchmarks

Written by `make bench`; do not edit. Each figure stands beside a peer or a limit that was measured in the
same run, on the machine that is named with it. Where there is a ratio, the floor is about the ratio; the
spread is that of the rounds. `docs/performance.md` says what each benchmark does.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What one benchmark came to.

    Attributes:
        seconds: of wall time. status: what it ended with.
        machine: what it ran on, and when.
        long: whether it was the long form.
    """

    name: str
    figures: tuple[Figure, ...]
    seconds: float
    status: int
    machine: str = ""
    long: bool = False


def machine() -> str:
    """This machine, what runs on it, and the day, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, revision {_revision()}; {_processor()}, {os.cpu_count()} processors, "
        f"{_memory_gib():.0f} GiB, load {os.getloadavg()[0]:.1f}; Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {packages}"
    )


def _processor() -> str:
    for line in _lines_of("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gib() -> float:
    for line in _lines_of("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / 2**20
    return 0.0


def _lines_of(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _revision() -> str:
    """The commit, `-dirty` where a file differs from it; these two do once a first benchmark has ended."""
    written = (f":(exclude){place.name}" for place in (RESULTS, DATA))
    name = _git("describe", "--always")
    changed = _git("diff", "--name-only", "HEAD", "--", ":/", *written)
    return f"{name}-dirty" if changed else name or "unknown"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=HERE, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def read_parts(place: Path = DATA) -> dict[str, Part]:
    """What earlier runs have left, by benchmark."""
    if not place.is_file():
        return {}
    parts = {}
    for entry in json.loads(place.read_text(encoding="utf-8")):
        figures = tuple(Figure(**figure) for figure in entry.pop("figures"))
        parts[entry["name"]] = Part(figures=figures, **entry)
    return parts


def write_parts(parts: Iterable[Part], floors: Mapping[str, Floor]) -> None:
    """Write both files."""
    every = list(parts)
    DATA.write_text(json.dumps([asdict(part) for part in every], indent=1) + "\n", encoding="utf-8")
    RESULTS.write_text("".join(f"{line}\n" for line in _told(every, floors)), encoding="utf-8")


def _told(parts: Sequence[Part], floors: Mapping[str, Floor]) -> Iterator[str]:
    yield from _HEAD.splitlines()
    for part in parts:
        yield ""
        yield f"## {part.name}"
        yield ""
        form = "long form" if part.long else "short form"
        ended = "" if part.status == 0 else f", ended with status {part.status}"
        yield f"{form}, {part.seconds:.0f} s{ended}; {part.machine}"
        if part.figures:
            yield ""
            yield "| figure | ours | beside | theirs | ratio | spread | floor |"
            yield "|---|---|---|---|---|---|---|"
            yield from (_row(figure, floors.get(figure.name)) for figure in part.figures)
        else:
            yield ""
            yield "No figures: something that it needs was not there."


def _row(figure: Figure, floor: Floor | None) -> str:
    spread = "" if figure.lowest is None else f"{_number(figure.lowest)} to {_number(figure.highest)}"
    cells = (
        figure.name.partition("/")[2],
        f"{_number(figure.ours)} {figure.unit}".strip(),
        figure.beside,
        _number(figure.theirs),
        _number(figure.ratio),
        spread,
        floor.shown if floor else "",
    )
    return "| " + " | ".join(cells) + " |"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
