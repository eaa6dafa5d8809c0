"""Ninety nights of twenty sites, as figures: holidays, a summer, odd nights, and what really breaks.

What breaks is planted with its dates, so that each alarm can be held against it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from archive.rows import FigureRow

FIRST = date(2026, 4, 1)
NIGHTS = 90
DAY = timedelta(days=1)

HOLIDAYS = {date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 24), date(2026, 5, 25), date(2026, 6, 4)}
"""Small papers rest then, others publish a third."""


@dataclass(frozen=True)
class Fault:
    """Something that really breaks.

    Attributes:
        site: its name.
        what: silence, redesign, undated, clipped, outage, trickle, flood.
        first, last: the nights that it spoils.
        kinds: what the alarm may be called.
        within: nights within which it has to be raised.
    """

    site: str
    what: str
    first: date
    last: date
    kinds: frozenset[str]
    within: int


@dataclass(frozen=True)
class Site:
    """How a site publishes when nothing is wrong."""

    name: str
    rate: float  # articles on a working day
    weekend: float  # of that on Saturday and Sunday
    noise: float  # relative, beyond chance
    dated: float
    pictured: float
    walls: float  # of its pages are quarantined as a rule
    summer: float  # of its articles that are left at the deepest point of summer


@dataclass
class Season:
    """All nights of all sites."""

    sites: list[Site]
    faults: list[Fault]
    seed: int
    nights: int = NIGHTS
    first: date = FIRST
    _draw: random.Random = field(init=False)
    _odd: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def figures(self) -> Iterator[tuple[date, list[FigureRow]]]:
        """Night by night, the figures of every site."""
        for number in range(self.nights):
            night = self.first + number * DAY
            yield night, [self._night(site, night) for site in self.sites]

    def _night(self, site: Site, night: date) -> FigureRow:
        fault = next((f for f in self.faults if f.site == site.name and f.first <= night <= f.last), None)
        what = fault.what if fault else ""
        articles = self._poisson(site, self._expected(site, night))
        odd = self._draw.random()
        if odd < 0.02:  # an odd night stands alone: two in a row would be a breach
            odd = 1.0 if (night - self._odd.get(site.name, self.first - 9 * DAY)).days < 4 else odd
            self._odd[site.name] = night
        if not what and odd < 0.01:
            articles = round(articles * self._draw.choice([0.1, 3.5]))
        hiccup = not what and 0.01 < odd < 0.02  # the site is away for one night
        if what == "flood":
            articles = articles * 8 + 60
        if what == "trickle":
            articles = round(articles * 0.12)
        if what in {"silence", "outage", "redesign"} or hiccup:
            seen, articles = 0 if what == "silence" else articles, 0
        else:
            seen = articles
        known = self._draw.randint(20, 60)
        return self._row(site, night, what or ("hiccup" if hiccup else ""), seen, articles, known)

    def _row(  # noqa: PLR0917 - what was drawn, in order
        self, site: Site, night: date, what: str, seen: int, articles: int, known: int
    ) -> FigureRow:
        away = what in {"outage", "hiccup"}
        quarantined = self._of(seen + known, site.walls)
        failed = seen + known if away else self._of(seen + known, 0.01)
        failures = {"timeout": failed} if failed else {}
        if away:
            quarantined, known = 0, 0
        if what == "redesign":
            quarantined += seen
        if quarantined:
            failures["parse"] = quarantined
        dated = 0 if what == "undated" else self._of(articles, site.dated)
        length = 420 if what == "clipped" else self._draw.randint(2600, 3400)
        moment = datetime.combine(night, time(2, 20), UTC)
        return FigureRow(
            source=site.name,
            run_id=f"run-{night:%Y%m%d}",
            night=night.isoformat(),
            at=moment,
            whole=True,
            articles=articles,
            edited=known // 4,
            removed=0,
            archived=articles,
            unchanged=known,
            not_modified=0,
            skipped=300,
            failed=failed,
            quarantined=quarantined,
            gone=0,
            documents=3,
            documents_failed=3 if away else 0,
            titled=articles,
            dated=dated,
            pictured=self._of(articles, site.pictured),
            characters=length if articles else None,
            newest_at=moment - timedelta(hours=3) if articles else None,
            failures=tuple(f"{name}={count}" for name, count in sorted(failures.items())),
        )

    def _expected(self, site: Site, night: date) -> float:
        expected = site.rate * (site.weekend if night.weekday() >= 5 else 1.0)
        if night in HOLIDAYS:
            expected *= 0.0 if site.rate < 15 else 0.35
        through = (night - self.first).days / max(1, self.nights)
        deep = max(0.0, math.sin(math.pi * min(1.0, max(0.0, (through - 0.3) / 0.6))))  # nights 27 to 81
        return expected * (1 - (1 - site.summer) * deep)

    def _poisson(self, site: Site, expected: float) -> int:
        """Chance, and a noise of its own on top."""
        mean = expected * max(0.0, self._draw.gauss(1.0, site.noise))
        if mean > 50:
            return max(0, round(self._draw.gauss(mean, math.sqrt(mean))))
        limit, count, product = math.exp(-mean), 0, self._draw.random()
        while product > limit:
            count, product = count + 1, product * self._draw.random()
        return count

    def _of(self, number: int, share: float) -> int:
        return sum(self._draw.random() < share for _ in range(number))


RATES = (2, 3, 4, 6, 8, 10, 12, 15, 18, 22, 25, 30, 40, 50, 60, 80, 100, 140, 200, 300)

KINDS = {
    "silence": frozenset({"silent"}),
    "redesign": frozenset({"quarantined", "text", "silent"}),
    "undated": frozenset({"date"}),
    "clipped": frozenset({"short_texts"}),
    "outage": frozenset({"unreachable"}),
    "trickle": frozenset({"few_articles"}),
    "flood": frozenset({"many_articles"}),
}


def season(seed: int = 1, *, rates: Sequence[int] = RATES, nights: int = NIGHTS) -> Season:
    """A season with one fault of each kind and more on sites where it can be told at all."""
    draw = random.Random(seed * 7919)
    all_sites = [
        Site(
            name=f"site-{number:02}",
            rate=float(rate),
            weekend=draw.choice([0.0, 0.3, 0.6, 1.0]) if rate < 100 else draw.choice([0.5, 0.8, 1.0]),
            noise=draw.choice([0.05, 0.15, 0.25]),
            dated=draw.choice([1.0, 0.98, 0.9]),
            pictured=draw.choice([0.95, 0.6, 0.3]),
            walls=draw.choice([0.0, 0.02, 0.06]),
            summer=draw.choice([1.0, 0.8, 0.6]),
        )
        for number, rate in enumerate(rates)
    ]
    plan = [  # what, least rate, nights it lasts
        ("silence", 3, 40),
        ("silence", 12, 9),
        ("silence", 40, 6),
        ("silence", 100, 5),
        ("redesign", 12, 6),
        ("redesign", 60, 12),
        ("undated", 25, 10),
        ("clipped", 15, 8),
        ("outage", 2, 4),
        ("outage", 30, 5),
        ("outage", 200, 3),
        ("trickle", 50, 9),
        ("trickle", 140, 12),
        ("flood", 22, 4),
    ]
    faults, taken = [], set()
    for what, least, lasts in plan:
        able = [site for site in all_sites if site.rate >= least and site.name not in taken]
        if not able or nights < 31 + lasts:
            continue
        site = able[0]
        taken.add(site.name)
        begins = FIRST + draw.randint(22, nights - lasts - 8) * DAY
        within = 25 if what == "silence" and least < 10 else 8 if what == "silence" else 5
        faults.append(Fault(site.name, what, begins, begins + (lasts - 1) * DAY, KINDS[what], within))
    return Season(all_sites, faults, seed, nights)
