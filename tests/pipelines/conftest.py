"""What several tests of this room start with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.verify.run import verify
from pipelines.flow import Flow
from pipelines.history import CatalogHistory
from pipelines.reread import Reread
from pipelines.workers import Workers
from tests.archive.material import house, silent
from tests.pipelines.nights import Nights


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, 1 << 31, 300.0) as workers:
        yield workers


@pytest.fixture
def nights(tmp_path: Path, workers: Workers) -> Iterator[Nights]:
    home = house(tmp_path)
    flow = Flow(
        workers,
        CatalogHistory(home.catalog),
        Reread(home.store, home.catalog, workers),
        lambda derived: asyncio.wrap_future(home.recorder.derive(derived)),
    )
    yield Nights(home, flow)
    report = verify(home.store, home.catalog, silent)
    home.die()
    home.catalog.close()
    assert report.problems == ()
