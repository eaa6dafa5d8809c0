"""Whoever helps with a rebuild, the catalog is the same: removals, several writers, damage, what is late."""

from __future__ import annotations

import os
import pickle
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.catalog import search_fill, search_index
from archive.catalog.bulk import stored
from archive.catalog.catalog import Catalog
from archive.catalog.replay_batch import Batch
from archive.catalog.row_values import Values, values_in
from archive.catalog.schema_search import search_doc
from archive.journal import JournalError, JournalWriter, entries, in_order, listed
from archive.journal_lines import json_line, line_digest, purged_line, read_row, row_line
from archive.opening import Archive
from archive.pools.pool import Alone, Pool
from archive.pools.processes import ProcessPool
from archive.rebuild.entries import pieces_of
from archive.rebuild.run import Rebuilt, rebuild
from archive.rows import ROW_TYPES, RemovedRow, Row
from archive.stores.local import LocalStore
from config.settings import Settings
from tests.archive.many_captures import fill_many
from tests.archive.material import (
    NOON,
    STORED,
    House,
    SetClock,
    everything,
    house,
    ledger_row,
    rows_of,
    silent,
)

T = TypeVar("T")
R = TypeVar("R")
FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
CAPTURES = 4_000 if FULL else 450
Found = tuple[dict[str, list[tuple[Any, ...]]], list[tuple[Any, ...]], tuple[str, ...]]


class Ahead:
    """A `Pool` that does tasks some ahead of what is waited for, the newest first, on pickled copies."""

    size = 3

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def map(
        self, task: Callable[[Archive, T], R], items: Iterable[T], *, waiting: int | None = None
    ) -> Iterator[R]:
        del waiting
        left, done = iter(items), deque[R]()
        while some := list(islice(left, self.size)):
            done.extendleft(self._done(task, item) for item in reversed(some))
            while done:
                yield done.popleft()

    def _done(self, task: Callable[[Archive, T], R], item: T) -> R:
        again, copy = pickle.loads(pickle.dumps((task, item)))
        result: R = pickle.loads(pickle.dumps(again(self._archive, copy)))
        return result

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three writers on the same days; then an entry is damaged, and rows of another one are purged."""
    folder = tmp_path_factory.mktemp("three")
    home = house(folder)
    fill_many(home, CAPTURES)
    for n in range(6):  # clocks that disagree: what one says of a row, another one says again
        other = House(home.store, home.catalog, folder / "spool", SetClock(NOON + timedelta(hours=n % 3)))
        rows = [
            ledger_row("https://news.example/late", n, outcome=f"{n}"),
            ledger_row(f"https://n.example/{n}", n),
        ]
        other.committer.commit_rows(rows)
        gone = RemovedRow(of="ledger", key=("run-1", ledger_row(f"https://n.example/{n - 1}", 0).url_key))
        other.committer.commit_rows([gone])
        other.die()
    home.die()
    home.catalog.close()
    some = sorted((folder / "store" / "journal").rglob("*.jsonl"))
    damaged = next(path for path in some if b'"table":"segment"' not in path.read_bytes())
    damaged.write_bytes(damaged.read_bytes()[:-9])
    purged = next(path for path in some if b'"table":"version"' in path.read_bytes())
    lines = purged.read_bytes().split(b"\n")
    kept = (purged_line(line_digest(line)) if b'"table":"page"' in line else line for line in lines)
    purged.write_bytes(b"\n".join(kept))
    return folder / "store"


def rebuilt(store: Path, address: str, pool_for: Callable[[Archive], Pool]) -> Found:
    archive = Archive(LocalStore(store), Catalog.open(address))
    pool = pool_for(archive)
    seen: list[int] = []
    try:
        done = rebuild(
            archive.store, archive.catalog, lambda n, _: seen.append(n), clock=SetClock(), pool=pool
        )
        assert seen == list(range(1, done.entries + 1))
        with archive.catalog.read() as connection:
            words = [tuple(row) for row in connection.execute(sa.select(search_doc).order_by(*search_doc.c))]
        assert len(words) == len(everything(archive.catalog)["version"])
        assert search_index.pending(archive.catalog) == 0
        assert search_fill.missing(archive.catalog) == []
        return everything(archive.catalog), words, tuple(map(str, done.damage))
    finally:
        pool.close()
        archive.close()


def of_two(store: Path, address: str, _archive: Archive) -> Pool:
    return ProcessPool(Settings(store=store.as_uri(), catalog=address), 2)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_whoever_helps_the_catalog_is_the_same(
    backend: str, bucket: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    alone = rebuilt(bucket, f"sqlite:///{tmp_path}/alone.db", Alone)
    rows, words, damage = alone
    assert (len(rows["capture"]) > CAPTURES / 2, len(words) > 100, len(damage)) == (True, True, 1)
    assert "rows of a transaction of 2026-03-29T12:" in damage[0]
    address = f"sqlite:///{tmp_path}/other.db"
    if backend == "postgresql":
        address = str(request.getfixturevalue("postgres_url"))
    # Two processes for a database of each kind take seconds to start.
    helpers = partial(of_two, bucket, address) if FULL or backend == "sqlite" else Ahead
    assert rebuilt(bucket, address, helpers) == alone


def test_entries_that_come_late_are_put_where_they_belong(bucket: Path, tmp_path: Path) -> None:
    """The rebuild was cut just before its end; what a writer put since is older than what is in."""
    store = LocalStore(shutil.copytree(bucket, tmp_path / "store", copy_function=os.link))
    archive = Archive(store, Catalog.open(f"sqlite:///{tmp_path}/catalog.db"))
    with pytest.raises(KeyboardInterrupt):
        rebuild(store, archive.catalog, _cut, pool=Ahead(archive))
    late = JournalWriter(store, "w-late", SetClock(NOON + timedelta(minutes=1)))
    late.put(
        (ledger_row("https://news.example/late", 9, outcome="first"), ledger_row("https://n.example/x", 9))
    )
    done = rebuild(store, archive.catalog, silent, pool=Ahead(archive))
    assert done.entries == done.resumed + 1
    again = Archive(store, Catalog.open(f"sqlite:///{tmp_path}/again.db"))
    assert isinstance(rebuild(store, again.catalog, silent), Rebuilt)
    assert everything(archive.catalog) == everything(again.catalog)
    archive.close()
    again.close()


def _cut(done: int, total: int) -> None:
    if done == total - 1:  # one is damaged
        raise KeyboardInterrupt


@given(data=st.data())
@settings(
    max_examples=60 if FULL else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_order_is_that_of_the_journal(data: st.DataObject, tmp_path: Path) -> None:
    """Of writers whose moments go into each other, with entries that are not whole in between."""
    folder = Path(tmp_path / f"{len(list(tmp_path.iterdir()))}")
    store = LocalStore(folder)
    moments = st.lists(st.integers(0, 40), max_size=6).map(sorted)
    for writer in range(data.draw(st.integers(0, 4))):
        clock = SetClock()
        journal = JournalWriter(store, f"w-{writer}", clock)
        for hours in data.draw(moments):
            clock.moment = NOON + timedelta(hours=hours)
            journal.put((ledger_row("https://news.example/a", writer),))
    keys = list(entries(store))
    for key in data.draw(st.sets(st.sampled_from(keys), max_size=3)) if keys else ():
        (folder / key).write_bytes((folder / key).read_bytes()[: data.draw(st.sampled_from([0, 60, 400]))])
    broken: list[str] = []
    expected = [each.key for each in in_order(store, keys, lambda key, _: broken.append(key))]
    catalog = Catalog(f"sqlite:///{tmp_path}/unused.db")
    pieces = list(pieces_of(Ahead(Archive(store, catalog)), listed(store), data.draw(st.integers(1, 5))))
    batches: list[Batch] = [piece.batch for piece in pieces if piece.batch]
    assert [key for batch in batches for key in batch.keys] == expected
    assert {key for piece in pieces for key, _ in piece.not_whole} == set(broken)


@given(row=st.sampled_from(sorted(STORED)).flatmap(lambda table: rows_of(STORED[table])), data=st.data())
@settings(max_examples=400 if FULL else 100, deadline=None)
def test_a_line_gives_the_values_of_its_row(row: Row, data: st.DataObject) -> None:
    expected = Values(row.table, stored("sqlite", row.table).row(row))
    assert values_in(row_line(row), "k", 2) == expected
    # A field that is not there yet, or one that nobody knows: as the row type has it.
    given = {name: getattr(row, name) for name in ROW_TYPES[row.table].__slots__}
    line = {"table": row.table, **_plain(row)}
    line.pop(data.draw(st.sampled_from(sorted(given))))
    line |= data.draw(st.sampled_from([{}, {"new": 1}]))
    assert _tried(values_in, json_line(line)) == _tried(_by_the_row, json_line(line))


def _plain(row: Row) -> dict[str, Any]:
    import json  # noqa: PLC0415 - here alone

    values: dict[str, Any] = json.loads(row_line(row))
    values.pop("table")
    return values


def _by_the_row(line: bytes, key: str, number: int) -> Values:
    row = read_row(line, key, number)
    return Values(row.table, stored("sqlite", row.table).row(row))


def _tried(read: Callable[[bytes, str, int], object], line: bytes) -> object:
    try:
        return read(line, "k", 2)
    except (JournalError, TypeError, ValueError) as error:
        return type(error), str(error)


@pytest.mark.parametrize(
    "line",
    [b"", b" {}", b"[]", b"{}", b"7", b'{"table":["run"]}', b'{"table":"nothing"}', b'{"table":"lease"}',
     b"\xff", b'{"table":"run"', b'{"table":"recompare","article_id":"a","mark":"b"} x'],
)  # fmt: skip
def test_a_line_that_is_none_is_refused_as_ever(line: bytes) -> None:
    def refused(read: Callable[[bytes, str, int], object]) -> tuple[type[Exception], str]:
        with pytest.raises((JournalError, AttributeError, KeyError, TypeError, ValueError)) as caught:
            read(line, "k", 2)
        return caught.type, str(caught.value)

    assert refused(values_in) == refused(_by_the_row)
