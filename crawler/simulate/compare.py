"""What each policy catches of a trace, and at what cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from crawler.revisit.pace import LOOK_AT_CHANGES, Pace
from crawler.simulate import clairvoyant
from crawler.simulate.policy import Adaptive, Fixed, Planned, Policy, Scheduler
from crawler.simulate.replay import HORIZON, Cadence, Caught, replay
from crawler.simulate.trace import TracedPage

LEARNED, PRIOR, POLLER, ADAPTIVE, DAILY, CLAIRVOYANT = (
    "learned", "prior", "poller", "adaptive", "daily", "clairvoyant",
)  # fmt: skip
POLICIES: Mapping[str, str] = {
    LEARNED: "ours: rates learned per source and age, looks by expected gain",
    PRIOR: "ours without data: the ladder 15 min, 1 h, 3 h, 8 h, 24 h, 3 d, 7 d, 30 d",
    POLLER: "every run for 24 hours; with a nightly schedule every night for 30 days",
    ADAPTIVE: "interval +50 % after no change, -20 % after one, from 90 minutes on (as news-crawl does)",
    DAILY: "once a day for 30 days",
    CLAIRVOYANT: "knows each page's rate of change, not the draw; as many looks as `learned`",
}
DAY = timedelta(days=1)
_LEAST_INTERVAL = timedelta(minutes=90)  # news-crawl's adaptive scheduler


@dataclass(frozen=True, slots=True)
class Compared:
    """One policy over a trace."""

    policy: str
    result: Caught


def compare(
    pages: Sequence[TracedPage],
    cadence: Cadence,
    *,
    policies: Sequence[str] = tuple(POLICIES),
    budget: int | None = None,
    threshold: float = LOOK_AT_CHANGES,
) -> list[Compared]:
    """Replay a trace through policies, in the order given.

    Args:
        pages: the trace; `clairvoyant` needs rate functions in it, and is left out without them.
        cadence: when every source runs.
        policies: names of POLICIES.
        budget: looks a run and source of our own policies; None for as many as are due.
        threshold: see `Pace`.
    """
    pace = Pace(gap=cadence.every, budget=budget, threshold=threshold)
    simple: Mapping[str, Callable[[str, Sequence[int]], Policy]] = {
        LEARNED: lambda source, _: Scheduler(source, pace),
        PRIOR: lambda source, _: Scheduler(source, pace, learning=False),
        POLLER: lambda _, __: Fixed(cadence.every, max(DAY, HORIZON if cadence.every >= DAY else DAY)),
        ADAPTIVE: lambda _, __: adaptive(_LEAST_INTERVAL),
        DAILY: lambda _, __: Fixed(max(DAY, cadence.every), HORIZON),
    }
    done: dict[str, Caught] = {}
    for name in policies:
        if name == CLAIRVOYANT:
            if all(page.rate is not None for page in pages):
                own = done.get(LEARNED) or replay(pages, cadence, simple[LEARNED])
                done[name] = clairvoyant_of(pages, cadence, own.requests)
        else:
            done[name] = replay(pages, cadence, simple[name])
    return [Compared(name, caught) for name, caught in done.items()]


def clairvoyant_of(pages: Sequence[TracedPage], cadence: Cadence, requests: int) -> Caught:
    """What the clairvoyant schedule catches with so many looks."""
    moments = clairvoyant.plan(pages, cadence, requests)
    return replay(
        pages, cadence, lambda _, numbers: Planned({number: moments.get(number, ()) for number in numbers})
    )


def adaptive(first: timedelta) -> Adaptive:
    """The adaptive rule with this first interval, never under 90 minutes or the first one, for 30 days."""
    return Adaptive(first, min(first, _LEAST_INTERVAL), HORIZON)
