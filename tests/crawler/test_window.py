"""Which waiting URL goes next: each once, every source in its turn, caps kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.rows import LedgerRow
from crawler.window import Window


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


def made(numbers: Mapping[str, int], *, size: int = 8, per_source: int = 3) -> tuple[Frontier, Window]:
    frontier = Frontier()
    for source, number in numbers.items():
        frontier.add(source, number)
    return frontier, Window(sorted(numbers), frontier.read, size=size, per_source=per_source)


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
        pytest.param({"a": 9, "b": 9, "c": 9}, 6, 4, "abcabc", id="turns, up to the whole window"),
        pytest.param({"a": 9, "b": 9}, 8, 3, "ababab", id="up to the share of each source"),
        pytest.param({"a": 9, "b": 1, "c": 2}, 8, 3, "abcaca", id="those that are out are passed over"),
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


def test_a_place_that_is_given_back_goes_to_whoever_is_next() -> None:
    _, window = made({"a": 9, "b": 9}, size=2, per_source=2)
    window.refill()
    assert [row.source for row in handed_out(window)] == ["a", "b"]
    window.done("a")
    assert [row.source for row in handed_out(window)] == ["a"]
    window.done("a")
    window.done("b")
    assert [row.source for row in handed_out(window)] == ["b", "a"]


def test_a_source_that_ran_dry_is_read_again_only_when_woken() -> None:
    frontier, window = made({"a": 1, "b": 0})
    for _ in range(5):
        window.refill()
    before = frontier.reads.copy()
    assert not window.hungry
    frontier.add("b", 2)
    window.refill()
    assert frontier.reads == before
    window.wake()
    assert window.hungry
    window.refill()
    assert [row.position for row in handed_out(window)] == [0, 1, 2]


def test_memory_is_bounded_however_many_wait() -> None:
    frontier, window = made({"a": 5000}, size=4, per_source=4)
    for _ in range(50):
        window.refill()
    assert frontier.reads["a"] == 1
    assert len(handed_out(window)) == 4


@settings(max_examples=150, deadline=None)
@given(
    numbers=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=1),
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
    window = Window(sorted(numbers), frontier.read, size=size, per_source=per_source)
    for source, number in numbers.items():
        frontier.add(source, number)
    flying: list[LedgerRow] = []
    out: list[LedgerRow] = []
    late = data.draw(st.lists(st.tuples(st.sampled_from(sorted(numbers)), st.integers(1, 30)), max_size=3))
    while True:
        if window.hungry:
            window.refill()
        new = handed_out(window)
        out += new
        flying += new
        per = Counter(row.source for row in flying)
        assert len(flying) == window.in_flight <= size
        assert all(count <= per_source for count in per.values())
        if len(flying) < size:  # then whoever is not at its share has nothing that is at hand
            waiting = Counter(row.source for row in frontier.rows) - Counter(row.source for row in out)
            starving = [s for s in waiting if waiting[s] and per[s] < per_source]
            assert not starving or window.hungry
        if flying:
            row = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
            window.done(row.source)
        elif late:
            frontier.add(*late.pop())
            window.wake()
        elif not window.hungry and window.empty:
            break
    assert sorted(row.position for row in out) == list(range(len(frontier.rows)))
    for source in numbers:
        positions = [row.position for row in out if row.source == source]
        assert positions == sorted(positions)
