"""What an archive is asked to do: how many sources of which sizes, how often, how politely (pure)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from config.errors import ConfigError

HOURS = 24.0
# Shares of sources by the UTC offset of their newsrooms, in hours: population of the zones that have many
# news sites, rounded. A night begins in each at its own 02:00.
WORLD: tuple[tuple[float, float, str], ...] = (
    (-8.0, 0.07, "America/Los_Angeles"),
    (-6.0, 0.08, "America/Chicago"),
    (-5.0, 0.16, "America/New_York"),
    (-3.0, 0.07, "America/Sao_Paulo"),
    (0.0, 0.10, "Europe/London"),
    (1.0, 0.22, "Europe/Berlin"),
    (2.0, 0.06, "Europe/Kyiv"),
    (3.0, 0.05, "Europe/Istanbul"),
    (5.5, 0.07, "Asia/Kolkata"),
    (7.0, 0.03, "Asia/Jakarta"),
    (8.0, 0.04, "Asia/Singapore"),
    (9.0, 0.03, "Asia/Tokyo"),
    (10.0, 0.02, "Australia/Brisbane"),
)
# Most people leave the cron that a new source gets; some choose another time: (cron, hour of the day, share).
CRONS = (("0 2 * * *", 2.0, 0.8), ("30 2 * * *", 2.5, 0.1), ("0 3 * * *", 3.0, 0.1))


class Keep(StrEnum):
    """What of captures that brought nothing new is kept in the end, see `policy.keep` of a source."""

    ALL = "all"
    CHANGED = "changed"
    CHANGED_DAILY = "changed+daily"


class Spread(StrEnum):
    """Over how many zones the sources lie."""

    WORLD = "world"
    ONE_ZONE = "one-zone"


@dataclass(frozen=True, slots=True)
class Workload:
    """What is asked for. Every value has a default but the number of sources.

    Attributes:
        sources: how many.
        articles_per_day: new articles of all of them together.
        largest: articles a day of the largest source at most; sizes below follow Zipf's law.
        runs_a_day: how often each source is crawled.
        listed: known addresses that a source's feeds, sitemaps and front page name in each run.
        documents: feeds, sitemaps, sections, front page and robots.txt asked for in each run of a source.
        pictures: of an article.
        page_bytes: of a page as it comes, packed.
        picture_bytes: of a picture.
        delay: seconds between two requests to one host.
        night: hours after its slot within which a source shall be done.
        failures: share of requests that are tried once more.
        not_modified: share of looks that are answered with 304.
        identical: share of the other unchanged looks that bring the same bytes.
        keep: what of unchanged captures stays.
        zstd: whether segments are compacted to zstd with dictionaries.
        replica: whether a second store holds a copy.
        spread: over how many zones sources lie.
        nights: since how many nights the archive has been running; 60 is as good as for ever.
    """

    sources: int
    articles_per_day: float
    largest: float = 1500.0
    runs_a_day: float = 1.0
    listed: float = 100.0
    documents: float = 8.0
    pictures: float = 3.0
    page_bytes: float = 45_000.0
    picture_bytes: float = 120_000.0
    delay: float = 1.0
    night: float = 6.0
    failures: float = 0.02
    not_modified: float = 0.05
    identical: float = 0.05
    keep: Keep = Keep.ALL
    zstd: bool = False
    replica: bool = False
    spread: Spread = Spread.WORLD
    nights: int = 60

    def __post_init__(self) -> None:
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and least <= value <= most):
                raise ConfigError(f"{name} = {value:g}: allowed are {least:g} to {most:g}")
        if self.articles_per_day < self.sources / 1000:
            raise ConfigError(
                f"articles_per_day = {self.articles_per_day:g} is that of all sources together: "
                f"{self.sources} sources with one article in three years each; did you mean "
                f"{self.articles_per_day * self.sources:g}?"
            )

    @property
    def mean(self) -> float:
        """Articles a day of a source."""
        return self.articles_per_day / self.sources

    @property
    def zones(self) -> tuple[tuple[float, float, str], ...]:
        """(offset in hours, share of sources, name of the zone)."""
        return WORLD if self.spread is Spread.WORLD else ((0.0, 1.0, "Etc/UTC"),)


_LIMITS: dict[str, tuple[float, float]] = {
    "sources": (1, 10_000_000),
    "articles_per_day": (0.001, 1e10),
    "largest": (0.001, 1e6),
    "runs_a_day": (1 / 7, 96),
    "listed": (0, 1e6),
    "documents": (1, 10_000),
    "pictures": (0, 1000),
    "page_bytes": (100, 32 << 20),
    "picture_bytes": (100, 20 << 20),
    "delay": (0, 3600),
    "night": (0.1, 24),
    "failures": (0, 1),
    "not_modified": (0, 1),
    "identical": (0, 1),
    "nights": (1, 3650),
}


def sizes(workload: Workload) -> list[float]:
    """Articles a day of each source, the largest first: Zipf's law, flat at the top (Mandelbrot 1953).

    The i-th has c / (i + q); q is such that the largest has what the workload says and all have their sum, or
    0 where the law gives the largest less than that.
    News sites follow it: a few hundred publish a thousand pieces a day, most a handful.
    """
    count, total = workload.sources, workload.articles_per_day
    largest = max(min(workload.largest, total), workload.mean)
    if largest <= workload.mean * (1 + 1e-9):
        return [workload.mean] * count
    low, high = 1e-9, 1e15  # the flatter, the larger the sum
    for _ in range(100):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if largest * _harmonic(count, middle) < total else (low, middle)
    shares = [1.0 / (number + 1 + low) for number in range(count)]
    scale = total / math.fsum(shares)
    return [share * scale for share in shares]


def _harmonic(count: int, shift: float) -> float:
    """The sum of (1 + q) / (i + q) for i from 1 to `count`, by the midpoint rule from the 50th on."""
    head = min(count, 50)
    exact = math.fsum((1 + shift) / (number + 1 + shift) for number in range(head))
    return exact + (1 + shift) * math.log((count + 0.5 + shift) / (head + 0.5 + shift))
