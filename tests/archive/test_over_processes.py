"""Two processes do what one does: the same findings in the same order, the same index, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog import schema
from archive.erasure.takedown import Request
from archive.export.index import export_index
from archive.opening import Archive, open_archive
from archive.pools.pool import Pool
from archive.pools.processes import ProcessPool
from archive.rewrite.compact import Compaction, compact
from archive.rewrite.opening import rewriting
from archive.verify.run import verify
from config.settings import Settings
from tests.archive.material import NOON, SetClock, leave_filled, silent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("processes")
    leave_filled(folder)
    return folder


@pytest.fixture(scope="module")
def settings(folder: Path) -> Settings:
    return Settings(store=f"file://{folder}/store", catalog=f"sqlite:///{folder}/catalog.db")


@pytest.fixture(scope="module")
def archive(settings: Settings) -> Iterator[Archive]:
    opened = open_archive(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pool(settings: Settings) -> Iterator[Pool]:
    pool = ProcessPool(settings, 2)
    yield pool
    pool.close()


def test_the_index_is_the_same(archive: Archive, pool: Pool, tmp_path: Path) -> None:
    alone = export_index(archive, tmp_path / "alone")
    together = export_index(archive, tmp_path / "together", pool=pool)
    assert together == alone
    files = [sorted((tmp_path / name).rglob("*.parquet")) for name in ("alone", "together")]
    assert files[0][0].read_bytes() == files[1][0].read_bytes()


def test_what_is_packed_elsewhere_is_all_there(archive: Archive, pool: Pool, folder: Path) -> None:
    clock = SetClock(NOON + timedelta(days=20))
    how = Compaction(after=timedelta(0), segment_bytes=1_000)  # several new ones
    with rewriting(archive, folder / "spool", clock, pool) as engine:
        done = compact(engine, how, Request("tester", "space"))
    assert (done.segments, done.written > 2) == (5, True)
    told: list[int] = []
    report = verify(archive.store, archive.catalog, lambda number, _: told.append(number), pool=pool)
    assert (report.problems, report.segments) == ((), done.written)
    assert told == list(range(1, report.segments + report.journal_entries + 1))


def test_every_kind_of_damage_is_found_in_the_same_order(archive: Archive, pool: Pool, folder: Path) -> None:
    def some(what: str, pattern: str) -> list[Path]:
        return sorted((folder / "store" / what).rglob(pattern))

    captures, journal = some("captures", "*.warc.*"), some("journal", "*.jsonl")
    flipped = bytearray(captures[0].read_bytes())
    flipped[len(flipped) // 3] ^= 1
    captures[0].write_bytes(flipped)
    captures[1].write_bytes(captures[1].read_bytes()[:-60])
    some("captures", "*.cdxj")[-1].write_bytes(b"nothing\n")
    some("derived", "*.warc.*")[0].unlink()
    journal[2].write_bytes(journal[2].read_bytes().replace(b'"source":"example"', b'"source":"exAmple"'))
    journal[5].unlink()
    (folder / "store" / "journal" / "README").write_text("x")
    with archive.catalog.write() as connection:
        connection.execute(sa.update(schema.capture).values(length=1))
    alone = verify(archive.store, archive.catalog, silent)
    assert verify(archive.store, archive.catalog, silent, pool=pool) == alone
    assert {"digest", "size", "index", "missing", "capture", "journal"} <= {
        one.kind for one in alone.problems
    }
