"""Captures unpacked in a worker: the same is read as out of captures that are unpacked here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from archive.catalog.export_reads import captures_by_id
from archive.catalog.reprocess_reads import Told
from archive.reader import ArchiveDamaged, exchange_in, is_in_one, read_exchange
from archive.rows import CaptureRow
from pipelines.bundler import Bundler
from pipelines.extract_member import extract_member
from pipelines.extraction import DamagedMember
from pipelines.guidance import UNGUIDED
from pipelines.reprocess.packed import PackedReread
from pipelines.reread import Reread
from pipelines.workers import Workers
from tests.archive.material import House, exchange, house
from tests.pipelines.reprocess.newsdesk import page, url_of

NOTHING_TOLD = Told({}, {}, {}, {}, {}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Two:
    """A page, and the same bytes at another address."""

    home: House
    whole: CaptureRow
    revisit: CaptureRow

    def member(self) -> bytes:
        return self.home.store.read(self.whole.segment, self.whole.offset, self.whole.length)

    def told(self) -> Told:
        return replace(NOTHING_TOLD, captures={row.id: row for row in (self.whole, self.revisit)})


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder: Path = tmp_path_factory.mktemp("packed")
    home = house(folder)
    ids = [home.record(exchange(url_of(n), page(1))).id for n in (1, 2)]
    home.committer.commit_segments(home.recorder, [])
    captures = captures_by_id(home.catalog, ids)
    yield Two(home, *(captures[each] for each in ids))
    home.die()
    home.catalog.close()


def test_only_whole_gzip_members_go_to_a_worker(two: Two) -> None:
    compacted = two.whole.segment.replace(".warc.gz", ".warc.zst")
    frame = replace(two.whole, segment=compacted, payload_segment=compacted)
    assert [is_in_one(row) for row in (two.whole, two.revisit, frame)] == [True, False, False]


def test_a_member_gives_the_exchange_that_the_place_gives(two: Two) -> None:
    assert exchange_in(two.member(), two.whole) == read_exchange(two.home.store, two.whole)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda member: member[:-9], "cut short"),
        (lambda member: b"\0" * 9 + member[9:], "damaged"),
        (lambda member: member + member, "expected one record, found 2"),
        (lambda _: b"", "expected one record, found 0"),
    ],
    ids=["cut", "other bytes", "two", "none"],
)
def test_a_member_that_is_damaged_is_named(two: Two, spoil: Callable[[bytes], bytes], problem: str) -> None:
    found = extract_member(spoil(two.member()), two.whole, UNGUIDED)
    assert isinstance(found, DamagedMember)
    assert problem in found.problem
    assert two.whole.segment in found.problem


def test_bytes_of_another_page_are_none_of_this_one(two: Two) -> None:
    found = extract_member(two.member(), replace(two.whole, payload_sha256="ab" * 32), UNGUIDED)
    assert isinstance(found, DamagedMember)
    assert "payload sha256" in found.problem


def test_the_same_is_read_wherever_it_is_unpacked(two: Two) -> None:
    with Workers(1, 1 << 31, 300.0) as workers:
        here = Reread(two.home.store, two.home.catalog, workers)
        store, catalog = two.home.store, two.home.catalog
        packed = PackedReread(store, catalog, workers, told=two.told(), bundler=Bundler(workers, 1))

        async def both(row: CaptureRow) -> None:
            found = await packed.read(row, UNGUIDED)
            assert found.article is not None
            assert found == await here.read(row, UNGUIDED)

        asyncio.run(both(two.whole))
        asyncio.run(both(two.revisit))
        catalog_there = asyncio.run(workers.run(eval, "'sqlalchemy' in __import__('sys').modules"))
        assert catalog_there is False  # 24 MB and half a second for each start of the workers
        harmed = replace(two.whole, payload_sha256="ab" * 32)
        with pytest.raises(ArchiveDamaged, match="payload sha256"):
            asyncio.run(packed.read(harmed, UNGUIDED))
