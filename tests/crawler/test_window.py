"""Which waiting URL goes next: each once, every source in its turn, caps kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.rows import LedgerRow
from crawler.holdings import Holdings
from crawler.window import HELD_FOR_EACH, Room, Window, most_held, room_for

MIB = 1 << 20
PLENTY = 1 << 30  # bytes


class Frontier:
    """Rows that wait, read in pieces as the catalog gives them; more may come."""

    def __init__(self, piece: int = 100) -> None:
        self.rows: list[LedgerRow] = []
        self.reads: Counter[str] = Counter()
        self._piece = piece

    def add(self, source: str, number: int) -> None:
        for _ in range(number):
            position = len(self.rows)
            self.rows.append(
                LedgerRow(
                    run_id="r", url_key=str(position), url=f"https://{source}.test/{position}", source=source,
                    found_by="feed", found_in="f", position=position,
                )
            )  # fmt: skip

    def read(self, source: str, after: int) -> list[LedgerRow]:
        self.reads[source] += 1
        waiting = [row for row in self.rows if row.source == source and row.position > after]
        return waiting[: self._piece]


def made(
    numbers: Mapping[str, int],
    *,
    size: int = 8,
    per_source: int = 3,
    most: int = PLENTY,
    delays: Mapping[str, float] | None = None,
) -> tuple[Frontier, Window]:
    frontier = Frontier()
    for source, number in numbers.items():
        frontier.add(source, number)
    window = Window(
        sorted(numbers),
        frontier.read,
        size=size,
        per_source=per_source,
        holdings=Holdings(most),
        delays=delays or {},
    )
    return frontier, window


def handed_out(window: Window) -> list[LedgerRow]:
    """All that goes out now."""
    rows = []
    while (row := window.next()) is not None:
        rows.append(row)
    return rows


def test_nothing_goes_out_before_the_frontier_was_read() -> None:
    _, window = made({"a": 3})
    assert (window.next(), window.hungry, window.empty) == (None, True, True)
    window.refill()
    assert [row.position for row in handed_out(window)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("numbers", "size", "per_source", "sources"),
    [
        pytest.param({"a": 9, "b": 9, "c": 9}, 12, 4, "abcabc", id="turns, up to half of the window"),
        pytest.param(dict.fromkeys("abcdef", 9), 5, 3, "abcde", id="the rest is for who has nothing there"),
        pytest.param({"a": 9, "b": 9}, 16, 3, "ababab", id="up to the share of each source"),
        pytest.param({"a": 9, "b": 1, "c": 2}, 16, 3, "abcaca", id="those that are out are passed over"),
        pytest.param({"a": 2}, 8, 3, "aa", id="one source"),
        pytest.param({"a": 0, "b": 0}, 8, 3, "", id="nothing"),
        pytest.param({}, 8, 3, "", id="no source"),
        pytest.param({"a": 5, "b": 5}, 1, 1, "a", id="window of one"),
    ],
)
def test_turns(numbers: dict[str, int], size: int, per_source: int, sources: str) -> None:
    _, window = made(numbers, size=size, per_source=per_source)
    window.refill()
    assert "".join(row.source for row in handed_out(window)) == sources


@pytest.mark.parametrize(
    ("sources", "window", "held", "room"),
    [
        pytest.param(1, "auto", 64 * MIB, Room(64, 4), id="few sources"),
        pytest.param(16, "auto", 64 * MIB, Room(64, 4), id="as many as have four each"),
        pytest.param(100, "auto", 64 * MIB, Room(400, 4), id="four for each source"),
        pytest.param(10_000, "auto", 64 * MIB, Room(1024, 4), id="no more than memory could hold"),
        pytest.param(10_000, "auto", 256 * MIB, Room(4096, 4), id="more memory, more places"),
        pytest.param(10_000, "auto", 1 * MIB, Room(64, 4), id="hardly any memory"),
        pytest.param(10_000, 64, 64 * MIB, Room(64, 4), id="as it is said"),
        pytest.param(1, 512, 64 * MIB, Room(512, 32), id="more than the sources need"),
        pytest.param(1, 1, 64 * MIB, Room(1, 2), id="one"),
    ],
)
def test_how_large_it_is(sources: int, window: int | Literal["auto"], held: int, room: Room) -> None:
    assert room_for(sources, window, held) == room


@pytest.mark.parametrize("sources", [1, 16, 17, 256])
def test_by_itself_it_has_a_page_on_the_wire_and_one_behind_it_for_every_source(sources: int) -> None:
    room = room_for(sources, "auto", 64 * MIB)
    numbers = dict.fromkeys((f"s{number:03}" for number in range(sources)), 9)
    _, window = made(numbers, size=room.places, per_source=room.each, most=PLENTY)
    window.refill()
    out = Counter(row.source for row in handed_out(window))
    assert set(out) == set(numbers)
    assert min(out.values()) >= 2


def test_who_has_nothing_on_the_wire_goes_first_and_of_them_who_waited_longest() -> None:
    _, window = made({"a": 9, "b": 9, "c": 9}, size=4, per_source=2)
    window.refill()
    a, b, c = handed_out(window)  # half of the places are taken: nobody has a second one
    window.fetched(c, 1000)
    window.fetched(a, 1000)
    assert [row.source for row in handed_out(window)] == ["a", "c"]
    window.done(b)
    window.done(a)
    assert [row.source for row in handed_out(window)] == ["b"]


def test_pages_come_and_end_while_more_rows_are_read() -> None:
    """A thread reads; what it brings counts when the event loop takes it."""
    frontier, window = made({"a": 2, "b": 2}, size=8, per_source=1)
    window.refill()
    first, second = handed_out(window)
    frontier.add("a", 1)
    window.wake("a")
    read = window.read_more()
    window.fetched(first, 1000)
    window.done(second)
    window.take(read)
    assert [(row.source, row.position) for row in handed_out(window)] == [("a", 1), ("b", 3)]


def test_a_place_that_is_given_back_goes_to_whoever_is_next() -> None:
    _, window = made({"a": 9, "b": 9}, size=2, per_source=2)
    window.refill()
    first, second = handed_out(window)
    assert (first.source, second.source) == ("a", "b")
    window.done(first)
    (third,) = handed_out(window)
    assert third.source == "a"
    window.done(third)
    window.done(second)
    assert [row.source for row in handed_out(window)] == ["b", "a"]


def test_a_page_that_came_gives_up_its_place_and_is_in_flight_until_its_outcome() -> None:
    _, window = made({"a": 9}, size=8, per_source=1)
    window.refill()
    (first,) = handed_out(window)
    window.fetched(first, 1000)
    (second,) = handed_out(window)
    assert window.in_flight == 2
    window.done(first)
    window.done(second)
    assert window.in_flight == 0


def fetched_in_the_end(window: Window, *, read: Collection[str]) -> Counter[str]:
    """Pages by source that are fetched, where only those of some sources are `read`."""
    fetched: Counter[str] = Counter()
    for _ in range(99):
        for row in handed_out(window):
            window.fetched(row, 1000)
            fetched[row.source] += 1
            if row.source in read:
                window.done(row)
        window.refill()
    return fetched


def test_a_source_whose_pages_nobody_reads_stops_and_the_others_go_on() -> None:
    _, window = made({"a": 99, "b": 99}, size=8, per_source=1)
    window.refill()
    assert fetched_in_the_end(window, read={"b"}) == {"a": HELD_FOR_EACH, "b": 99}


@pytest.mark.parametrize(
    ("each", "delay", "pages"),
    [
        pytest.param(4, 0.0, 16, id="no delay: four for each on the wire"),
        pytest.param(4, 0.25, 240, id="what comes in a minute"),
        pytest.param(4, 1.0, 60, id="the same of a slower host"),
        pytest.param(4, 7.0, 16, id="in a minute no more than that"),
        pytest.param(32, 1.0, 128, id="more at once"),
    ],
)
def test_a_host_may_be_a_minute_ahead_of_the_readers(each: int, delay: float, pages: int) -> None:
    assert most_held(each, delay) == pages


def test_readers_that_are_behind_cost_a_host_no_turn() -> None:
    """Nobody reads: of a host that wants a distance as much is fetched as comes in a minute."""
    _, window = made({"polite": 99, "quick": 99}, per_source=1, delays={"polite": 1.0})
    window.refill()
    assert fetched_in_the_end(window, read=set()) == {"polite": 60, "quick": HELD_FOR_EACH}


def test_bytes_bound_what_is_held_and_are_shared_between_sources() -> None:
    """Of 1 MiB each source may hold an eighth; who holds nothing has room while there is any."""
    _, window = made({"a": 99, "b": 99}, size=64, per_source=64, most=1 << 20)
    window.refill()
    first = handed_out(window)
    assert Counter(row.source for row in first) == {"a": 2, "b": 2}  # 64 KiB are expected of each
    for row in first:
        window.fetched(row, 48 << 10)
    assert handed_out(window) == []
    window.done(first[0])
    assert [row.source for row in handed_out(window)] == [first[0].source]


def test_a_page_larger_than_all_that_may_be_held_passes_alone() -> None:
    _, window = made({"a": 9, "b": 9}, size=8, per_source=8, most=1 << 20)
    window.refill()
    (a, *others) = handed_out(window)
    for row in others:
        window.done(row)
    window.fetched(a, 9 << 20)
    assert handed_out(window) == []
    window.done(a)
    assert handed_out(window)


def test_a_source_that_ran_dry_is_read_again_only_when_woken() -> None:
    frontier, window = made({"a": 1, "b": 0})
    for _ in range(5):
        window.refill()
    before = frontier.reads.copy()
    assert not window.hungry
    frontier.add("b", 2)
    window.refill()
    assert frontier.reads == before
    window.wake({"b"})
    assert window.hungry
    window.refill()
    assert frontier.reads == before + Counter("b")
    assert [row.position for row in handed_out(window)] == [0, 1, 2]


def test_memory_is_bounded_however_many_wait() -> None:
    frontier, window = made({"a": 5000}, size=8, per_source=4)
    for _ in range(50):
        window.refill()
    assert frontier.reads["a"] == 1
    assert len(handed_out(window)) == 4


@settings(max_examples=50, deadline=None)
@given(
    numbers=st.dictionaries(st.sampled_from("abcd"), st.integers(0, 20), min_size=1),
    size=st.integers(1, 12),
    per_source=st.integers(1, 6),
    piece=st.integers(1, 50),
    data=st.data(),
)
def test_every_row_once_within_the_caps(
    numbers: dict[str, int], size: int, per_source: int, piece: int, data: st.DataObject
) -> None:
    """Whatever ends when, and whatever is discovered meanwhile, as the crawl drives the window."""
    frontier = Frontier(piece)
    window = Window(
        sorted(numbers), frontier.read, size=size, per_source=per_source, holdings=Holdings(PLENTY)
    )
    for source, number in numbers.items():
        frontier.add(source, number)
    fetching: list[LedgerRow] = []
    held: list[LedgerRow] = []
    out: list[LedgerRow] = []
    late = data.draw(st.lists(st.tuples(st.sampled_from(sorted(numbers)), st.integers(1, 9)), max_size=2))
    while True:
        if window.hungry:
            window.refill()
        new = handed_out(window)
        out += new
        fetching += new
        on_the_wire, flying = (Counter(row.source for row in rows) for rows in (fetching, fetching + held))
        assert len(fetching) <= size
        assert len(fetching) + len(held) == window.in_flight
        assert all(count <= per_source for count in on_the_wire.values())
        assert all(count <= HELD_FOR_EACH * per_source for count in flying.values())
        if len(fetching) < size:  # then whoever has nothing on the wire has nothing at hand, or is full
            waiting = Counter(row.source for row in frontier.rows) - Counter(row.source for row in out)
            full = {source for source, count in flying.items() if count >= HELD_FOR_EACH * per_source}
            starving = [s for s in waiting if waiting[s] and not on_the_wire[s] and s not in full]
            assert not starving or window.hungry
        if fetching and data.draw(st.booleans()):
            row = fetching.pop(data.draw(st.integers(0, len(fetching) - 1)))
            window.fetched(row, data.draw(st.integers(0, 100_000)))
            held.append(row)
        elif fetching or held:
            rows = held or fetching
            window.done(rows.pop(data.draw(st.integers(0, len(rows) - 1))))
        elif late:
            frontier.add(*late.pop())
            window.wake(numbers)
        elif not window.hungry and window.empty:
            break
    assert sorted(row.position for row in out) == list(range(len(frontier.rows)))
    for source in numbers:
        positions = [row.position for row in out if row.source == source]
        assert positions == sorted(positions)


def test_rows_that_come_next_are_seen_in_their_turns_and_stay() -> None:
    _, window = made({"a": 3, "b": 1, "c": 2}, size=8, per_source=8)
    assert window.upcoming(9) == []
    window.refill()
    seen = window.upcoming(9)
    assert [row.source for row in seen] == ["a", "b", "c", "a", "c", "a"]
    assert window.upcoming(2) == seen[:2]
    assert [window.next() for _ in range(3)] == seen[:3]
    assert window.upcoming(9) == seen[3:]


def test_rows_of_sources_that_have_all_their_places_come_next_too() -> None:
    _, window = made({"a": 3, "b": 3, "c": 1}, size=8, per_source=1)
    window.refill()
    _, b, _ = handed_out(window)
    assert [row.source for row in window.upcoming(9)] == ["a", "b", "a", "b"]
    window.fetched(b, 1000)
    assert [row.source for row in window.upcoming(9)] == ["b", "a", "b", "a"]
    assert [row.source for row in handed_out(window)] == ["b"]
