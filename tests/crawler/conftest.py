"""A catalog of its own for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.commit import Committer
from archive.journal import JournalWriter
from archive.stores.local import LocalStore
from tests.archive.material import SetClock


@dataclass(frozen=True)
class SmallArchive:
    """A folder, a catalog, and who writes into both."""

    store: LocalStore
    catalog: Catalog
    committer: Committer
    clock: SetClock


@pytest.fixture
def small_archive(tmp_path: Path) -> Iterator[SmallArchive]:
    clock, store = SetClock(), LocalStore(tmp_path / "store")
    catalog = Catalog.open(f"sqlite:///{tmp_path / 'catalog.db'}")
    yield SmallArchive(
        store, catalog, Committer(store, catalog, JournalWriter(store, "w1", clock), clock), clock
    )
    catalog.close()
