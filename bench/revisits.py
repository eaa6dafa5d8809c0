"""Looking again: what our schedule catches of a day's and a month's edits, beside other policies.

`make bench-revisits`: synthetic traces with the published rates of change (`crawler/simulate/synthetic.py`),
several seeds, medians. Every policy sees the same pages; ours is the crawl's own code. Exit status 1 if a
figure misses its aim.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from statistics import median

from bench.figures import note
from crawler.revisit.pace import LOOK_AT_CHANGES
from crawler.simulate.compare import (
    ADAPTIVE,
    CLAIRVOYANT,
    DAILY,
    LEARNED,
    POLLER,
    PRIOR,
    adaptive,
    clairvoyant_of,
    compare,
)
from crawler.simulate.replay import NIGHTLY, QUARTER_HOURLY, Cadence, Caught, replay
from crawler.simulate.synthetic import Recipe, shares, synthetic_trace
from crawler.simulate.trace import TracedPage

SEEDS = (1, 2, 3, 4, 5)
PAGES = 3000
LEAST_CAUGHT, MOST_OF_POLLER, LEAST_OF_ADAPTIVE, LEAST_OF_CLAIRVOYANT = 0.90, 0.25, 1.5, 0.90
FIRST_15M, FIRST_1D = "adaptive, first after 15 min", "adaptive, first after a day"
_SCARCE = 4.0  # times the usual threshold: less than half of the usual looks

Results = dict[str, list[Caught]]


def measure(traces: list[list[TracedPage]], cadence: Cadence) -> Results:
    """What each policy caught of each trace."""
    found: Results = {}
    for pages in traces:
        for each in compare(pages, cadence):
            found.setdefault(each.policy, []).append(each.result)
        for name, first in ((FIRST_15M, timedelta(minutes=15)), (FIRST_1D, timedelta(days=1))):
            if first >= cadence.every:
                caught = replay(pages, cadence, lambda _, __, first=first: adaptive(first))
                found.setdefault(name, []).append(caught)
    return found


def print_table(found: Results) -> None:
    """Medians over the seeds."""
    print(f"{'':32}{'caught':>9}{'looks a page':>14}{'caught a look':>15}")
    for name, results in found.items():
        caught = median(result.share for result in results)
        looks = median(result.requests / result.pages for result in results)
        print(f"{name:32}{caught:9.1%}{looks:14.2f}{median(each.yield_ for each in results):15.4f}")


def ratios(found: Results, name: str) -> list[float]:
    """Changes caught a look, ours by another policy's, a figure for each seed."""
    return [own.yield_ / other.yield_ for own, other in zip(found[LEARNED], found[name], strict=True)]


def caught_of(found: Results, name: str) -> list[float]:
    """Changes caught, ours by another policy's."""
    return [own.caught / other.caught for own, other in zip(found[LEARNED], found[name], strict=True)]


def say(schedule: str, what: str, figures: list[float], aim: float, *, at_most: bool = False) -> bool:
    """Print a figure beside its aim; whether it is met."""
    figure = median(figures)
    note(f"revisits/{schedule}, {what}", figure, spread=figures)
    met = figure <= aim if at_most else figure >= aim
    bound = "at most" if at_most else "at least"
    spread = f"{min(figures):.3f} to {max(figures):.3f}"
    print(f"  {what}: {figure:.3f} ({spread}; aim: {bound} {aim:g}){'' if met else '  MISSED'}")
    return met


def print_scarce(traces: list[list[TracedPage]], cadence: Cadence) -> None:
    """The same with less than half of the looks: what a budget costs."""
    own, best = [], []
    for pages in traces:
        [few] = compare(pages, cadence, policies=(LEARNED,), threshold=_SCARCE * LOOK_AT_CHANGES)
        own.append(few.result)
        best.append(clairvoyant_of(pages, cadence, few.result.requests))
    looks = median(each.requests / each.pages for each in own)
    of_best = median(few.caught / most.caught for few, most in zip(own, best, strict=True))
    caught = median(each.share for each in own)
    print(
        f"  with {looks:.1f} looks a page: {caught:.1%} caught, {of_best:.3f} of the clairvoyant schedule's"
    )


def main() -> int:
    """Print everything; 1 if an aim is missed."""
    traces = [synthetic_trace(Recipe(pages=PAGES, seed=seed)) for seed in SEEDS]
    told = [shares(pages) for pages in traces]
    print(f"{len(SEEDS)} traces of {PAGES:,} pages; medians of what is published of real ones:")
    print("  " + ", ".join(f"{name} {median(each[name] for each in told):.3f}" for name in told[0]))

    print("\nevery source crawled each quarter of an hour")
    found = measure(traces, QUARTER_HOURLY)
    print_table(found)
    share = [own.requests / other.requests for own, other in zip(found[LEARNED], found[POLLER], strict=True)]
    met = [
        say(
            "every quarter of an hour",
            "revisions caught",
            [each.share for each in found[LEARNED]],
            LEAST_CAUGHT,
        ),
        say(
            "every quarter of an hour",
            "requests, of those of polling for a day",
            share,
            MOST_OF_POLLER,
            at_most=True,
        ),
        say(
            "every quarter of an hour",
            "caught a look, by the adaptive rule's",
            ratios(found, ADAPTIVE),
            LEAST_OF_ADAPTIVE,
        ),
        say(
            "every quarter of an hour",
            "caught, of the clairvoyant schedule's",
            caught_of(found, CLAIRVOYANT),
            LEAST_OF_CLAIRVOYANT,
        ),
    ]
    print_scarce(traces, QUARTER_HOURLY)

    print("\nevery source crawled each night")
    found = measure(traces, NIGHTLY)
    print_table({name: found[name] for name in found if name != DAILY})
    share = [own.requests / other.requests for own, other in zip(found[LEARNED], found[POLLER], strict=True)]
    met += [
        say("nightly", "caught, of what every night catches", caught_of(found, POLLER), LEAST_CAUGHT),
        say("nightly", "requests, of those of every night", share, MOST_OF_POLLER, at_most=True),
        say("nightly", "caught a look, by the adaptive rule's", ratios(found, ADAPTIVE), LEAST_OF_ADAPTIVE),
        say(
            "nightly",
            "caught, of the clairvoyant schedule's",
            caught_of(found, CLAIRVOYANT),
            LEAST_OF_CLAIRVOYANT,
        ),
    ]
    print_scarce(traces, NIGHTLY)
    print(f"\n({PRIOR}: the ladder, before anything is learned)")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
