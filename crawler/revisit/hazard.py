"""How often a page changes as it gets older: L(age) = L (1 + age/1 h)^-b changes an hour (pure)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

NEVER = math.inf


@dataclass(frozen=True, slots=True)
class Hazard:
    """A power law of age, the shape that edits of news have: most in the first hours, a few for weeks.

    Attributes:
        rate: changes an hour at age 0.
        slope: b; about 1.4 where four fifths of a week's edits fall into the first day.
    """

    rate: float
    slope: float

    def expected(self, since: float, until: float) -> float:
        """Expected number of changes between two ages in hours."""
        if until <= since:
            return 0.0
        return self.rate * (_primitive(until, self.slope) - _primitive(since, self.slope))

    def age_of(self, since: float, expected: float) -> float:
        """The age in hours by which `expected` changes have come since the age `since`, or NEVER."""
        if self.rate <= 0:
            return NEVER
        return _inverse(_primitive(since, self.slope) + expected / self.rate, self.slope)


def _primitive(age: float, slope: float) -> float:
    """The integral of (1 + x)^-slope from 0 to `age`."""
    if abs(slope - 1) < 1e-9:  # noqa: PLR2004 - where the power law is a logarithm
        return math.log1p(age)
    return math.expm1((1 - slope) * math.log1p(age)) / (1 - slope)


def _inverse(value: float, slope: float) -> float:
    if abs(slope - 1) < 1e-9:  # noqa: PLR2004 - as above
        return math.expm1(min(value, 700.0))
    inside = 1 + (1 - slope) * value
    if inside <= 0:  # a steep law has only so much to give
        return NEVER
    return math.expm1(min(math.log(inside) / (1 - slope), 700.0))


@dataclass(frozen=True, slots=True)
class Exposure:
    """What was seen of pages within a span of ages: `changes` in `hours` of watching (ages in hours)."""

    since: float
    until: float
    hours: float
    changes: float


@lru_cache(maxsize=1024)  # the classes of age and the slopes are few, and always the same
def _mean(since: float, until: float, slope: float) -> float:
    """Changes an hour between two ages, at a rate of 1."""
    return (_primitive(until, slope) - _primitive(since, slope)) / (until - since)


_SLOPES = tuple(step / 10 for step in range(31))


def fit(seen: Sequence[Exposure], prior: Hazard, weight: float) -> Hazard:
    """The power law under which what was seen is likeliest (Poisson), with a prior worth `weight` pages.

    For each slope on a grid the best rate is known in closed form (changes by expected changes), so only
    slopes are tried. The prior counts as that many more pages, watched for ever as it says.
    """
    spans = [
        (
            each.since,
            each.until,
            each.hours + weight * (each.until - each.since),
            each.changes + weight * prior.expected(each.since, each.until),
        )
        for each in seen
    ]
    best, best_likelihood = prior, -math.inf
    changes = sum(span[3] for span in spans)
    for slope in _SLOPES:
        means = [_mean(a, b, slope) for a, b, _, _ in spans]
        expected = sum(mean * hours for mean, (_, _, hours, _) in zip(means, spans, strict=True))
        if expected <= 0 or changes <= 0:
            continue
        rate = changes / expected
        likelihood = sum(
            count * math.log(rate * mean) for mean, (_, _, _, count) in zip(means, spans, strict=True)
        )  # the second term of the Poisson likelihood, -rate * expected, is -changes for every slope
        if likelihood > best_likelihood:
            best, best_likelihood = Hazard(rate, slope), likelihood
    return best
