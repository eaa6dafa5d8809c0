"""An empty archive whose alarms the tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive
from config.settings import Settings


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = open_archive(
        Settings(store=f"file://{tmp_path}/store", catalog=f"sqlite:///{tmp_path}/c.db", spool=tmp_path)
    )
    yield made
    made.close()
