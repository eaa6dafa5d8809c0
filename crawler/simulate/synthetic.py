"""A synthetic trace with the published rates of change.

The rates: 15 % of bodies change within 24 hours and 18 % within a week, titles 5 and 6 %, 0.7 and 1.5 % are
removed (GDELT's GDG, 88 million articles); 20 to 60 % of an outlet's articles are updated in any way within
24 hours, 35 % in the mean, four fifths of these once or twice and one in twenty more than nine times, and 44
% of the updated ones in their contents (six Flemish sites polled each quarter of an hour, 300,000 articles).

A page changes by chance (Poisson) at a rate that is its own: its outlet's, times a factor that differs from
page to page (gamma), falling with age; one in sixty stories is live for some hours. Since the published
counts come from polls each 15 minutes, no page changes twice in one quarter of an hour.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.revisit.hazard import Hazard
from crawler.simulate.trace import Change, RateFunction, TracedPage

QUARTER = 0.25  # hours
HORIZON_DAYS = 30.0
SLOPE = 1.4  # of the law by which changes become rarer with age
SHAPE = 0.8  # of the gamma distribution of the factor by which pages of one outlet differ
_MEAN_UPDATED = 0.35
OUTLETS_SEEN = 6  # whose articles were watched, see above
_LIVE_OF_UPDATED = 0.05
_LIVE_HOURS, _LIVE_RATE = (6.0, 14.0), (1.2, 2.4)
_TEXT, _TITLE = 0.29, 0.075  # of changes; of live stories nearly all are of the text
_GONE_SHARE = 0.0254  # of 30 days
_GONE = Hazard(1.0, 0.7)  # half of those that go in the first week do so within a day


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make: `pages` of `outlets`, appearing over so many `days` from `begin` on."""

    pages: int = 3000
    outlets: int = 6
    days: float = 30.0
    seed: int = 1
    begin: datetime = datetime(2026, 1, 5, tzinfo=UTC)


def synthetic_trace(recipe: Recipe) -> list[TracedPage]:
    """The trace of a recipe, in order of appearance; the same seed gives the same trace."""
    rng = random.Random(recipe.seed)
    updated = updated_shares(recipe.outlets)
    pages = []
    for number in range(recipe.pages):
        outlet = number % recipe.outlets
        # Newsrooms publish by day: hours of a normal day are likelier than those of the night.
        day = math.floor(rng.random() * recipe.days)
        hour = min(max(rng.gauss(13.0, 4.5), 0.0), 23.99)
        published = recipe.begin + timedelta(days=day, hours=hour)
        published -= timedelta(microseconds=published.microsecond)
        pages.append(synthetic_page(rng, f"outlet-{outlet + 1}", number, published, updated[outlet]))
    return sorted(pages, key=lambda page: (page.published, page.url))


def updated_shares(outlets: int) -> list[float]:
    """The share of each outlet's articles that are updated within a day, from the lowest."""
    return [0.2 + 0.4 * ((n + 0.5) / outlets) ** 1.67 for n in range(outlets)]


def outlet_rates(outlets: int) -> list[float]:
    """Expected changes of an outlet's articles in their first day, live stories aside."""
    return [_rate(updated) for updated in updated_shares(outlets)]


def _rate(updated: float) -> float:
    """Chosen so that `updated` of the outlet's pages change within a day: (1 + m / k)^-k stay as they are."""
    return float(SHAPE * ((1 - updated * (1 - _LIVE_OF_UPDATED)) ** (-1 / SHAPE) - 1))


def synthetic_page(
    rng: random.Random, source: str, number: int, published: datetime, updated: float
) -> TracedPage:
    """One page of an outlet of whose pages a share `updated` changes within a day."""
    live = rng.random() < updated * _LIVE_OF_UPDATED
    mean = _rate(updated)
    day = Hazard(1.0, SLOPE).expected(0.0, 24.0)
    own = Hazard(round(mean / day * rng.gammavariate(SHAPE, 1 / SHAPE), 6), SLOPE)
    rate = RateFunction(
        laws=(own, Hazard(_GONE_SHARE / _GONE.expected(0.0, 24 * HORIZON_DAYS), _GONE.slope)),
        live_rate=round(rng.uniform(*_LIVE_RATE), 3) if live else 0.0,
        live_until=round(rng.uniform(*_LIVE_HOURS), 3) if live else 0.0,
    )
    ages = sorted({math.ceil(age / QUARTER) for age in _draw(rng, own, rate)})
    changes = tuple(
        Change(published + timedelta(hours=quarter * QUARTER), _kinds(rng, live=live)) for quarter in ages
    )
    removed = None
    if rng.random() < _GONE_SHARE:
        gone = _GONE.age_of(0.0, rng.random() * _GONE.expected(0.0, 24 * HORIZON_DAYS))
        removed = published + timedelta(hours=math.ceil(gone / QUARTER) * QUARTER)
        changes = tuple(change for change in changes if change.at < removed)
    return TracedPage(f"https://{source}.example/{number:06d}", source, published, changes, removed, rate)


def _draw(rng: random.Random, hazard: Hazard, rate: RateFunction) -> Iterator[float]:
    """Ages of the changes of one page, in hours, by the inverse of their expected number."""
    age = 0.0
    while (age := hazard.age_of(age, rng.expovariate(1.0))) <= 24 * HORIZON_DAYS:
        yield age
    age = 0.0
    while rate.live_rate and (age := age + rng.expovariate(rate.live_rate)) <= rate.live_until:
        yield age


def _kinds(rng: random.Random, *, live: bool) -> tuple[str, ...]:
    text, title = rng.random() < (0.9 if live else _TEXT), rng.random() < (0.12 if live else _TITLE)
    kinds = tuple(name for name, there in (("text", text), ("title", title)) if there)
    return kinds or (rng.choice(("image", "caption", "byline", "date")),)


def shares(pages: list[TracedPage]) -> dict[str, float]:
    """What of a trace can be held against the published rates; shares of all pages unless said."""

    def within(hours: float, kind: str | None = None) -> float:
        end = timedelta(hours=hours)
        return sum(
            any(
                change.at - page.published <= end and (kind is None or kind in change.kinds)
                for change in page.changes
            )
            for page in pages
        ) / len(pages)

    def gone(hours: float) -> float:
        end = timedelta(hours=hours)
        return sum(page.removed is not None and page.removed - page.published <= end for page in pages) / len(
            pages
        )

    numbers = [sum(c.at - page.published <= timedelta(hours=24) for c in page.changes) for page in pages]
    some = [number for number in numbers if number]
    return {
        "updated_24h": within(24),
        "text_24h": within(24, "text"),
        "text_week": within(168, "text"),
        "title_24h": within(24, "title"),
        "title_week": within(168, "title"),
        "removed_24h": gone(24),
        "removed_week": gone(168),
        "once_or_twice_of_updated": sum(number <= 2 for number in some) / max(len(some), 1),  # noqa: PLR2004
        "over_nine_of_updated": sum(number > 9 for number in some) / max(len(some), 1),  # noqa: PLR2004
        "revisions_a_page": sum(len(page.revisions) for page in pages) / len(pages),
    }
