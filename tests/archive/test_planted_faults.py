"""Every fault that is planted is found where it lies, a clean archive has none, and copies put objects right.

The full form (DATELINE_TEST_FULL) plants 300 faults, reads 10,000 clean captures, and clips a segment of up
to 64 KB at every byte and flips 2,000 of its bits.
"""

from __future__ import annotations

import io
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import sqlalchemy as sa

from archive.catalog import schema, schema_links, segments
from archive.catalog.packing import compress
from archive.repair import repair
from archive.replicate import replicate
from archive.rows import SegmentRow
from archive.stores.local import LocalStore
from archive.verify.findings import Problem
from archive.verify.run import verify
from archive.verify.segment import segment_faults
from tests.archive.material import House, everything, exchange, house, silent
from tests.archive.news_archive import Press, news_house

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
FAULTS, SMALL = (300, 200) if FULL else (32, 60)
CLEAN, AT_ONCE = (10_000, 250) if FULL else (300, 60)
SEED = 20260321

OBJECTS = {
    "captures": ("captures/", ".warc.gz"),
    "derived": ("derived/", ".warc.gz"),
    "index": ("captures/", ".cdxj"),
    "journal": ("journal/", ".jsonl"),
    "memory": ("memory/", ".json.zst"),
    "format": ("FORMAT.json", ""),
}
# Not of the journal: who holds what now, whether a rebuild is under way, and the index of copies.
CACHES = {"lease", "rebuilding", *(table.name for table in schema_links.DERIVED)}
TABLES = sorted(set(schema.metadata.tables) - CACHES)


@dataclass
class Bed:
    """An archive in a folder, and hands to break it with."""

    home: House
    folder: Path

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.folder / "store")

    def paths(self, kind: str) -> list[Path]:
        prefix, suffix = OBJECTS[kind]
        keys = [info.key for info in self.store.list(prefix) if info.key.endswith(suffix)]
        return [self.folder / "store" / key for key in keys]

    def key(self, path: Path) -> str:
        return path.relative_to(self.folder / "store").as_posix()

    def problems(self) -> tuple[Problem, ...]:
        return verify(self.store, self.home.catalog, silent).problems


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with_news = tmp_path_factory.mktemp("small")
    home = news_house(with_news)
    Press(home).publish(SMALL, at_once=SMALL // 3)
    yield Bed(home, with_news)
    home.die()
    home.catalog.close()


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Bed]:
    home = news_house(tmp_path)
    Press(home).publish(CLEAN, at_once=AT_ONCE)
    yield Bed(home, tmp_path)
    home.die()
    home.catalog.close()


# ── faults of objects ────────────────────────────────────────────────────────────────────────────────


def flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def zero(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    length = chance.randrange(1, len(data) - start + 1)
    return data[:start] + bytes(length) + data[start + length :]


CHANGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "flip": flip,
    "truncate": truncate,
    "zero": zero,
}


def plant_in_object(bed: Bed, fault: str, kind: str, chance: random.Random) -> dict[Path, bytes]:
    """Plant it; what stood there before, by path."""
    if fault == "swap":
        paths = chance.sample(bed.paths(kind), 2)
        before = {path: path.read_bytes() for path in paths}
        for path, other in zip(paths, reversed(paths), strict=True):
            path.write_bytes(before[other])
        return before
    [path] = chance.sample(bed.paths(kind), 1)
    data = path.read_bytes()
    if fault == "delete":
        path.unlink()
        return {path: data}
    changed = data
    while changed == data:  # zeros may stand there already
        changed = CHANGES[fault](data, chance)
    path.write_bytes(changed)
    return {path: data}


# ── faults of rows ───────────────────────────────────────────────────────────────────────────────────


def other_value(value: Any, column: sa.Column[Any], chance: random.Random) -> Any:
    others: list[tuple[type, Callable[[Any], Any]]] = [
        (bool, lambda old: not old),
        (int, lambda old: old + chance.choice([-1, 1, 1000])),
        (float, lambda old: old + chance.choice([-0.5, 0.001, 1000.0])),
        (datetime, lambda old: old + timedelta(microseconds=chance.choice([-1, 1, 10**12]))),
        (tuple, lambda old: (*old, "another")),
        (bytes, lambda old: chance.choice([old[:-1], compress("another text")])),
        (str, lambda old: chance.choice([old + "x", old[:-1] or "y", old.swapcase() + "z"])),
    ]
    for kind, change in others:
        if isinstance(value, kind):
            return change(value)
    if isinstance(column.type, schema.Moment):
        return datetime.fromisoformat("2026-01-01T00:00:00Z")
    return 7 if isinstance(column.type, sa.BigInteger) else "x"


def where_of(table: str, row: dict[str, Any]) -> set[str]:
    """How `verify` may name a row of this table."""
    match table:
        case "journal_entry":
            return {row["key"]}
        case "text_body":
            return {
                f"text_body {row['sha256']}",
                f"text.sha256 {row['sha256']}",
                f"text_body.sha256 {row['sha256']}",
            }
    names = [column.name for column in schema.metadata.tables[table].primary_key]
    return {f"{table} {' '.join(str(row[name]) for name in names)}"}


def plant_in_row(
    bed: Bed, fault: str, table: str, chance: random.Random
) -> tuple[list[dict[str, Any]], set[str]]:
    """Plant it; all rows of the table as they were, and how the fault may be named."""
    target = schema.metadata.tables[table]
    with bed.home.catalog.write() as connection:
        rows = [dict(row._mapping) for row in connection.execute(sa.select(target))]
        victim = chance.choice(rows)
        this = sa.and_(*(column == victim[column.name] for column in target.primary_key))
        changed = dict(victim)
        if fault == "delete":
            connection.execute(sa.delete(target).where(this))
        else:
            keys = list(target.primary_key)
            taken = {tuple(row[column.name] for column in keys) for row in rows}
            column = chance.choice(keys if fault == "insert" else list(target.columns))
            while changed == victim or (
                column.primary_key and tuple(changed[each.name] for each in keys) in taken
            ):
                changed[column.name] = other_value(victim[column.name], column, chance)
            if fault == "insert":
                connection.execute(sa.insert(target), changed)
            else:
                value = {column.name: changed[column.name]}
                connection.execute(sa.update(target).where(this).values(value))
    return rows, where_of(table, changed if fault == "insert" else victim) | where_of(table, changed)


def restore(bed: Bed, table: str, rows: list[dict[str, Any]]) -> None:
    target = schema.metadata.tables[table]
    with bed.home.catalog.write() as connection:
        connection.execute(sa.delete(target))
        connection.execute(sa.insert(target), rows)


def combinations() -> list[tuple[str, str]]:
    """(fault, kind of object or table): every one before any comes twice."""
    objects = list(product(("flip", "truncate", "zero", "delete", "swap"), OBJECTS))
    objects = [pair for pair in objects if pair not in {("swap", "format"), ("delete", "format")}]
    rows = [(f"row {fault}", table) for fault, table in product(("alter", "delete", "insert"), TABLES)]
    every = objects + rows
    random.Random(SEED).shuffle(every)
    return [every[n % len(every)] for n in range(max(FAULTS, 0))]


def test_each_planted_fault_is_found(small: Bed) -> None:
    chance, missed, planted = random.Random(SEED), [], Counter[str]()
    assert small.problems() == ()
    for fault, what in combinations():
        planted[fault] += 1
        if fault.startswith("row "):
            rows, names = plant_in_row(small, fault.removeprefix("row "), what, chance)
            found = {problem.where for problem in small.problems()}
            if not found & names:
                missed.append((fault, what, names, found))
            restore(small, what, rows)
        else:
            before = plant_in_object(small, fault, what, chance)
            found = {problem.scope for problem in small.problems()}
            missed += [
                (fault, what, small.key(path), found) for path in before if small.key(path) not in found
            ]
            for path, data in before.items():
                path.write_bytes(data)
    assert missed == []
    assert small.problems() == ()
    print(f"planted and found: {sum(planted.values())}: {dict(planted)}")


def test_a_clean_archive_has_no_problem_and_every_copy_puts_an_object_right(large: Bed) -> None:
    """0 false alarms; then the faults of objects all at once, and all of them repaired from a replica."""
    counts = {table: len(rows) for table, rows in everything(large.home.catalog).items()}
    assert all(counts[table] for table in TABLES)
    assert counts["capture"] == CLEAN
    began = perf_counter()
    report = verify(large.store, large.home.catalog, silent)
    assert report.problems == ()
    print(f"{CLEAN} clean captures, {report.records} records: 0 problems, {perf_counter() - began:.1f} s")

    replica = LocalStore(large.folder / "replica")
    assert replicate(large.store, replica, large.home.catalog, silent).problems == ()
    before = {info.key: large.store.read(info.key) for info in large.store.list()}
    chance, hit = random.Random(SEED), set[str]()
    for fault, kind in combinations():
        if fault.startswith("row "):
            continue
        for path in plant_in_object(large, fault, kind, chance):
            if path.exists() and path.read_bytes() == before[large.key(path)]:
                continue  # swapped back
            hit.add(large.key(path))
    found = verify(large.store, large.home.catalog, silent)
    assert hit <= {problem.scope for problem in found.problems}
    done = repair(
        large.store,
        replica,
        large.home.catalog,
        found,
        journal=large.store,
        clock=large.home.clock,
        actor="test",
        progress=silent,
    )
    assert done.report.problems == ()
    assert {one.what for one in done.mended} == hit
    assert {key: large.store.read(key) for key in before} == before
    print(f"{len(hit)} damaged objects at once: {len(done.mended)} repaired from the replica")


# ── one segment, byte for byte ───────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def segment(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[SegmentRow, Callable[[bytes], list[Problem]], bytes]:
    """A segment of at most 64 KB, and what `verify` says of other bytes in its place."""
    home = house(tmp_path_factory.mktemp("segment"))
    chance = random.Random(SEED)
    for number in range(12 if FULL else 4):
        body = chance.randbytes(3_000) if number % 3 else b"<p>" + chance.randbytes(40).hex().encode() * 80
        home.record(exchange(f"https://news.example/{number}", body))
    home.committer.commit_segments(home.recorder, [])
    [row] = segments.every(home.catalog)
    captures, data = segments.captures_in(home.catalog, row.key), home.store.read(row.key)
    home.die()
    home.catalog.close()
    assert len(data) <= 64 * 1024
    return row, lambda other: list(segment_faults(io.BytesIO(other), row, captures, ())), data


def test_clipped_at_any_byte_a_segment_is_rejected(segment: Any) -> None:
    row, faults, data = segment
    assert faults(data) == []
    cuts = range(len(data)) if FULL else sorted(random.Random(SEED).sample(range(len(data)), 300))
    # The framing tells too, but not at the end of a record: there the count of records does.
    told = {"size", "digest", "records"}
    assert [cut for cut in cuts if not told <= {each.kind for each in faults(data[:cut])}] == []
    print(f"clipped at {len(cuts)} of {len(data)} bytes ({row.records} records): all rejected")


def test_any_flipped_bit_of_a_segment_is_rejected(segment: Any) -> None:
    _, faults, data = segment
    chance, flips, accepted = random.Random(SEED), 2000 if FULL else 300, []
    for _ in range(flips):
        changed = flip(data, chance)
        if "digest" not in {each.kind for each in faults(changed)}:
            accepted.append(changed)
    assert accepted == []
    print(f"{flips} flipped bits of {len(data)} bytes: all rejected")
