"""Thousands of captures, dropped and rebuilt, also by a rebuild that is killed again and again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalog import rebuilding
from archive.catalog.catalog import Catalog
from archive.rebuild.run import rebuild
from archive.verify.run import verify
from tests.archive.many_captures import fill_many
from tests.archive.material import House, everything, house, silent

CAPTURES = 10_000 if os.environ.get("DATELINE_TEST_FULL") else 500
KILLS = 12 if os.environ.get("DATELINE_TEST_FULL") else 2


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = house(tmp_path_factory.mktemp("many"))
    fill_many(made, CAPTURES)
    yield made
    made.die()
    made.catalog.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    sqlite = f"sqlite:///{tmp_path}/second.db"
    return sqlite if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def test_the_bucket_alone_gives_every_row_again(home: House, address: str) -> None:
    catalog = Catalog.open(address)
    done = rebuild(home.store, catalog, silent)
    there = everything(catalog)
    assert there == everything(home.catalog)
    assert len(there["capture"]) == CAPTURES
    assert done.texts == len(there["text_body"]) > 200
    assert (done.damage, done.adopted, done.collected, done.indexes) == ((), 0, 0, 0)
    catalog.close()


def test_nothing_is_wrong_with_what_was_rebuilt(home: House) -> None:
    assert verify(home.store, home.catalog, silent).problems == ()


CHILD = """
import sys
from pathlib import Path
from archive.catalog.catalog import Catalog
from archive.rebuild.run import rebuild
from archive.stores.local import LocalStore
import archive.rebuild.run
archive.rebuild.run._ENTRIES = 2
said = lambda done, total: print(done, flush=True)
store = LocalStore(Path(sys.argv[1]))
print("done", rebuild(store, Catalog.open(sys.argv[2]), said, step=lambda what: said).resumed, flush=True)
"""


def test_a_rebuild_that_is_killed_goes_on_and_ends_the_same(home: House, address: str) -> None:
    store = Path(home.store.address.removeprefix("file://"))
    resumed = []
    for kill in range(KILLS + 1):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(store), address],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert child.stdout is not None
        last = ""
        for lines, line in enumerate(child.stdout, 1):
            last = line
            if kill < KILLS and lines == 4 + 3 * kill:
                child.send_signal(signal.SIGKILL)
                break
        child.stdout.close()
        child.wait(300)
        if kill < KILLS:
            catalog = Catalog.open(address)
            assert rebuilding.unfinished(catalog) is not None
            resumed.append(len(everything(catalog)["journal_entry"]))
            catalog.close()
    assert last == f"done {resumed[-1]}\n"
    assert resumed == sorted(resumed)
    assert 0 < resumed[0] < resumed[-1]
    catalog = Catalog.open(address)
    assert everything(catalog) == everything(home.catalog)
    catalog.close()
