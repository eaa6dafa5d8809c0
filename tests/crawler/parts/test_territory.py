"""Whose an address is that a part of a run finds."""

from __future__ import annotations

import pytest

from archive.catalog import frontier, parts
from archive.catalog.parts import RunPart
from archive.rows import RunRow
from config.source import Source
from crawler.candidate import Candidate, FoundBy
from crawler.intake import Intake
from crawler.ownership import Ownership
from crawler.parts.territory import STRIPE, Territory
from tests.archive.material import NOON
from tests.crawler.conftest import SmallArchive

RUN = RunRow(id="run-1", kind="manual", sources=("east", "west"), started_at=NOON)
OWN, OTHERS, NOBODYS = "https://east.example/1", "https://west.example/1", "https://else.example/1"
DENIED = "https://west.example/video/1"


def source(name: str) -> Source:
    deny = {"articles": {"deny": ["/video/"]}}
    return Source.model_validate({"name": name, "homepage": f"https://www.{name}.example/", "discover": deny})


class Half:
    """What one of two processes knows."""

    def __init__(self, archive: SmallArchive, name: str, shard: int) -> None:
        self.name, self._archive = name, archive
        part = RunPart(RUN.id, shard, (f"{name}.example",), ())
        territory = Territory(archive.catalog, part, Ownership([source(name)]))
        self.intake = Intake(
            archive.catalog,
            RUN.id,
            archive.clock,
            ownership=Ownership([source(name)]),
            territory=territory,
        )

    def find(self, *urls: str) -> None:
        found = [Candidate(url, FoundBy.FEED, f"https://{self.name}.example/feed") for url in urls]
        self.intake.take(found, self.name)
        self.commit()

    def commit(self) -> None:
        self._archive.committer.commit_rows(self.intake.drain())
        self.intake.committed()


@pytest.fixture
def halves(small_archive: SmallArchive) -> tuple[Half, Half]:
    small_archive.committer.commit_rows([RUN])
    made = [RunPart(RUN.id, shard, (f"{name}.example",), ()) for shard, name in enumerate(("east", "west"))]
    parts.divide(small_archive.catalog, made)
    return Half(small_archive, "east", 0), Half(small_archive, "west", 1)


def in_ledger(archive: SmallArchive) -> dict[str, str]:
    rows = [
        *frontier.pending(archive.catalog, RUN.id, "east"),
        *frontier.pending(archive.catalog, RUN.id, "west"),
    ]
    assert len({row.position for row in rows}) == len(rows)
    return {row.url: row.source for row in rows}


def test_each_address_is_in_the_run_once_whoever_finds_it(
    small_archive: SmallArchive, halves: tuple[Half, Half]
) -> None:
    east, west = halves
    east.find(OWN, OTHERS, NOBODYS)
    west.find(OWN, OTHERS, NOBODYS)
    for half in (east, west, east, west):
        half.intake.take_handed()
        half.commit()
    assert in_ledger(small_archive) == {OWN: "east", OTHERS: "west", NOBODYS: "east"}
    assert not east.intake.take_handed()
    assert not west.intake.take_handed()


def test_what_the_other_does_not_claim_comes_back(
    small_archive: SmallArchive, halves: tuple[Half, Half]
) -> None:
    east, west = halves
    east.find(DENIED)
    assert in_ledger(small_archive) == {}
    assert not west.intake.take_handed()
    assert east.intake.take_handed()
    east.commit()
    assert in_ledger(small_archive) == {DENIED: "east"}


def test_positions_of_two_parts_are_never_the_same(
    small_archive: SmallArchive, halves: tuple[Half, Half]
) -> None:
    east, west = halves
    east.find(OWN)
    west.find(OTHERS)
    assert frontier.next_position(small_archive.catalog, RUN.id, first=0, last=STRIPE - 1) == 1
    assert (
        frontier.next_position(small_archive.catalog, RUN.id, first=STRIPE, last=2 * STRIPE - 1) == STRIPE + 1
    )
    assert Half(small_archive, "west", 1).intake._position == STRIPE + 1
