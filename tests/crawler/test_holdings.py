"""How many bytes may wait to be read: bounded for all, and no source takes the others' room."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.holdings import OVERHEAD, UNKNOWN, Holdings

MOST = 80 * UNKNOWN
EIGHTH, HALF = MOST // 8, MOST // 2


def held(**sizes: int) -> Holdings:
    """One thing of each holder that has come, with so many bytes in all."""
    holdings = Holdings(MOST)
    for holder, size in sizes.items():
        holdings.asked(holder, "first")
        holdings.came(holder, "first", size - OVERHEAD)
    return holdings


@pytest.mark.parametrize(
    ("sizes", "holder", "room"),
    [
        pytest.param({}, "a", True, id="nothing is held"),
        pytest.param({"a": UNKNOWN}, "a", True, id="little is held"),
        pytest.param({"a": EIGHTH}, "a", False, id="no source more than its eighth"),
        pytest.param({"a": EIGHTH}, "b", True, id="which is not its neighbours' loss"),
        pytest.param({"a": HALF, "b": UNKNOWN}, "b", False, id="half is taken: not for who holds something"),
        pytest.param({"a": HALF, "b": UNKNOWN}, "c", True, id="but for who holds nothing"),
        pytest.param({"a": MOST}, "b", False, id="all is taken"),
        pytest.param({"a": 3 * MOST}, "b", False, id="one that is larger than all: the others wait"),
    ],
)
def test_who_has_room(sizes: dict[str, int], holder: str, room: bool) -> None:
    assert held(**sizes).has_room(holder) is room


def test_what_is_being_fetched_counts_with_what_its_source_usually_sends() -> None:
    holdings = Holdings(MOST)
    for number in range(10):  # an eighth
        assert holdings.has_room("a")
        holdings.asked("a", number)
    assert not holdings.has_room("a")
    assert holdings.bytes == EIGHTH
    for number in range(10):
        holdings.came("a", number, 0)
    assert holdings.bytes == 10 * OVERHEAD
    assert holdings.has_room("a")


def test_a_source_of_large_pages_has_one_at_a_time_until_they_are_small_again() -> None:
    holdings = held(a=4 * EIGHTH, other=OVERHEAD)
    holdings.let_go("a", "first")
    holdings.asked("a", 1)
    assert not holdings.has_room("a")
    for number in range(1, 9):
        holdings.came("a", number, 0)
        holdings.let_go("a", number)
        holdings.asked("a", number + 1)
    assert holdings.has_room("a")


def test_what_is_larger_than_all_that_may_be_held_passes_alone() -> None:
    holdings = held(a=9 * MOST)
    assert not any(map(holdings.has_room, "ab"))
    holdings.let_go("a", "first")
    assert holdings.bytes == 0
    assert holdings.has_room("a")
    holdings.asked("b", 1)
    assert holdings.has_room("a"), "also beside what is small"


def test_letting_go_twice_frees_once() -> None:
    holdings = held(a=UNKNOWN, b=UNKNOWN)
    holdings.let_go("a", "first")
    holdings.let_go("a", "first")
    assert holdings.bytes == UNKNOWN


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2 * MOST)), max_size=40),
    turns=st.lists(st.booleans(), max_size=80),
)
def test_all_pass_and_only_what_was_not_expected_goes_beyond_the_bound(
    sizes: list[tuple[str, int]], turns: list[bool]
) -> None:
    """Things are asked for as there is room, come, and are read, in any order of coming and reading."""
    holdings = Holdings(MOST)
    waiting = list(enumerate(sizes))
    here: list[tuple[int, tuple[str, int]]] = []
    for comes in [*turns, *[False] * 2 * len(sizes)]:
        able = [one for one in waiting if holdings.has_room(one[1][0])]
        assert able or here or not waiting, "nothing is held, and nobody has room"
        if able and (comes or not here):
            number, (holder, size) = able[0]
            waiting.remove(able[0])
            before = holdings.bytes
            holdings.asked(holder, number)
            assert holdings.bytes <= MOST or before == 0 or not any(one[1][0] == holder for one in here)
            holdings.came(holder, number, size)
            here.append((number, (holder, size)))
        elif here:
            number, (holder, _) = here.pop(0)
            holdings.let_go(holder, number)
        assert holdings.bytes == sum(size + OVERHEAD for _, (_, size) in here)
    assert not waiting
