"""Which task a worker gets next: what is urgent first, sources in turn, slow ones in a lane of their own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.turns import AT_WORK, FORGIVEN, LONG, Place, Turn, Turns

QUICK, SLOW = 0.03, LONG + 1


def turn(word: str) -> Turn:
    """`a` is a page of source a, `a!` something urgent of it."""
    return Turn(word.rstrip("!"), urgent=word.endswith("!"))


class Desk:
    """Turns with a clock, and words for tickets."""

    def __init__(self, workers: int) -> None:
        self.turns, self.now = Turns(workers), 1000.0
        self.words: dict[int, str] = {}
        self.places: dict[int, Place] = {}

    def ask(self, *words: str) -> None:
        for word in words:
            self.words[self.turns.ask(turn(word))] = word

    def given(self) -> str:
        """All that get a place now; what goes to the relief in brackets."""
        said = []
        while (given := self.turns.next(self.now)) is not None:
            ticket, place = given
            assert ticket not in self.places, "twice"
            self.places[ticket] = place
            said.append(self.words[ticket] if place is Place.WORKER else f"({self.words[ticket]})")
        return " ".join(said)

    def seated(self, word: str) -> int:
        """The first task of this word that has a place."""
        return next(ticket for ticket in self.places if self.words[ticket] == word)

    def begin(self, *words: str) -> None:
        for word in words:
            self.turns.began(self.seated(word), self.now)

    def end(self, word: str, seconds: float | None = QUICK) -> None:
        ticket = self.seated(word)
        del self.places[ticket]
        self.turns.ended(ticket, seconds)

    def had(self, word: str, seconds: float | None = QUICK) -> None:
        """A task of the past."""
        self.ask(word)
        self.given()
        self.end(word, seconds)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        pytest.param("a a b c", "a b c a", id="sources in turn"),
        pytest.param("a a a b b", "a b a b a", id="first come, first served within one"),
        pytest.param("a a b! c!", "b! c! a a", id="what others wait for goes first"),
        pytest.param("a! a! b! b a", "a! b! a! b a", id="sources in turn there too"),
        pytest.param(
            "b a! a! a! a! a! a!", "a! a! a! b a! a! a!", id="and a page is not kept waiting for ever"
        ),
    ],
)
def test_the_order(asked: str, order: str) -> None:
    desk = Desk(1)
    desk.ask(*asked.split())
    went: list[str] = []
    while desk.turns.waiting or desk.places:
        went += desk.given().split()
        desk.end(went[len(went) - len(desk.places)])  # the worker takes them up in their order
    assert " ".join(went) == order


def test_as_many_as_there_are_workers_and_one_that_is_taken_up_next() -> None:
    desk = Desk(2)
    for word in "abc":
        desk.had(word)
    desk.ask(*"abcab")
    assert desk.given() == "a b c"
    assert desk.given() == ""
    desk.end("b")
    assert desk.given() == "a"


def test_nothing_waits_behind_a_task_of_whom_nothing_is_known() -> None:
    desk = Desk(2)
    desk.had("a")
    desk.ask("a", "new", "a", "a")
    assert desk.given() == "a new"
    desk.end("a")
    assert desk.given() == "a"
    desk.end("new")
    assert desk.given() == "a"


@pytest.mark.parametrize(
    ("workers", "given"),
    [
        pytest.param(1, "slow", id="of one worker: one"),
        pytest.param(2, "slow", id="of two: one"),
        pytest.param(3, "slow", id="of three: one"),
        pytest.param(5, "slow slower", id="of five: two"),
    ],
)
def test_slow_sources_get_half_of_the_workers(workers: int, given: str) -> None:
    desk = Desk(workers)
    desk.had("slow", SLOW)
    desk.had("slower", None)
    desk.had("quick")
    desk.ask("slow", "slower", "slow", "slower")
    assert desk.given() == given


def test_the_other_half_is_for_those_that_are_quick() -> None:
    desk = Desk(4)
    desk.had("slow", SLOW)
    desk.had("quick")
    desk.ask(*["slow"] * 5, *["quick"] * 5)
    assert desk.given() == "slow quick slow quick"


def test_who_is_alone_at_work_gets_all_workers_slow_or_not() -> None:
    desk = Desk(2)
    desk.had("slow", SLOW)
    desk.had("slow")
    desk.ask(*["slow"] * 3)
    assert desk.given() == "slow slow"


def test_who_has_become_alone_gets_them_after_a_while() -> None:
    desk = Desk(2)
    desk.had("slow", SLOW)
    desk.had("quick")
    desk.ask(*["slow"] * 3)
    assert desk.given() == "slow"
    desk.now += AT_WORK
    assert desk.given() == "slow"


def test_a_slow_source_is_forgiven_after_so_many_quick_tasks() -> None:
    desk = Desk(2)
    desk.had("slow", SLOW)
    for _ in range(FORGIVEN - 1):
        desk.had("slow")
    desk.had("quick")
    desk.ask("slow", "slow")
    assert desk.given() == "slow"
    desk.end("slow")
    assert desk.given() == "slow"
    desk.ask("slow")
    assert desk.given() == "slow"


def test_a_slow_sitemap_says_nothing_about_pages() -> None:
    desk = Desk(2)
    desk.had("a!", SLOW)
    desk.had("b")
    desk.ask("a", "a", "a")
    assert desk.given() == "a a"


def test_a_source_is_slow_while_its_task_runs_for_long() -> None:
    desk = Desk(2)
    desk.had("quick")
    desk.ask("new")
    assert desk.given() == "new"
    desk.begin("new")
    desk.now += LONG + 0.1
    desk.ask("new", "quick")
    assert desk.given() == "quick"
    desk.end("new")  # it was the machine that was busy: the task itself took little
    assert desk.given() == "new"


def test_what_is_nobodys_is_never_slow() -> None:
    desk = Desk(2)
    for _ in range(3):
        desk.had("", None)
    desk.had("quick")
    desk.ask("", "", "")
    assert desk.given() == "  ", "three without a name"


@pytest.mark.parametrize(
    ("held", "seconds", "waiting", "given"),
    [
        pytest.param("x y", LONG + 0.1, "quick", "(quick)", id="all workers held, a quick one waits"),
        pytest.param("x y", LONG + 0.1, "quick quick", "(quick)", id="one at a time"),
        pytest.param("x y", LONG + 0.1, "new x", "", id="nobody known to be quick"),
        pytest.param("x y", LONG / 2, "quick quick", "", id="not held for long"),
        pytest.param("x", LONG + 0.1, "quick quick", "quick", id="a worker is free"),
    ],
)
def test_a_relief_comes_when_all_are_held(held: str, seconds: float, waiting: str, given: str) -> None:
    desk = Desk(2)
    desk.had("quick")
    desk.ask(*held.split())
    assert desk.given() == held
    desk.begin(*held.split())
    desk.now += seconds
    desk.ask(*waiting.split())
    assert desk.given() == given


def test_a_task_that_no_worker_has_taken_up_yet_holds_none() -> None:
    """Workers start, and import what they need, before they take up their first task."""
    desk = Desk(1)
    desk.had("quick")
    desk.ask("new")
    assert desk.given() == "new"
    desk.now += 10 * LONG
    desk.ask("quick", "quick")
    assert desk.given() == ""


@pytest.mark.parametrize("waits", [True, False])
def test_who_gives_up_leaves_the_line_or_its_place(waits: bool) -> None:
    desk = Desk(2)
    desk.ask("a", "b", "c", "d")
    assert desk.given() == "a b"
    gone = next(ticket for ticket, word in desk.words.items() if word == ("c" if waits else "a"))
    desk.turns.gone(gone)
    desk.turns.gone(gone)  # told twice
    assert desk.given() == ("" if waits else "c")
    assert desk.turns.waiting == 1


STEPS = st.tuples(
    st.sampled_from(["a", "b", "c", "a!", "b!", ""]),  # what comes
    st.sampled_from([0.01, LONG / 2, 2 * LONG]),  # how long it takes until the next one does
    st.integers(0, 9),  # which of those that run ends then
    st.sampled_from(["quick", "slow", "died", "given up", "runs on"]),
)
ENDS = {"quick": QUICK, "slow": SLOW, "died": None}


@settings(max_examples=60, deadline=None)
@given(workers=st.integers(1, 4), steps=st.lists(STEPS, max_size=30))
def test_each_task_goes_once_within_the_bounds_and_none_starves(
    workers: int, steps: list[tuple[str, float, int, str]]
) -> None:
    """Tasks come, run for any time, end or are given up in any order."""
    desk = Desk(workers)

    def look() -> None:
        desk.given()  # fails where a task goes twice
        places = list(desk.places.values())
        assert places.count(Place.WORKER) <= workers + 1
        assert places.count(Place.RELIEF) <= 1
        assert places or not desk.turns.waiting, "something waits, and nothing runs"
        for ticket in desk.places:
            desk.turns.began(ticket, desk.now)

    for word, seconds, which, how in steps:
        desk.ask(word)
        look()
        desk.now += seconds
        look()
        ticket = sorted(desk.places)[which % len(desk.places)]
        if how == "given up":
            desk.turns.gone(ticket)
        elif how != "runs on":
            desk.turns.ended(ticket, ENDS[how])
        if how != "runs on":
            del desk.places[ticket]
    for _ in range(desk.turns.waiting + len(desk.places)):
        look()
        ticket = min(desk.places)
        del desk.places[ticket]
        desk.turns.ended(ticket, QUICK)
    assert desk.turns.waiting == 0
