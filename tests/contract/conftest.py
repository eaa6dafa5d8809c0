"""An empty catalog of either kind, and a writer for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.journal import Entry
from archive.rows import (
    Row,
)
from tests.contract.catalog_rows import Numbers


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path, _from_nothing: None) -> str:
    """Where a catalog shall be that whoever opens it first has to make, table for table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/catalog.db"
    return str(request.getfixturevalue("bare_postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a fresh and empty catalog shall be."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/catalog.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def catalog(address: str) -> Iterator[Catalog]:
    catalog = Catalog.open(address)
    yield catalog
    catalog.close()


@pytest.fixture
def put(catalog: Catalog) -> Any:
    numbers = Numbers()

    def put(*rows: Row, **texts: str) -> Entry:
        entry = numbers.entry(*rows)
        assert catalog.apply(entry, texts)
        return entry

    return put
