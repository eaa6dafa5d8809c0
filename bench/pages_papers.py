"""The papers of an invented news web, their articles, and when each is looked at."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from bench.pages_words import Tongue

SOURCES = 200
NIGHTS = 1_096  # of three years
FIRST_NIGHT = datetime(2024, 1, 1, tzinfo=UTC)
_HOURS = 3  # a run takes at most so long
_RUNS_A_NIGHT = 4  # of a quarter of the sources each


@dataclass(frozen=True, slots=True)
class Paper:
    """A source."""

    number: int
    name: str
    tongue: Tongue
    host: str
    home: str


@dataclass(slots=True)
class Story:
    """An article from its birth to its last version."""

    id: str
    url: str
    paper: Paper
    born: datetime
    sentences: list[int]
    title_at: int
    pictures: tuple[str, ...]
    cluster: str
    copy_of: str | None
    left: int
    number: int = 0
    title: str = ""
    text_sha256: str = ""


@cache
def day_of(night: int) -> datetime:
    """Midnight (UTC) of a night."""
    return FIRST_NIGHT + timedelta(days=night)


def run_of(paper: Paper, night: int) -> str:
    """Id of the run in which a night looks at a paper."""
    return _run_named(night, paper.number % _RUNS_A_NIGHT)


@cache
def _run_named(night: int, number: int) -> str:
    return f"{day_of(night):%Y%m%d}-{number}"


def begun(paper: Paper, night: int) -> datetime:
    """When that run began."""
    return day_of(night) + timedelta(hours=1 + 4 * (paper.number % _RUNS_A_NIGHT))


def moment_of(paper: Paper, night: int, chance: random.Random) -> datetime:
    """A moment of that run."""
    return begun(paper, night) + timedelta(seconds=1 + int(chance.random() * _HOURS * 3000))


@cache
def segment_key(run: str) -> str:
    """The one segment of a run."""
    return f"captures/{run[:4]}/{run[4:6]}/{run[6:8]}/{sha256(run.encode()).hexdigest()}.warc.gz"
