"""Articles of a pool of sources, one in a hundred, followed through the real rules of when to look again."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.capacity.simulated.world import Members
from crawler.capacity.workload import Workload
from crawler.revisit.pace import DEFAULT_LADDER_DAYS, pace_of
from crawler.revisit.rates import SourceRates
from crawler.simulate.policy import Scheduler
from crawler.simulate.synthetic import OUTLETS_SEEN, synthetic_page, updated_shares


@dataclass(frozen=True, slots=True)
class Followed:
    """What one night of a pool brought, of the articles that are followed."""

    new: int
    looks: int
    changed: int
    gone: int


@dataclass(slots=True)
class _Page:
    revisions: tuple[datetime, ...]
    removed: datetime | None
    seen: datetime


@dataclass
class Pool:
    """A pool's articles and its policy, which is the crawl's own: due, budget, settle, and what is learned.

    Of a hundred sources one article in a hundred is followed: together they are as many as one source of
    their size has, so what is learned of them comes as quickly as of one source.
    """

    members: Members
    workload: Workload
    dice: random.Random
    _pages: list[_Page] = field(default_factory=list)
    _policy: Scheduler | None = None
    _updated: float = 0.0

    def __post_init__(self) -> None:
        self._updated = self.dice.choice(updated_shares(OUTLETS_SEEN))

    @property
    def size(self) -> float:
        """New articles a day that are followed."""
        return self.members.size / len(self.members.sites)

    @property
    def pages(self) -> int:
        """How many articles are followed."""
        return len(self._pages)

    def crawl(self, now: datetime) -> Followed:
        """One run: articles of the time since the last one appear, and what is due is looked at."""
        policy = self._policy or self._begin(now)
        looks = policy.looks(now)  # before what appears now: that is no look
        changed = gone = 0
        for number in looks:
            page = self._pages[number]
            missing = page.removed is not None and page.removed <= now
            found = bisect_right(page.revisions, now) > bisect_right(page.revisions, page.seen)
            policy.looked(number, now, changed=found and not missing, gone=missing)
            changed, gone = changed + (found and not missing), gone + missing
            page.seen = now
        since = now - timedelta(days=1 / self.workload.runs_a_day)
        new = poisson(self.dice, self.size / self.workload.runs_a_day)
        for _ in range(new):
            self._appear(policy, since, now)
        return Followed(new, len(looks), changed, gone)

    def _begin(self, now: datetime) -> Scheduler:
        source = self.members.source
        pace = pace_of(
            source,
            SourceRates(source.name),
            now=now,
            ladder_days=DEFAULT_LADDER_DAYS,
            delay=self.workload.delay,
        )
        self._policy = Scheduler(source.name, pace)
        return self._policy

    def _appear(self, policy: Scheduler, since: datetime, now: datetime) -> None:
        published = since + (now - since) * self.dice.random()
        number = len(self._pages)
        traced = synthetic_page(self.dice, "", number, published, self._updated)
        self._pages.append(_Page(tuple(change.at for change in traced.changes), traced.removed, now))
        policy.appeared(number, now)


def poisson(dice: random.Random, mean: float) -> int:
    """A draw from the Poisson distribution: by products of uniform numbers (Knuth), a large one rounded."""
    if mean > 200:  # noqa: PLR2004 - from here on the normal distribution is as good
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number
