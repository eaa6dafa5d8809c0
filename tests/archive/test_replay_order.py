"""Writers at once: whoever applies first, the catalog is the replay of the journal."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.journal import Entry, JournalWriter, read_entry
from archive.rebuild.run import rebuild
from archive.rows import RemovedRow, Row, RunRow, TextRow
from archive.stores.local import LocalStore
from tests.archive.many_captures import at_once, empty_catalog
from tests.archive.material import NOON, House, SetClock, everything, exchange, ledger_row, silent, text_of

ROUNDS = 60 if os.environ.get("DATELINE_TEST_FULL") else 6


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    sqlite = f"sqlite:///{tmp_path}/live.db"
    return sqlite if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def catalog(address: str) -> Iterator[Catalog]:
    catalog = Catalog.open(address)
    yield catalog
    catalog.close()


def run_row(status: str) -> RunRow:
    return RunRow(id="run", kind="manual", sources=("a",), started_at=NOON, status=status)


def text_row(segment: str) -> TextRow:
    return TextRow(sha256="a" * 64, characters=1, segment=segment, offset=0, length=1)


GONE = RemovedRow(of="text", key=("a" * 64,))
CASES: dict[str, list[tuple[Row, ...]]] = {
    "the last word": [(run_row("1"),), (run_row("2"),), (run_row("3"),)],
    "of equal content the smallest place": [(text_row("b"),), (text_row("c"),), (text_row("a"),)],
    "moved, and put by another one since": [(text_row("b"),), (GONE, text_row("z")), (text_row("y"),)],
    "taken out for good": [(text_row("b"), run_row("1")), (text_row("c"),), (GONE,)],
    "taken out between": [(text_row("b"),), (GONE,), (text_row("c"),)],
    "taken out twice": [(text_row("b"), GONE), (run_row("1"), text_row("a")), (GONE, text_row("d"))],
}


@pytest.mark.parametrize("name", CASES)
def test_entries_applied_in_any_order_give_what_their_order_gives(
    name: str, catalog: Catalog, tmp_path: Path
) -> None:
    clock = SetClock()
    store = LocalStore(tmp_path / "store")
    puts = [JournalWriter(store, f"w-{n}", clock).put(rows) for n, rows in enumerate(CASES[name])]
    seen = []
    for order in itertools.permutations(puts):
        catalog.clear()
        for entry in order:
            assert catalog.apply(entry, {"a" * 64: "The text."}, partial(read_entry, store))
        seen.append(everything(catalog))
    assert seen == [seen[0]] * 6


def test_an_overtaken_entry_without_a_way_to_read_others_is_refused(catalog: Catalog) -> None:
    clock = SetClock()
    first, second = (Entry(f"w-{n}", 1, clock.now(), None, (run_row(f"{n}"),)) for n in range(2))
    catalog.apply(second, {})
    with pytest.raises(ValueError, match="was overtaken by"):
        catalog.apply(first, {})
    assert len(everything(catalog)["journal_entry"]) == 1


def test_four_writers_at_once_and_a_rebuild_give_the_same_rows(address: str, tmp_path: Path) -> None:
    """They write the same pages' rows, the same texts and the same run, with clocks that disagree."""
    store = LocalStore(tmp_path / "store")
    homes = [
        House(store, Catalog.open(address), tmp_path / "spool", SetClock(step=SetClock().step * (n + 1)))
        for n in range(4)
    ]

    def write(home: House, seed: int) -> None:
        chance = random.Random(seed)
        for n in range(ROUNDS):
            home.committer.commit_rows([run_row(f"{seed}.{n}"), ledger_row("https://news.example/a", n)])
            row = home.record(
                exchange(f"https://news.example/{chance.randrange(5)}", b"%d" % chance.randrange(9))
            )
            home.recorder.derive(text_of(row, f"Text {chance.randrange(4)}.")).result(300)
            gone = [RemovedRow(of="ledger", key=("run-1", ledger_row("https://news.example/b", 0).url_key))]
            rows = [ledger_row("https://news.example/b", n, outcome=f"{seed}")]
            home.committer.commit_segments(home.recorder, chance.choice([rows, gone]))

    assert at_once([partial(write, home, seed) for seed, home in enumerate(homes)]) == []
    again = empty_catalog(tmp_path / "again")
    assert rebuild(store, again, silent).damage == ()
    live = everything(homes[0].catalog)
    assert everything(again) == live
    assert len(live["journal_entry"]) == 4 * 2 * ROUNDS
    again.close()
    for home in homes:
        home.die()
        home.catalog.close()
