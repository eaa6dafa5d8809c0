"""Site memories in the store: put once, verified, replicated, put back, and known after a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalog import memories
from archive.memory_objects import memory_key, put_memory, read_memory
from archive.reader import ArchiveDamaged
from archive.rebuild.run import rebuild
from archive.repair import repair
from archive.replicate import replicate
from archive.rows import MemoryRow
from archive.stores.local import LocalStore
from archive.verify.run import verify
from tests.archive.material import House, everything, fill, house, silent

DATA = b"what was learned of a site"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A filled archive in which a source has two memories."""
    made = house(tmp_path)
    fill(made)
    for number, data in enumerate((DATA, DATA + b" again"), 1):
        digest = put_memory(made.store, "gazette", data)
        row = MemoryRow(
            source="gazette",
            number=number,
            sha256=digest,
            size=len(data),
            learned_at=made.clock.now(),
            pages=12,
            reason="first" if number == 1 else "drift",
        )
        made.committer.commit_rows([row])
    yield made
    made.die()
    made.catalog.close()


def newest(home: House) -> MemoryRow:
    row = memories.memory_at(home.catalog, "gazette")
    assert row is not None
    return row


def test_the_newest_of_a_moment_is_found(home: House) -> None:
    first, second = memories.memories_of(home.catalog, "gazette")

    assert newest(home) == second
    assert memories.memory_at(home.catalog, "gazette", first.learned_at) == first
    assert memories.memory_at(home.catalog, "courier") is None
    assert read_memory(home.store, second) == DATA + b" again"


def test_nothing_is_wrong_with_it(home: House) -> None:
    assert verify(home.store, home.catalog, silent).problems == ()


@pytest.mark.parametrize(
    ("damaged", "kind"),
    [(None, "missing"), (b"short", "size"), (b"What was learned of a site again", "digest")],
    ids=["missing", "cut", "altered"],
)
def test_damage_is_found_and_mended_from_a_replica(
    home: House, tmp_path: Path, damaged: bytes | None, kind: str
) -> None:
    replica = LocalStore(tmp_path / "replica")
    replicate(home.store, replica, home.catalog, silent)
    row = newest(home)
    key = memory_key("gazette", row.sha256)
    path = tmp_path / "store" / key
    path.unlink()
    if damaged is not None:
        path.write_bytes(damaged)
    report = verify(home.store, home.catalog, silent)

    assert [(problem.kind, problem.object) for problem in report.problems] == [(kind, key)]
    with pytest.raises(ArchiveDamaged, match=r"memory/gazette/"):
        read_memory(home.store, row)

    mended = repair(
        home.store, replica, home.catalog, report,
        journal=home.store, clock=home.clock, actor="desk", progress=silent,
    )  # fmt: skip

    assert mended.report.problems == ()
    assert read_memory(home.store, row) == DATA + b" again"


def test_a_rebuild_gives_the_same_rows_and_takes_away_what_nothing_names(home: House) -> None:
    before = everything(home.catalog)
    put_memory(home.store, "gazette", b"put, and the commit was cut")
    assert [problem.kind for problem in verify(home.store, home.catalog, silent).problems] == ["stranger"]

    rebuilt = rebuild(home.store, home.catalog, silent)

    assert (rebuilt.damage, rebuilt.collected) == ((), 1)
    assert everything(home.catalog) == before
    assert verify(home.store, home.catalog, silent).problems == ()


def test_a_rebuild_says_what_is_lost(home: House, tmp_path: Path) -> None:
    key = memory_key("gazette", newest(home).sha256)
    (tmp_path / "store" / key).unlink()

    (damage,) = rebuild(home.store, home.catalog, silent).damage

    assert damage.object == key
    assert "--learn" in damage.what
