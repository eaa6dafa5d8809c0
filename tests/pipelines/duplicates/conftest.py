"""Stories over an archive, on both databases or on the embedded one alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.duplicates.stories import Stories, stories_over


@pytest.fixture(params=["sqlite", "postgresql"])
def stories(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stories]:
    postgres = request.param == "postgresql"
    catalog = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/catalog.db"
    with stories_over(catalog, tmp_path) as made:
        yield made


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Stories]:
    with stories_over(f"sqlite:///{tmp_path}/catalog.db", tmp_path) as made:
        yield made
