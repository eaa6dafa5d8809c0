"""The journal: what is written is read back, in the order in which it was true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.digest import sha256_hex
from archive.journal import (
    Entry,
    JournalError,
    JournalWriter,
    decode,
    digest_of,
    encode,
    entries,
    in_order,
    new_writer,
)
from archive.journal_lines import line_digest, purged_line, split_lines
from archive.rows import ROW_TYPES, PageRow, Row, RunRow
from archive.stores.local import LocalStore
from archive.stores.store import ObjectCollision, ObjectStore, StoreUnreachable
from tests.archive.faulty import FailingStore
from tests.archive.material import MOMENTS, NOON, SetClock, ledger_row, rows_of

ROW = RunRow(id="run-1", kind="manual", sources=("a", "b"), started_at=NOON)
ANY_ROW = st.one_of(*(rows_of(kind) for kind in ROW_TYPES.values()))


def entry(*rows: Row) -> Entry:
    return Entry("w-1", 1, NOON, None, rows)


@pytest.mark.parametrize("kind", list(ROW_TYPES.values()), ids=list(ROW_TYPES))
@given(data=st.data(), at=MOMENTS)
@settings(max_examples=40)
def test_every_row_type_comes_back_as_it_was(kind: type[Row], data: st.DataObject, at: object) -> None:
    rows = tuple(data.draw(st.lists(rows_of(kind), max_size=3)))
    written = Entry("w-1", 7, at, "previous", rows)  # type: ignore[arg-type]
    assert decode(encode(written), written.key) == written


@given(st.lists(ANY_ROW, max_size=8))
@settings(max_examples=60)
def test_an_entry_is_one_line_a_row_for_every_reader(rows: list[Row]) -> None:
    data = encode(entry(*rows))
    assert data.endswith(b"\n")
    assert data.count(b"\n") == len(rows) + 1
    assert [json.loads(line).get("table") for line in data.split(b"\n")[1:-1]] == [row.table for row in rows]


@pytest.mark.parametrize(
    "character", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r", "\n"]
)
def test_what_python_calls_a_line_end_does_not_end_a_line(character: str) -> None:
    row = replace(ROW, id=f"a{character}b", sources=(character,))
    assert decode(encode(entry(row)), "k").rows == (row,)


def test_the_golden_entry() -> None:
    assert encode(entry(ROW)).decode() == (
        '{"dateline_journal":2,"writer":"w-1","number":1,"at":"2026-03-29T12:00:00.000000Z","previous":null,"rows":1,'
        '"rows_sha256":"7399e4df83848e697d538e9c16b44aaed5abc6efe76d9fb32d307a2c4b51f14a"}\n'
        '{"table":"run","id":"run-1","kind":"manual","sources":["a","b"],"started_at":"2026-03-29T12:00:00.000000Z",'
        '"night":null,"finished_at":null,"status":"running","since":null}\n'
    )
    assert entry(ROW).key == "journal/2026-03-29/w-1-00000001.jsonl"


FORMAT_1 = (
    b'{"dateline_journal":1,"writer":"w-1","number":1,"at":"2026-03-29T12:00:00.000000Z","previous":null,"rows":1}\n'
    b'{"table":"run","id":"run-1","kind":"manual","sources":["a","b"],"started_at":"2026-03-29T12:00:00.000000Z",'
    b'"night":null,"finished_at":null,"status":"running"}\n'
)


def test_format_1_is_still_read_and_chained_by_whole_objects() -> None:
    old = decode(FORMAT_1, "k")
    assert old == entry(ROW)
    assert old.digest == sha256_hex(FORMAT_1)


# ── the chain, and rows that were purged ─────────────────────────────────────────────────────────


def purge(data: bytes, position: int) -> bytes:
    """An encoded entry with the row at a position replaced by its digest."""
    lines = data.removesuffix(b"\n").split(b"\n")
    lines[position + 1] = purged_line(line_digest(lines[position + 1]))
    return b"".join(line + b"\n" for line in lines)


@given(st.lists(ANY_ROW, min_size=1, max_size=6), st.data())
@settings(max_examples=60)
def test_a_purged_row_leaves_its_digest_and_everything_checks(rows: list[Row], data: st.DataObject) -> None:
    whole = encode(entry(*rows))
    gone = data.draw(st.integers(0, len(rows) - 1))
    left = decode(purge(whole, gone), "k")
    assert left.rows == (*rows[:gone], *rows[gone + 1 :])
    assert left.purged == 1
    assert left.digest == decode(whole, "k").digest == digest_of(whole)
    assert purge(purge(whole, gone), gone) == purge(whole, gone)


@given(st.lists(ANY_ROW, min_size=1, max_size=4), st.data())
@settings(max_examples=60)
def test_a_row_that_was_altered_is_found(rows: list[Row], data: st.DataObject) -> None:
    whole = encode(entry(*rows))
    header = whole.index(b"\n")
    at = data.draw(st.integers(header + 1, len(whole) - 2))
    altered = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    with pytest.raises(JournalError):
        decode(altered, "k")


def test_rows_in_another_order_are_found() -> None:
    head, first, second = split_lines(encode(entry(ROW, replace(ROW, id="run-2"))))
    with pytest.raises(JournalError, match="rows_sha256"):
        decode(b"\n".join((head, second, first, b"")), "k")


GOOD = encode(entry(ROW, ROW)).decode()
BROKEN = {
    "empty": "",
    "only a line end": "\n",
    "cut in the header": GOOD[:40],
    "cut in a row": GOOD[:-30],
    "an empty line": GOOD + "\n",
    "cut after a row": GOOD.rpartition("{")[0],
    "not an object": "[]\n",
    "a number": "7\n",
    "a string": '"dateline_journal"\n',
    "a row that is a list": GOOD + "[]\n",
    "a row that is a number": GOOD + "7\n",
    "a row that is a string": GOOD + '"table"\n',
    "no writer": GOOD.replace('"writer":"w-1",', ""),
    "no moment": GOOD.replace('"2026-03-29T12:00:00.000000Z","previous"', 'null,"previous"'),
    "a moment without a zone": GOOD.replace('000000Z","previous"', '000000","previous"'),
    "another format": GOOD.replace('"dateline_journal":2', '"dateline_journal":3'),
    "an unknown table": GOOD.replace('"table":"run"', '"table":"walk"'),
    "an unknown column": GOOD.replace('"night"', '"evening"'),
    "a column missing": GOOD.replace('"kind":"manual",', ""),
    "other text": "<html>Service Unavailable</html>\n",
}


@pytest.mark.parametrize("data", [text.encode() for text in BROKEN.values()], ids=list(BROKEN))
def test_a_broken_object_is_named(data: bytes) -> None:
    with pytest.raises(JournalError, match=r"journal/2026-03-29/x\.jsonl"):
        decode(data, "journal/2026-03-29/x.jsonl")


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"\x00" * 50, GOOD.encode("utf-16"), GOOD.encode()[:60] + b"\x80"]
)
def test_bytes_that_are_no_text_are_named(data: bytes) -> None:
    with pytest.raises(JournalError, match="some-key"):
        decode(data, "some-key")


@given(st.binary(max_size=300))
def test_garbage_is_always_a_journal_error(data: bytes) -> None:
    with pytest.raises(JournalError):
        decode(data, "k")


# ── writers ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def all_of(store: ObjectStore) -> list[Entry]:
    return list(in_order(store, entries(store)))


def test_a_writer_numbers_and_chains_its_entries(store: LocalStore) -> None:
    writer = JournalWriter(store, "w-1", SetClock())
    written = [writer.put((ledger_row(f"https://a.example/{n}", n),)) for n in range(3)]
    assert [one.number for one in written] == [1, 2, 3]
    assert [one.previous for one in written] == [None, *(one.digest for one in written[:-1])]
    assert all_of(store) == written


def test_several_writers_replay_in_order_of_moments(store: LocalStore) -> None:
    clock = SetClock(NOON + timedelta(hours=11, minutes=59, seconds=57))  # midnight lies in the middle
    writers = [JournalWriter(store, f"w-{n}", clock) for n in (2, 1, 3)]
    written = [writers[n % 3].put((ROW,)) for n in range(9)]
    assert {one.key.split("/")[1] for one in written} == {"2026-03-29", "2026-03-30"}
    assert all_of(store) == written


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([0, 0, 0, 0], id="stands still"),
        pytest.param([-3600, -1, -86400, 5], id="goes back"),
        pytest.param([-7200, 3600, 3600, 3600], id="one hour back, then on"),
    ],
)
def test_moments_never_go_back(store: LocalStore, steps: list[int]) -> None:
    clock = SetClock(step=timedelta(0))
    writer = JournalWriter(store, "w-1", clock)
    written = [writer.put((ROW,))]
    for step in steps:
        clock.moment += timedelta(seconds=step)
        written.append(writer.put((ROW,)))
    moments = [one.at for one in written]
    assert moments == sorted(set(moments))
    assert all_of(store) == written


def test_an_entry_is_later_than_what_is_applied_already(store: LocalStore) -> None:
    ahead = NOON + timedelta(hours=1)
    behind = JournalWriter(store, "w-2", SetClock())
    assert behind.put((ROW,), after=ahead).at == ahead + timedelta(microseconds=1)
    assert behind.put((ROW,)).at == ahead + timedelta(microseconds=2)
    assert JournalWriter(store, "w-3", SetClock()).put((ROW,), after=NOON - timedelta(1)).at == NOON


@pytest.mark.parametrize("stored", [False, True], ids=["lost before", "lost acknowledgement"])
def test_a_failed_put_does_not_use_up_a_number(store: LocalStore, stored: bool) -> None:
    failing = FailingStore(store, fail_at=1, after=stored)
    writer = JournalWriter(failing, "w-1", SetClock(NOON.replace(hour=23, minute=59, second=59)))
    with pytest.raises(StoreUnreachable):
        writer.put((ROW,))
    again = writer.put((ROW,))  # after midnight by now
    then = writer.put((ROW,))
    assert (again.number, then.number) == (1, 2)
    assert all_of(store) == [again, then]


def test_other_rows_cannot_take_a_number_that_was_stored_after_all(store: LocalStore) -> None:
    writer = JournalWriter(FailingStore(store, fail_at=1, after=True), "w-1", SetClock())
    with pytest.raises(StoreUnreachable):
        writer.put((ROW,))
    with pytest.raises(ObjectCollision):
        writer.put((replace(ROW, status="done"),))
    assert [one.rows for one in all_of(store)] == [(ROW,)]


def test_what_no_database_holds_is_replaced_in_journal_and_rows_alike(store: LocalStore) -> None:
    row = PageRow(
        url_key="k",
        url="https://a.example/",
        source="a\0b",
        found_by="\ud800x",
        found_in="x\udfff",
        found_at=NOON,
        etag="\ud83d\ude00",
    )
    run = replace(ROW, sources=("a\0", "b"))
    put = JournalWriter(store, "w-1", SetClock()).put((row, run))
    assert put.rows == (
        replace(row, source="a\ufffdb", found_by="\ufffdx", found_in="x\ufffd", etag="\ufffd\ufffd"),
        replace(run, sources=("a\ufffd", "b")),
    )
    assert all_of(store) == [put]


def test_entries_are_listed_from_a_day_on_and_strangers_left_out(store: LocalStore) -> None:
    clock = SetClock(step=timedelta(days=1))
    writer = JournalWriter(store, new_writer(NOON), clock)
    keys = [writer.put((ROW,)).key for _ in range(4)]
    for stranger in (
        "journal/README",
        "journal/2026-03-30/notes.txt",
        "journal/2026-03-30/x.jsonl",
        "journalx",
    ):
        store.put(stranger, b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    assert list(entries(store)) == keys


def test_writers_of_one_second_have_different_names() -> None:
    names: Iterator[str] = (new_writer(NOON) for _ in range(50))
    assert len(set(names)) == 50
    assert new_writer(NOON).startswith("20260329T120000Z-")
