"""Where fetchers are started, and when a place is given up."""

from __future__ import annotations

import pytest

from archive.catalog.parts import PartState
from crawler.engines.engine import EndedFetcher
from crawler.parts.drive import MOST_FAILURES, Slots


def states(waiting: int, held: int = 0, done: int = 0) -> list[PartState]:
    parts = [("waiting", None)] * waiting + [("waiting", "somebody")] * held + [("done", None)] * done
    return [PartState(number, state, holder, 1) for number, (state, holder) in enumerate(parts)]


@pytest.mark.parametrize(
    ("busy", "parts", "started"),
    [
        pytest.param(0, states(5), 3, id="as many as there are places"),
        pytest.param(0, states(2), 2, id="no more than there are parts"),
        pytest.param(2, states(2), 0, id="two are about to claim"),
        pytest.param(2, states(1, held=2), 1, id="both have one, and one part is left"),
        pytest.param(0, states(0, held=2), 0, id="a machine that is gone still has them"),
        pytest.param(1, states(1, held=3), 1, id="others hold more than ours"),
        pytest.param(0, states(0, done=9), 0, id="all is done"),
    ],
)
def test_one_fetcher_for_each_part_that_nobody_has(busy: int, parts: list[PartState], started: int) -> None:
    places = ["a", "b", "c"]
    slots = Slots(busy=set(places[:busy]))
    chosen = slots.to_start(places, parts, now=0.0)
    assert len(chosen) == started
    assert not slots.busy.intersection(chosen)


def test_a_place_that_fails_rests_longer_each_time_until_it_works() -> None:
    slots, rests = Slots(), []
    for _ in range(7):
        slots.busy.add("a")
        slots.ended(EndedFetcher("a", 3), now=1000.0)
        rests.append(next(wait for wait in range(1, 100) if slots.to_start(["a"], states(1), 1000.0 + wait)))
    assert rests == [2, 4, 8, 16, 32, 60, 60]
    slots.ended(EndedFetcher("a", 0), now=2000.0)
    slots.ended(EndedFetcher("a", 3), now=2000.0)
    assert slots.to_start(["a"], states(1), 2002.0) == ["a"]


def test_only_where_every_place_has_failed_there_is_no_hope() -> None:
    slots = Slots()
    assert not slots.hopeless([])  # machines may come yet
    for _ in range(MOST_FAILURES):
        slots.ended(EndedFetcher("a", None, "no such program"), now=0.0)
    assert slots.hopeless(["a"])
    assert not slots.hopeless(["a", "b"])
    assert slots.problem == "no such program"
