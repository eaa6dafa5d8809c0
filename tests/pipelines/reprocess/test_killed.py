"""A promotion that is killed at any moment goes on with the next call, and ends the same."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.stores.local import LocalStore
from archive.verify.run import verify
from pipelines.workers import Workers
from tests.archive.material import House, everything, house, silent
from tests.pipelines.reprocess.newsdesk import Newsdesk, page, url_of

ROOT = Path(__file__).parents[3]
FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
ARTICLES = 60 if FULL else 8
MOMENTS = tuple(range(0, ARTICLES, 3)) if FULL else (3,)  # transactions after which it is killed
_PATIENCE = 300.0  # seconds


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, 1 << 31, 300.0) as workers:
        yield workers


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_promotion_that_was_killed_goes_on(tmp_path: Path, workers: Workers, moment: int) -> None:
    few = {url_of(n): page(n) for n in range(ARTICLES)}
    (tmp_path / "a").mkdir()
    desk = Newsdesk(house(tmp_path / "a"), workers)
    desk.crawl(few)
    desk.crawl({url: page(n, edition=2) for n, url in enumerate(few)})
    desk.age(few)
    desk.home.die()
    desk.home.catalog.close()
    shutil.copytree(tmp_path / "a", tmp_path / "b")

    whole = _opened(tmp_path / "b", workers)
    report = whole.reprocess(tmp_path / "b", apply=True)
    assert report.promoted == 2 * ARTICLES
    _kill_after(tmp_path / "a", moment)
    cut = _opened(tmp_path / "a", workers)
    rest = cut.reprocess(tmp_path / "a", apply=True)
    assert rest.versions == 2 * ARTICLES
    assert rest.read == rest.promoted <= 2 * (ARTICLES - moment)
    assert _said(cut) == _said(whole)
    for desk in (cut, whole):
        assert verify(desk.home.store, desk.home.catalog, silent).problems == ()
        desk.home.die()
        desk.home.catalog.close()


def _opened(folder: Path, workers: Workers) -> Newsdesk:
    catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
    return Newsdesk(House(LocalStore(folder / "store"), catalog, folder / "spool-again"), workers)


def _kill_after(folder: Path, entries: int) -> None:
    """Kill a promotion when it has put so many journal entries more, wherever it is then."""
    there = _entries(folder)
    child = Path(__file__).with_name("apply_child.py")
    process = subprocess.Popen(
        [sys.executable, str(child), str(folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,  # its worker processes are killed with it
    )
    until = time.monotonic() + _PATIENCE
    while _entries(folder) < there + entries:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _entries(folder: Path) -> int:
    return sum(1 for _ in (folder / "store" / "journal").rglob("*.jsonl"))


def _said(desk: Newsdesk) -> dict[str, list[tuple[Any, ...]]]:
    """What readers are told; where it lies, and when it was written, may differ."""
    tables = everything(desk.home.catalog)
    told = {
        name: tables[name]
        for name in ("article", "address", "version", "event", "picture", "image", "reading")
    }
    return told | {"text": [row[:2] for row in tables["text"]]}
