"""Pages while a process writes at full speed: none fails, and none is told that the database is locked."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from archive.catalog.catalog import Catalog
from bench.pages_beside import measure_beside
from bench.pages_rounds import service

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
REQUESTS, TURNS = (10_000, 4) if FULL else (60, 1)
PATHS = (
    "/",
    "/runs",
    "/sources/beside",
    "/pictures",
    "/search?" + urlencode({"q": "page", "source": "beside", "since": "2024-01-01", "until": "2024-02-01"}),
    "/lookup?" + urlencode({"url": "https://www.beside.example/"}),
)
BACKENDS = ("sqlite", "postgresql") if FULL else ("sqlite",)


@pytest.mark.parametrize("backend", BACKENDS)
def test_pages_answer_while_a_process_writes_as_fast_as_it_can(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path}/catalog.db"
    address = sqlite if backend == "sqlite" else str(request.getfixturevalue("postgres_url"))
    catalog = Catalog.open(address)
    drawn: dict[str, Callable[[random.Random], str]] = {"any": lambda chance: chance.choice(PATHS)}
    found = measure_beside(
        service(catalog, tmp_path), address, tmp_path, draw=drawn, requests=REQUESTS, turns=TURNS
    )
    catalog.close()
    assert found.written > 0
    assert len(found.beside) == REQUESTS
    assert (found.locked, found.failed) == (0, 0)
