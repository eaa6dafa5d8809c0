"""A purge, an expiry or a compaction that fails at any call: the archive is whole, a start finishes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalog import erasures
from archive.catalog.catalog import Catalog
from archive.catalog.errors import CatalogUnreachable
from archive.erasure.expire import expire
from archive.erasure.purge import purge
from archive.erasure.takedown import Request, take_down
from archive.journal import Entry
from archive.opening import check_format
from archive.rebuild.run import rebuild
from archive.recovery import recover
from archive.rewrite.compact import Compaction, compact
from archive.rewrite.opening import rewriting
from archive.stores.local import LocalStore
from archive.stores.store import ObjectStore, StoreUnreachable
from archive.verify.run import verify
from tests.archive.faulty import FailingStore
from tests.archive.material import everything, house, rebuilt, silent
from tests.archive.newsroom import FIRST_NIGHT, Newsroom, Story

FULL = os.environ.get("DATELINE_TEST_FULL") == "1"
BY = Request("tester", "a court order")
PAGE = "https://ever.example/canary-page"
SAME = b"<p>The same bytes at two addresses</p>" * 9
PIXELS = {"https://img.example/p.png": b"pixels" * 99}
CLASSES = {"month": 30}
_WRITES = ("put", "replace", "erase", "delete")


class FailingCatalog(Catalog):
    """Fails at the n-th transaction of a journal entry, before it or after."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.fail_at, self.after, self.count = 0, False, 0

    def apply(
        self, entry: Entry, texts: Mapping[str, str], read: Callable[[str], Entry] | None = None
    ) -> bool:
        self.count += 1
        fails = self.count == self.fail_at
        if not fails or self.after:
            done = super().apply(entry, texts, read)
        if fails:
            raise CatalogUnreachable("no answer to a transaction")
        return done


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive after two nights that holds a little of all that a purge and an expiry do."""
    folder = tmp_path_factory.mktemp("lived")
    home = house(folder)
    home.die()
    room = Newsroom(home.store, home.catalog, folder / "spool", CLASSES)
    with room.writing(0) as night:
        night.look(Story(PAGE, "Canary", "Its text.", "ever", PIXELS))
        night.record(PAGE, SAME, "ever")
        night.look(Story("https://month.example/a", "A", "Shown by both.", "month", PIXELS))
        night.record("https://month.example/mirror", SAME, "month")
    with room.writing(10) as night:
        night.look(Story("https://ever.example/b", "B", "Shown by both.", "ever", PIXELS))
        night.record("https://month.example/mirror", SAME, "month")
    room.catalog.close()
    check_format(home.store)
    shutil.copytree(folder / "store", folder / "replica")
    return folder


@dataclass
class Broken:
    """What fails: the n-th call of the store, of the replica, or the n-th transaction; before it or after."""

    where: str
    number: int
    after: bool


@contextmanager
def opened(lived: Path, folder: Path, broken: Broken | None) -> Iterator[Newsroom]:
    if not folder.exists():
        shutil.copytree(lived, folder)
    stores: dict[str, ObjectStore] = {name: LocalStore(folder / name) for name in ("store", "replica")}
    catalog = FailingCatalog(f"sqlite:///{folder}/catalog.db")
    if broken is not None and broken.where in stores:
        stores[broken.where] = FailingStore(stores[broken.where], fail_at=broken.number, after=broken.after)
    elif broken is not None:
        catalog.fail_at, catalog.after = broken.number, broken.after
    with closing(catalog):
        room = Newsroom(stores["store"], catalog, folder / "spool", CLASSES, replica=stores["replica"])
        room.clock.moment = FIRST_NIGHT + timedelta(days=31)
        yield room


def do_purge(room: Newsroom) -> None:
    take_down(room.catalog, room.committer(), room.clock, PAGE, BY)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        purge(engine, PAGE, BY)


def do_expire(room: Newsroom) -> None:
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        expire(engine, BY)


def do_compact(room: Newsroom) -> None:
    how = Compaction(after=timedelta(0), dictionary=1 << 16 if FULL else 0, segment_bytes=1 << 20)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        compact(engine, how, BY)


WORK = {"purge": do_purge, "expire": do_expire, "compact": do_compact}


def calls(lived: Path, folder: Path, work: str) -> list[Broken]:
    """Every place where the work can fail; in the short form, some of its writes, before or after."""
    found: list[Broken] = []
    for where in ("store", "replica", "catalog"):
        with opened(lived, folder / where, Broken(where, -1, after=False)) as room:
            WORK[work](room)
            store = room.store if where == "store" else room.replica
            asked = store.calls if isinstance(store, FailingStore) else ["put"] * room.catalog.count  # type: ignore[attr-defined]
        here = [
            Broken(where, number, after)
            for number, call in enumerate(asked, 1)
            for after in (False, True)
            if call.startswith(_WRITES) or (FULL and not after)
        ]
        some = 1 if work == "compact" else 3  # its plan is carried out by the same engine
        found += here if FULL else here[:: len(here) // some]
    return found


def whole(room: Newsroom) -> None:
    pending = {row.key for row in erasures.pending(room.catalog)}
    problems = verify(room.store, room.catalog, silent).problems
    assert [str(one) for one in problems if one.where not in pending] == []
    assert rebuilt(room.store) == everything(room.catalog)


@pytest.mark.parametrize("work", WORK)
def test_a_failure_at_any_call_leaves_a_whole_archive_that_a_start_finishes(
    lived: Path, tmp_path: Path, work: str
) -> None:
    places = calls(lived, tmp_path / "count", work)
    assert {broken.where for broken in places} == {"store", "replica", "catalog"}
    for number, broken in enumerate(places):
        folder = tmp_path / f"{number}"
        with opened(lived, folder, broken) as room, suppress(StoreUnreachable, CatalogUnreachable):
            WORK[work](room)
        with opened(lived, folder, None) as room:
            recover(room.store, room.catalog, room.spool_root, room.clock, replica=room.replica)
            assert not list(room.spool_root.iterdir()), broken
            assert erasures.pending(room.catalog) == [], broken
            whole(room)
            with closing(Catalog.open(f"sqlite:///{folder}/replica.db")) as other:
                assert room.replica is not None
                assert rebuild(room.replica, other, silent).damage == (), broken
            WORK[work](room)
            whole(room)
            if work == "purge":
                for name in ("store", "replica"):
                    for path in (folder / name).rglob("*"):
                        assert path.is_dir() or b"Canary" not in path.read_bytes(), broken
        shutil.rmtree(folder)
