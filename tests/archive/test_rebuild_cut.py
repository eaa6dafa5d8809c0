"""A bucket whose last write was cut, between its objects and within; and objects lost elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex, url_key
from archive.place import index_key
from archive.rebuild.run import Rebuilt, rebuild
from archive.rows import ErasureRow, TakedownRow
from archive.stores.local import LocalStore
from archive.verify.run import verify
from tests.archive.faulty import FailingStore
from tests.archive.many_captures import empty_catalog
from tests.archive.material import (
    NOON,
    SetClock,
    everything,
    exchange,
    fill,
    house,
    ledger_row,
    silent,
    text_of,
)

WITHIN = 40 if os.environ.get("DATELINE_TEST_FULL") else 2  # bytes of each object at which it is cut
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class LastWrite:
    """A bucket before its last commit, the objects of that in the order of their puts, and the rows."""

    before: Path
    objects: list[tuple[str, bytes]]
    rows_before: Rows
    rows_after: Rows

    def bucket(self, folder: Path, whole: int, within: int = 0) -> LocalStore:
        """The bucket with so many of the last objects, and so many bytes of the next one."""
        shutil.copytree(self.before, folder, copy_function=os.link)
        for n, (key, data) in enumerate(self.objects):
            if n < whole or (n == whole and within):
                (folder / key).parent.mkdir(parents=True, exist_ok=True)
                (folder / key).write_bytes(data if n < whole else data[:within])
        return LocalStore(folder)


@pytest.fixture(scope="module")
def last(tmp_path_factory: pytest.TempPathFactory) -> LastWrite:
    folder = tmp_path_factory.mktemp("last")
    home = house(folder)
    fill(home)
    before = shutil.copytree(folder / "store", folder / "before")
    rows_before = everything(home.catalog)
    noting = FailingStore(home.store, fail_at=0)
    home.committer._store = home.committer._journal._store = noting
    captures = [
        home.record(exchange(f"https://news.example/last/{n}", b"<p>last %d</p>" % (n // 2) * 30))
        for n in range(6)
    ]
    for n, row in enumerate(captures):
        home.recorder.derive(text_of(row, f"Text {n} of the last write.")).result(300)
    rows = [ledger_row(row.url, n, capture=row) for n, row in enumerate(captures)]
    home.committer.commit_segments(home.recorder, rows)
    keys = [call.removeprefix("put ") for call in noting.calls if call.startswith("put ")]
    assert [key.partition("/")[0] for key in keys] == ["captures", "captures", "derived", "journal"]
    made = LastWrite(
        before,
        [(key, home.store.read(key)) for key in keys],
        rows_before,
        everything(home.catalog),
    )
    home.die()
    home.catalog.close()
    return made


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = empty_catalog(tmp_path / "second")
    yield catalog
    catalog.close()


def rebuilt(store: LocalStore, catalog: Catalog) -> Rebuilt:
    """Rebuild, and hold that doing it again gives the same rows, and that verify finds what was named."""
    done = rebuild(store, catalog, silent, clock=SetClock(NOON.replace(year=2027)))
    rows = everything(catalog)
    named = {each.object for each in done.damage}
    found = {problem.where.partition(" at ")[0] for problem in verify(store, catalog, silent).problems}
    if any(key.startswith("derived/") for key in named):
        found = {where for where in found if not where.startswith("text.sha256 ")}  # what was in there
    assert {key.removesuffix(".cdxj") + ".warc.gz" * key.endswith(".cdxj") for key in found} <= named
    again = rebuild(store, catalog, silent, clock=SetClock(NOON.replace(year=2028)))
    assert everything(catalog) == rows
    assert [each.object for each in again.damage] == [each.object for each in done.damage]
    return done


def apart_from_journal(rows: Rows) -> Rows:
    return {table: found for table, found in rows.items() if table not in {"journal_entry", "segment"}}


@pytest.mark.parametrize("whole", range(5), ids=["nothing", "segment", "index", "derived", "all"])
def test_cut_between_two_objects(last: LastWrite, whole: int, catalog: Catalog, tmp_path: Path) -> None:
    store = last.bucket(tmp_path / "cut", whole)
    done = rebuilt(store, catalog)
    assert done.damage == ()
    rows = everything(catalog)
    if whole in {0, 4}:
        assert rows == (last.rows_after if whole else last.rows_before)
        return
    # The captures are there, as they were recorded; what was said of them was never acknowledged.
    assert done.adopted == 6
    assert rows["capture"] == last.rows_after["capture"]
    assert apart_from_journal(rows) | {"capture": []} == apart_from_journal(last.rows_before) | {
        "capture": []
    }
    assert {info.key for info in store.list("derived/")} == {
        info.key for info in LocalStore(last.before).list("derived/")
    }
    assert (done.collected, done.indexes) == (1 if whole == 3 else 0, 1 if whole == 1 else 0)


def cuts(length: int) -> list[int]:
    return sorted({1, length - 1, *(length * n // (WITHIN + 1) for n in range(1, WITHIN + 1))})


@pytest.mark.parametrize("torn", range(4), ids=["segment", "index", "derived", "journal"])
def test_cut_within_an_object(last: LastWrite, torn: int, tmp_path: Path) -> None:
    key, data = last.objects[torn]
    adopted: list[int] = []
    for within in cuts(len(data) - 1):  # without its last line end, an entry or an index is still whole
        folder = tmp_path / str(within)
        catalog = empty_catalog(folder)
        done = rebuilt(last.bucket(folder / "cut", torn, within), catalog)
        adopted.append(done.adopted)
        rows = everything(catalog)
        assert set(rows["capture"]) >= set(last.rows_before["capture"])
        assert {row[0] for row in rows["capture"]} <= {row[0] for row in last.rows_after["capture"]}
        assert rows["ledger"] == last.rows_before["ledger"]
        assert [(each.object, each.lost) for each in done.damage if each.object == key] == (
            [] if torn in {1, 2} else [(key, torn == 3)]
        )
        catalog.close()
    if torn:
        assert set(adopted) == {6}
    else:
        assert adopted == sorted(adopted)
        assert adopted[0] == 0


# ── what is lost in the middle ───────────────────────────────────────────────────────────────────


def whole_bucket(last: LastWrite, folder: Path) -> tuple[LocalStore, Path]:
    return last.bucket(folder / "cut", len(last.objects)), folder / "cut"


def test_a_lost_segment_costs_its_captures_and_nothing_else(
    last: LastWrite, catalog: Catalog, tmp_path: Path
) -> None:
    store, folder = whole_bucket(last, tmp_path)
    key = last.objects[0][0]
    (folder / key).unlink()
    done = rebuilt(store, catalog)
    assert [str(each) for each in done.lost] == [f"{key}: it is missing: 6 captures are lost"]
    assert everything(catalog) == last.rows_after


def test_a_torn_segment_costs_what_lay_behind_the_tear(
    last: LastWrite, catalog: Catalog, tmp_path: Path
) -> None:
    store, folder = whole_bucket(last, tmp_path)
    key, data = last.objects[0]
    ends = sorted(row[14] + row[15] for row in last.rows_after["capture"] if row[13] == key)
    (folder / key).write_bytes(data[: ends[3]])
    done = rebuilt(store, catalog)
    assert [each.object for each in done.lost] == [key]
    assert done.lost[0].what.endswith(f"it has {ends[3]} of {len(data)} bytes: 2 captures are lost")


@pytest.mark.parametrize("keep", [0, 400], ids=["missing", "torn"])
def test_a_lost_derived_segment_costs_texts_and_stops_no_start(
    last: LastWrite, catalog: Catalog, tmp_path: Path, keep: int
) -> None:
    store, folder = whole_bucket(last, tmp_path)
    key, data = last.objects[2]
    (folder / key).unlink()
    if keep:
        (folder / key).write_bytes(data[:keep])
    done = rebuilt(store, catalog)
    assert [each.object for each in done.lost] == [key]
    assert "6 clean texts are lost" in done.lost[0].what
    rows = everything(catalog)
    assert rows | {"text_body": []} == last.rows_after | {"text_body": []}
    assert rows["text_body"] == last.rows_before["text_body"]


def test_a_missing_entry_of_a_chain_is_named(last: LastWrite, catalog: Catalog, tmp_path: Path) -> None:
    store, folder = whole_bucket(last, tmp_path)
    keys = [info.key for info in store.list("journal/")]
    for key in (keys[3], keys[4], keys[7]):
        (folder / key).unlink()
    done = rebuild(store, catalog, silent, clock=SetClock(NOON.replace(year=2027)))
    assert [each.object for each in done.lost] == [keys[5], keys[8]]
    assert "entries 4 to 5 of writer" in done.lost[0].what
    assert "entries 8 of writer" in done.lost[1].what
    assert {row[3] for row in everything(catalog)["journal_entry"]} >= {*keys[:3], *keys[5:7], *keys[8:]}


def test_nothing_derived_is_removed_while_a_part_of_the_journal_is_missing(
    last: LastWrite, catalog: Catalog, tmp_path: Path
) -> None:
    """The missing part may come back from another copy, and names it."""
    store, folder = whole_bucket(last, tmp_path)
    journal, data = last.objects[3]
    (folder / journal).write_bytes(data[:-40])
    done = rebuilt(store, catalog)
    assert {each.object: each.lost for each in done.damage} == {journal: True, last.objects[2][0]: False}
    assert done.adopted == 6
    (folder / journal).write_bytes(data)
    rebuild(store, catalog, silent)
    rows = everything(catalog)
    assert apart_from_journal(rows) == apart_from_journal(last.rows_after)


def test_lost_indexes_are_made_anew(last: LastWrite, catalog: Catalog, tmp_path: Path) -> None:
    store, folder = whole_bucket(last, tmp_path)
    indexes = {
        info.key: store.read(info.key) for info in store.list("captures/") if info.key.endswith("cdxj")
    }
    one, *others = indexes
    (folder / one).unlink()
    (folder / others[0]).unlink()
    (folder / others[0]).write_bytes(indexes[others[0]][:50])
    done = rebuilt(store, catalog)
    assert (done.indexes, done.damage) == (2, ())
    assert {key: store.read(key) for key in indexes} == indexes


# ── what is not adopted ──────────────────────────────────────────────────────────────────────────


def acknowledged(store: LocalStore, *rows: Any) -> None:
    from archive.journal import JournalWriter  # noqa: PLC0415

    JournalWriter(store, "w-9", SetClock(NOON.replace(month=6))).put(rows)


def test_what_was_erased_or_purged_does_not_come_back(
    last: LastWrite, catalog: Catalog, tmp_path: Path
) -> None:
    store = last.bucket(tmp_path / "cut", 1)
    key = last.objects[0][0]
    acknowledged(store, ErasureRow(key=key, why="purged", at=NOON, done_at=NOON))
    done = rebuild(store, catalog, silent)
    assert (done.adopted, everything(catalog)["capture"]) == (0, last.rows_before["capture"])
    assert store.stat(key) is not None  # `verify` names it; who erases it is the purge


def test_captures_of_a_purged_address_are_left_out(last: LastWrite, catalog: Catalog, tmp_path: Path) -> None:
    store = last.bucket(tmp_path / "cut", 1)
    url = "https://news.example/last/4"
    acknowledged(
        store,
        TakedownRow(url_key=url_key(url), url=url, subject=url, reason="r", at=NOON, purged_at=NOON),
    )
    done = rebuild(store, catalog, silent)
    assert done.adopted == 5
    assert url_key(url) not in {row[1] for row in everything(catalog)["capture"]}


def test_a_copy_of_what_lies_elsewhere_is_removed(last: LastWrite, catalog: Catalog, tmp_path: Path) -> None:
    """As a purge leaves it that was cut before its journal entry: the same records in a new segment."""
    store, _ = whole_bucket(last, tmp_path)
    data = last.objects[0][1]
    half = data[: sorted(row[14] for row in last.rows_after["capture"] if row[13] == last.objects[0][0])[3]]
    key = f"captures/2026/03/29/{sha256_hex(half)}.warc.gz"
    store.put(key, half, sha256=sha256_hex(half), content_type="application/warc")
    done = rebuilt(store, catalog)
    assert (done.adopted, done.collected) == (0, 1)
    assert everything(catalog) == last.rows_after
    assert store.stat(key) is None
    assert store.stat(index_key(last.objects[0][0])) is not None
